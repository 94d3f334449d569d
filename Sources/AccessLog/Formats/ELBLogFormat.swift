/// Lines of the access log of AWS's Classic Load Balancer.
///
/// Source: docs.aws.amazon.com, Elastic Load Balancing, access logs of a Classic Load Balancer.
/// Stamps are when the request came in.
public enum ELBLogFormat: RecordFormat {
  public static let name = "elb"

  private static let fields = """
    $timestamp $elb $client:$client_port $backend $request_processing_time \
    $backend_processing_time $response_processing_time $elb_status_code $backend_status_code \
    $received_bytes $sent_bytes "$request" "$user_agent" $ssl_cipher $ssl_protocol
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    try AWSVariables.reader(fields, requiredCount: 13, description)
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"2026-11-21T19:51:49.400000Z my-lb 192.0.2.7:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 "GET http://www.example.com:80/ HTTP/1.1""#,
      expected(
        method: "GET", path: "/", status: 200, bytes: 29, latency: 1178)),
    Sample(
      FormatDescription(),
      #"2026-11-21T19:51:49.400000Z my-lb 192.0.2.7:2817 - -1 -1 -1 408 - 1294336 0 "PUT https://m.example.com:443/v/1?a HTTP/1.1" "curl/7.38.0 (#56)" DHE-RSA-AES128-SHA TLSv1.2"#,
      expected(method: "PUT", path: "/v/1", query: "a", status: 408, bytes: 0)),
    Sample(
      FormatDescription(),
      #"2026-11-21T19:51:49.400000Z my-lb 192.0.2.7:2817 10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -"#,
      expected(bytes: 305, latency: 1138)),
  ]

  private static func expected(
    method: String? = nil, path: String? = nil, query: String? = nil, status: Int? = nil,
    bytes: Int64, latency: Int64? = nil
  ) -> Sample.Expected {
    Sample.Expected(
      time: EventTime(milliseconds: 1_795_290_709_400), address: "192.0.2.7", method: method,
      path: path, query: query, status: status, bytesOut: bytes, latencyMicroseconds: latency)
  }
}

extension ELBLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    AWS's Classic Load Balancer, which has one format: no template is asked for. It names no \
    caller. The stamp is the start of the request.
    """
}
