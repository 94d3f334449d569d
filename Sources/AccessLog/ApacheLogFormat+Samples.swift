/// Lines of Apache, among them what hostile clients sent to a real one on loopback.
extension ApacheLogFormat {
  public static let samples: [Sample] = [
    Sample(
      named("combined"),
      start + #""GET /v1/orders/42?expand=items&limit=10 HTTP/1.1" 200 12 "-" "curl/8.5.0""#,
      expected("/v1/orders/42", query: "expand=items&limit=10", userAgent: "curl/8.5.0")),
    Sample(
      named(
        "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %b %D \\\"%{X-Api-Key}i\\\"\" api", "X-Api-Key"),
      start + #""GET /a\"b?c=\"d\" HTTP/1.1" 429 12 1088 "k\xc3\xa9y\\""#,
      expected("/a\"b", query: "c=\"d\"", status: 429, latency: 1088, identity: "kéy\\")),
    Sample(
      named("vhost_combined"),
      #"api.example.test:443 "# + start + #""-" 408 85 "-" "-""#,
      Sample.Expected(time: time, address: "127.0.0.1", status: 408, bytesOut: 85)),
    Sample(
      named("combined"),
      #"127.0.0.1 - al ice] \"x\" [21/Nov/2026:19:51:49 +0000] "GET /v1 HTTP/1.1" 401 - "-" "-""#,
      expected("/v1", status: 401, bytes: 0, identity: #"al ice] "x""#)),
    Sample(
      named("common"), #"127.0.0.1 - "" [21/Nov/2026:19:51:49 +0000] "GET /v1 HTTP/1.1" 401 12"#,
      expected("/v1", status: 401)),
    Sample(
      named(
        #"%a %{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t %m "%U" "%q" %H %>s %I %O %{ms}T %D %X"#),
      #"127.0.0.1 2026-11-21T20:51:49.123456+0100 GET "/v1/orders" "?a=b" HTTP/1.1 200 98 12 1 1169 +"#,
      Sample.Expected(
        time: EventTime(milliseconds: time.milliseconds + 123), address: "127.0.0.1",
        method: "GET", path: "/v1/orders", query: "a=b", status: 200, bytesOut: 12,
        latencyMicroseconds: 1169)),
    Sample(
      named(
        #"{"time":"%{%Y-%m-%dT%H:%M:%S%z}t","client":"%a","request":"%m %U%q %H","status":"%>s","bytes":"%B","us":%D,"key":"%{X-Api-Key}i"}"#,
        "%{X-Api-Key}i"),
      #"{"time":"2026-11-21T19:51:49+0000","client":"::1","request":"GET /a?b HTTP/1.1","status":"200","bytes":"12","us":7,"key":"k1"}"#,
      Sample.Expected(
        time: time, address: "::1", method: "GET", path: "/a", query: "b", status: 200,
        bytesOut: 12, latencyMicroseconds: 7, identity: "k1")),
  ]

  private static let start = "127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "
  private static let time = EventTime(seconds: 1_795_290_709)

  private static func named(_ template: String, _ identity: String = "%u") -> FormatDescription {
    let hasUser = template.contains("%u") || !template.contains("%")
    let fields = identity != "%u" || hasUser ? [identity] : []
    return FormatDescription(
      template: template,
      identity: fields.map { IdentityField(field: $0, isSecret: $0 != "%u") })
  }

  private static func expected(
    _ path: String, query: String? = nil, status: Int = 200, bytes: Int64 = 12,
    latency: Int64? = nil, userAgent: String? = nil, identity: String? = nil
  ) -> Sample.Expected {
    Sample.Expected(
      time: time, address: "127.0.0.1", method: "GET", path: path, query: query, status: status,
      bytesOut: bytes, latencyMicroseconds: latency, userAgent: userAgent, identity: identity)
  }
}
