/// Lines of nginx, among them what hostile clients sent to a real one on loopback.
extension NginxLogFormat {
  public static let samples: [Sample] = [
    Sample(
      named(Presets.combined),
      start + #""GET /v1/orders/42?expand=items&limit=10 HTTP/1.1" 200 12 "-" "curl/8.5.0""#,
      expected(path: "/v1/orders/42", query: "expand=items&limit=10", userAgent: "curl/8.5.0")),
    Sample(
      named(Presets.combined),
      start + #""GET /v1/orders HTTP/1.1" 200 12 "-" "Evil\x22Agent\x22""#,
      expected(path: "/v1/orders", userAgent: #"Evil"Agent""#)),
    Sample(
      named(Presets.combined),
      #"127.0.0.1 - al ice] \x22x\x22 [21/Nov/2026:19:51:49 +0000] "GET /v1/orders HTTP/1.1" 200 12 "-" "curl/8.5.0""#,
      expected(path: "/v1/orders", userAgent: "curl/8.5.0", identity: #"al ice] "x""#)),
    Sample(
      named(Presets.combined),
      start + #""\x16\x03\x01\x00\xC5\x01" 400 157 "-" "-""#,
      Sample.Expected(time: time, address: "127.0.0.1", status: 400, bytesOut: 157)),
    Sample(
      named(Presets.combined),
      start + #""" 408 0 "-" "-""#,
      Sample.Expected(time: time, address: "127.0.0.1", status: 408, bytesOut: 0)),
    Sample(
      named(Presets.combined),
      start + #""GET http://other.example/abs/path?x=1 HTTP/1.1" 200 12 "-" "curl/8.5.0""#,
      expected(path: "/abs/path", query: "x=1", userAgent: "curl/8.5.0")),
    Sample(
      named(
        Presets.combined
          + #" rt=$request_time urt="$upstream_response_time" key="$http_x_api_key" ls=$limit_req_status"#,
        "$http_x_api_key"),
      start
        + #""GET /limited/a HTTP/1.1" 429 169 "-" "curl/8.5.0" rt=0.058 urt="0.002, 0.010" key="k\x22ey, with space" ls=REJECTED"#,
      expected(
        path: "/limited/a", status: 429, bytes: 169, latency: 58_000, userAgent: "curl/8.5.0",
        identity: #"k"ey, with space"#)),
    Sample(
      named(Presets.combined, "$arg_apikey"),
      start + #""GET /v1/geo?apikey=A%2BB&q=1 HTTP/1.1" 200 12 "-" "curl/8.5.0""#,
      expected(path: "/v1/geo", query: "apikey=A%2BB&q=1", userAgent: "curl/8.5.0", identity: "A+B")
    ),
    Sample(
      named("log_format plain escape=none '" + Presets.combined + "';"),
      #"127.0.0.1 -  [21/Nov/2026:19:51:49 +0000] "GET /a"b HTTP/1.1" 200 12 "" "Evil"Agent"""#,
      expected(path: "/a\"b", userAgent: #"Evil"Agent""#)),
    Sample(
      named(tabs, "$http_x_api_key"),
      "1795290709.400\t127.0.0.1\tGET\t/v1/orders?x=1\t200\t12\t0.001\tkey-1\tcurl/8.5.0",
      Sample.Expected(
        time: EventTime(milliseconds: 1_795_290_709_400), address: "127.0.0.1", method: "GET",
        path: "/v1/orders", query: "x=1", status: 200, bytesOut: 12, latencyMicroseconds: 1000,
        userAgent: "curl/8.5.0", identity: "key-1")),
    Sample(
      named(jsonStatement(escape: "json"), "$http_x_api_key"),
      #"{"time":"2026-11-21T19:51:49+00:00","addr":"127.0.0.1","request":"GET /v1/\u00e9?x=\"1\" HTTP/1.1","status":200,"bytes":12,"urt":,"key":"key-1"}"#,
      expected(path: "/v1/é", query: "x=\"1\"", identity: "key-1")),
    Sample(
      named(jsonStatement(escape: "default"), "$http_x_api_key"),
      #"{"time":"2026-11-21T19:51:49+00:00","addr":"127.0.0.1","request":"GET /a\x22b HTTP/1.1","status":200,"bytes":12,"urt":0.001, 0.002,"key":"-"}"#,
      expected(path: "/a\"b")),
  ]

  private static let start = "127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "
  private static let time = EventTime(seconds: 1_795_290_709)
  private static let tabs =
    "$msec\t$remote_addr\t$request_method\t$request_uri\t$status\t$bytes_sent\t$request_time\t"
    + "$http_x_api_key\t$http_user_agent"
  private static func jsonStatement(escape: String) -> String {
    """
    log_format api escape=\(escape) '{"time":"$time_iso8601","addr":"$remote_addr",'
      '"request":"$request","status":$status,"bytes":$body_bytes_sent,'
      '"urt":$upstream_response_time,"key":"$http_x_api_key"}';
    """
  }

  private static func named(_ template: String, _ identity: String...) -> FormatDescription {
    let fields = identity.isEmpty ? ["$remote_user"] : identity
    let logged = fields.filter { template.contains($0) || $0.hasPrefix("$arg_") }
    return FormatDescription(
      template: template,
      identity: logged.map { IdentityField(field: $0, isSecret: $0 != "$remote_user") })
  }

  private static func expected(
    path: String, query: String? = nil, status: Int = 200, bytes: Int64 = 12,
    latency: Int64? = nil, userAgent: String? = nil, identity: String? = nil
  ) -> Sample.Expected {
    Sample.Expected(
      time: time, address: "127.0.0.1", method: "GET", path: path, query: query, status: status,
      bytesOut: bytes, latencyMicroseconds: latency, userAgent: userAgent, identity: identity)
  }
}
