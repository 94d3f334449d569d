import Testing

@testable import AccessLog

/// Lines of everyday whose columns begin or end where nothing but their meaning tells it.
struct OpenEndTests {
  private func first(
    _ format: String, _ template: String, _ line: String
  ) throws -> PlainRecord {
    try parse(Array(line.utf8), format, FormatDescription(template: template)).first()
  }

  @Test func `a name of the gateway's at the end of a line has all of its bars`() throws {
    let template =
      #"[%START_TIME%] "%REQ(:METHOD)% %REQ(:PATH)% %PROTOCOL%" %RESPONSE_CODE% %DURATION% %UPSTREAM_CLUSTER%"#
    let line =
      #"[2026-11-21T19:51:49.400Z] "GET /a HTTP/2" 200 7 outbound|9080||reviews.default.svc"#
    let batch = try parse(Array(line.utf8), "envoy", FormatDescription(template: template))
    #expect(batch.trailingTextCount == 0 && batch.count == 1)
  }

  private static let ownStamps = [
    (
      "nginx",
      "$time_iso8601 $remote_addr $host $request_method $request_uri $status $http_user_agent $http_x_api_key",
      "2026-11-21T19:51:49+00:00 192.0.2.1 api.test GET /a 200 curl/8.5.0 k-1"
    ),
    (
      "envoy", #"%START_TIME% %REQ(USER-AGENT)% %RESPONSE_CODE% "%REQ(X-API-KEY)%""#,
      #"2026-11-21T19:51:49.400Z curl 200 "k""#
    ),
    (
      "apache", "%{%Y-%m-%dT%H:%M:%S%z}t %h %{X-Api-Key}i %{User-Agent}i %>s",
      "2026-11-21T19:51:49+0000 192.0.2.1 k curl 200"
    ),
  ]

  @Test(arguments: ownStamps.indices)
  func `a stamp that begins the format is no collector's`(index: Int) throws {
    let (format, template, line) = Self.ownStamps[index]
    #expect(try first(format, template, line).status == 200)
  }

  @Test(arguments: ["203.0.113.4", "203.0.113.4, 10.0.0.1", "203.0.113.4, 10.0.0.1, 10.0.0.2", "-"])
  func `a list of proxies without quotes leaves the address behind it in its place`(
    header: String
  ) throws {
    let line = #"\#(header) 10.0.0.9 - - [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 5"#
    let template =
      #"$http_x_forwarded_for $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent"#
    #expect(try first("nginx", template, line).address == "10.0.0.9")
    let balanced = template.replacing("$remote_addr", with: "$realip_remote_addr")
    let client = header.split(separator: ", ").first.map(String.init)
    #expect(try first("nginx", balanced, line).address == (header == "-" ? "10.0.0.9" : client))
  }

  @Test(arguments: ["-", "bob"])
  func `the list of a proxied Apache is the client's address, whoever the user is`(
    user: String
  ) throws {
    let line =
      #"203.0.113.4, 10.0.0.1 - \#(user) [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 5"#
    let template = #"%{X-Forwarded-For}i %l %u %t "%r" %>s %b"#
    #expect(try first("apache", template, line).address == "203.0.113.4")
  }

  @Test func `Envoy spells bytes and no scalars`() throws {
    let reader = try Presets.required("istio-json").reader()
    var output: [UInt8] = []
    reader.unescape(Array(#"na\u00c3\u00afve \u00ff \u0022"#.utf8).span, into: &output)
    #expect(output == Array("naïve ".utf8) + [0xff] + Array(" \"".utf8))
  }

  @Test(arguments: [
    ("nginx", "[$time_locl] $status", "$time_local"),
    ("envoy", "[%START_TIM%] %RESPONSE_CODE%", "%START_TIME%"),
  ])
  func `a misspelt time is told at its place`(
    format: String, template: String, meant: String
  ) throws {
    let fault = #expect(throws: FormatFault.self) {
      try RecordFormats.format(named: format)?.reader(
        for: FormatDescription(template: template))
    }
    #expect(fault?.suggestion == meant && fault?.offset == 1)
  }

  @Test func `what could be read in two ways is left out and counted`() throws {
    let line =
      #"[2026-11-21T19:51:49.400Z] "GET /a HTTP/1.1" 200 - 0 0 1 1 "x HTTP/2" 404 - 0 3 4 5 "-" "-" "-" "-" "-""#
    let batch = try parse(Array(line.utf8), "envoy", FormatDescription())
    #expect(batch.count == 1 && batch.disputedCount == 1)
    #expect(try batch.first().status == nil)
  }
}
