/// Lines of the access log of AWS's Application Load Balancer.
///
/// Source: docs.aws.amazon.com, Elastic Load Balancing, access logs of an Application Load
/// Balancer. There is no template: AWS adds fields at the end over the years. Stamps are when
/// the answer was sent; the latency is the sum of the three processing times.
public enum ALBLogFormat: RecordFormat {
  public static let name = "alb"

  /// Behind these come the rule, the actions and what else AWS added.
  private static let fields = """
    $type $time $elb $client:$client_port $target $request_processing_time \
    $target_processing_time $response_processing_time $elb_status_code $target_status_code \
    $received_bytes $sent_bytes "$request" "$user_agent" $ssl_cipher $ssl_protocol \
    $target_group_arn $trace_id $domain_name $chosen_cert_arn
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    try AWSVariables.reader(fields, requiredCount: 15, description)
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"https 2026-11-21T19:51:49.400000Z app/lb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.000 0.001 0.037 200 200 34 366 "GET https://www.example.com:443/a?b=c HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" "-" 0 2026-11-21T19:51:49.364000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234 "-" "-" "-""#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/a", query: "b=c", status: 200,
        bytesOut: 366, latencyMicroseconds: 38_000, userAgent: "curl/7.46.0")),
    Sample(
      FormatDescription(),
      #"http 2026-11-21T19:51:49.400000Z app/lb/50dc6c495c0c9188 2001:db8::6bbc:50599 - -1 -1 -1 400 - 0 272 "- http://lb.example.com:80- " "-" - - - "-" "-" "-" - 2026-11-21T19:51:49.364000Z "-" "-" "-" "-" "-" "-" "-""#,
      Sample.Expected(time: time, address: "2001:db8::6bbc", status: 400, bytesOut: 272)),
    Sample(
      FormatDescription(),
      #"ws 2026-11-21T19:51:49.400000Z app/lb/50dc6c495c0c9188 192.0.2.7:2817 10.0.0.1:80 0.001 0.003 0.000 101 101 218 587 "GET http://10.0.0.30:80/ HTTP/1.1" "-" - -"#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/", status: 101, bytesOut: 587,
        latencyMicroseconds: 4000)),
  ]

  private static let time = EventTime(milliseconds: 1_795_290_709_400)
}

extension ALBLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    AWS's Application Load Balancer, which has one format: no template is asked for. It names no \
    caller. The stamp is the end of the request.
    """
}
