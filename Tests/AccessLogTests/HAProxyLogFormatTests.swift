import Testing

@testable import AccessLog

private func parseHAProxy(
  _ text: String, _ template: String? = nil, identity: String...
) throws -> RecordBatch {
  try parse(
    Array(text.utf8), "haproxy",
    FormatDescription(
      template: template, identity: identity.map { IdentityField(field: $0, isSecret: true) }))
}

struct HAProxyLogFormatTests {
  @Test(arguments: ["api.example.test", "a b", "a b c", "-"])
  func `a client's server name may have any bytes`(name: String) throws {
    let line = head + middle + #""GET /a HTTP/1.1" 0/0000000000000000/0/0/0 "# + name
    let batch = try parseHAProxy(line + "/TLSv1.3/TLS_AES_256_GCM_SHA384", "httpslog")
    let record = try batch.first()
    #expect(record.path == "/a" && record.status == 200)
    #expect(record.host == (name == "-" ? nil : name))
  }

  private let head = "192.0.2.7:55032 [21/Nov/2026:19:51:49.400] http-in~ b_app/app1 "
  private let middle = "0/0/0/8/9 200 170 - - ---- 1/1/0/0/0 0/0 "

  @Test(arguments: [
    ("%[ssl_c_s_dn(cn)]", "a 200 1"), ("%[ssl_c_i_dn]", "/CN=My CA"),
    ("%[fc_pp_authority]", "a 200 1"),
  ])
  func `names of certificates and of proxies move no column`(sample: String, text: String) throws {
    let record = try parseHAProxy(
      "192.0.2.1 [21/Nov/2026:19:51:49.400] \(text) 429 2", "%ci [%tr] \(sample) %ST %Ta"
    ).first()
    #expect(record.status == 429 && record.latency == 2000)
  }

  @Test(arguments: [
    nil, "httplog", "option httplog",
    HAProxyTemplate.presets[0].1,
    "log-format \"\(HAProxyTemplate.presets[0].1.replacing("\"", with: ""))\"",
    HAProxyTemplate.presets[0].1.replacing(" ", with: "\\ "),
    "defaults\n  mode http\n  option httplog\n",
  ])
  func `a template is the same in every form`(template: String?) throws {
    let record = try parseHAProxy(head + middle + #""GET /a?b HTTP/1.1""#, template).first()
    #expect(record.address == "192.0.2.7" && record.time == 1_795_290_709_400)
    #expect(record.path == "/a" && record.query == "b" && record.status == 200)
    #expect(record.latency == 9000 && record.upstreamLatency == 8000)
  }

  @Test(arguments: [
    ("%ci %xx", "no variable '%xx'", 4), ("%ci [%tr", "", 0), ("%ci %{+Q", "never closed", 4),
    ("%ci %[src", "never closed", 4), ("%ci %", "without the name", 4),
    ("%{+json}o %(a)ci", "as JSON", 0), ("%ci %ST", "has no time", 0), ("text", "no variables", 0),
  ])
  func `a template that cannot be compiled says where and why`(
    template: String, message: String, offset: Int
  ) {
    guard !message.isEmpty else { return }
    let fault = #expect(throws: FormatFault.self) {
      try HAProxyLogFormat.reader(for: FormatDescription(template: template))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    #expect(fault?.offset == offset)
  }

  @Test(
    arguments: [
      ("{k1|curl} {41} ", "k1", "curl"), ("{|curl} ", nil, "curl"), ("", nil, nil),
      ("{k#7C#7D#22#23|} {} ", "k|}\"#", nil), ("{a b|c d} ", "a b", "c d"), ("{k1} ", "k1", nil),
    ] as [(String, String?, String?)])
  func `captures are named by the configuration`(
    block: String, key: String?, agent: String?
  ) throws {
    let template = """
      capture request header X-Api-Key len 64
      capture request header User-Agent len 128
      option httplog
      """
    let line = head + middle + block + #""GET /a HTTP/1.1""#
    let record = try parseHAProxy(line, template, identity: "X-Api-Key").first()
    #expect(record.identity == key)
    #expect(record.userAgent == agent)
    #expect(record.path == "/a")
    let numbered = try parseHAProxy(line, nil, identity: "capture.req.hdr(0)").first()
    #expect(numbered.identity == key)
  }

  @Test
  func `captured headers may be logged by themselves`() throws {
    let template = """
      capture request header X-Api-Key len 64
      log-format "%ci [%tr] %ST %[capture.req.hdr(0)] %{+Q}[req.hdr(user-agent)]"
      """
    let line = ##"::1 [21/Nov/2026:19:51:49.400] 200 k1 "Evil"#22""##
    let record = try parseHAProxy(line, template, identity: "x-api-key").first()
    #expect(record.identity == "k1" && record.userAgent == "Evil\"#22" && record.address == "::1")
  }

  /// HAProxy 2.6 writes samples as they came: `%{+Q}[…]` does not escape the quotes in them.
  @Test(
    arguments: [
      (#""k1" "curl/8.5.0""#, "k1", "curl/8.5.0"), (#""" "curl""#, nil, "curl"),
      (##""k#22" "#7B hash""##, "k#22", "#7B hash"),
      (#""k1" "Evil"Agent"""#, "k1", #"Evil"Agent""#),
      (#""k"1" "back\\slash\"""#, #"k"1"#, #"back\\slash\""#),
      (#""k1" "u"] [x] "v""#, "k1", #"u"] [x] "v"#), ("\"\" \"\"\"", nil, "\""),
    ] as [(String, String?, String?)])
  func `a sample is read as it came`(text: String, key: String?, agent: String?) throws {
    let record = try parseHAProxy(
      #"::1:47824 [21/Nov/2026:19:51:49.400] 200 "GET /a#22b HTTP/1.1" "# + text, samples,
      identity: "X-Api-Key"
    ).first()
    #expect(record.identity == key && record.userAgent == agent)
    #expect(record.path == #"/a"b"# && record.address == "::1")
  }

  @Test(arguments: [
    #""k1" "x" 200 "-" "y""#, #""k1" "curl" "x""#, #""a" "b" "c""#, #""k" "1" "a"" "b""#,
  ])
  func `of samples that can be read in two ways none is taken`(text: String) throws {
    let record = try parseHAProxy(
      #"::1:47824 [21/Nov/2026:19:51:49.400] 200 "GET /a HTTP/1.1" "# + text, samples,
      identity: "X-Api-Key"
    ).first()
    #expect(record.identity == nil && record.userAgent == nil)
    #expect(record.status == 200 && record.path == "/a" && record.address == "::1")
  }

  /// Read from the right, the method of this line would begin before the line does: the fuzzer
  /// found the trap.
  @Test(arguments: [
    #""192.0.2.7 [1795290709.400] GET" "/v1" "" 200 170 98 12 "a"b" "0A-1""#,
    #"" [1795290709.400] GET" "/v1" "" 200 170 98 12 "a"b" "0A-1""#,
  ])
  func `a quote at the front of a line is refused`(line: String) throws {
    let template = "%{+Q}o %{-Q}ci [%Ts.%ms] %HM %HPO %HQ %ST %B %U %Ta %[req.hdr(user-agent)] %ID"
    let batch = try parseHAProxy(line, template)
    #expect(batch.count == 0 && batch.malformed.count == 1)
  }

  private let samples = """
    %ci:%cp [%tr] %ST %{+Q}r %{+Q}[req.fhdr(X-Api-Key)] %{+Q}[req.fhdr(User-Agent)]
    """

  @Test
  func `a request that is none is a record without a method`() throws {
    let line =
      "-:22222 [21/Nov/2026:19:51:49.400] f f/<NOSRV> -1/-1/-1/-1/6001 408 212 - - cR-- "
      + #"100/89/0/0/0 0/0 "<BADREQ>""#
    let record = try parseHAProxy(line).first()
    #expect(record.method == nil && record.path == nil && record.status == 408)
    #expect(record.latency == 6_001_000 && record.upstreamLatency == -1 && record.address == nil)
  }

  @Test
  func `a line that syslog cut keeps what it has`() throws {
    let record = try parseHAProxy(head + middle + #""GET /very/long"#).first()
    #expect(record.method == "GET" && record.status == 200)
  }

  @Test
  func `other lines of the process are refused and counted`() throws {
    let lines = "Proxy http-in started.\n\(head)Connection closed during SSL handshake\n"
    let batch = try parseHAProxy(lines)
    #expect(batch.count == 0 && batch.malformed.count == 2)
  }

  @Test
  func `a TCP line is a record that is no request`() throws {
    let line = head + "0/0/5007 212 -- 0/0/0/0/3 0/0"
    let batch = try parseHAProxy(line, "tcplog")
    #expect(try batch.first().latency == 5_007_000)
    #expect(batch.flags[0].contains(.notHTTP))
  }

  @Test
  func `flags at the head of a format hold for all of it`() throws {
    let line =
      #"192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] "GET /a HTTP/1.1" 200 170 "" "" "#
      + #"55032 400 "http-in" "b_app" "app1" 0 0 0 8 9 "----" 1 1 0 0 0 0 0 "-" "-""#
    let record = try parseHAProxy(line, "option httplog clf").first()
    #expect(record.path == "/a" && record.latency == 9000 && record.bytesOut == 170)
  }

  @Test(arguments: [
    (
      "%ci:%cp [%tr] %HM %HU %ST %Ta",
      "192.0.2.7:1 [21/Nov/2026:19:51:49.400] <BADREQ> <BADREQ> 400 0"
    ),
    (
      "%ci:%cp [%tr] %{+Q}HM %{+Q}HP %{+Q}HV %ST",
      #"192.0.2.7:1 [21/Nov/2026:19:51:49.400] "<BADREQ>" "<BADREQ>" "<BADREQ>" 400"#
    ),
  ])
  func `what could not be read is no method and no path`(template: String, line: String) throws {
    let batch = try parseHAProxy(line, template)
    let record = try batch.first()
    #expect(record.status == 400 && record.method == nil && record.path == nil)
    #expect(batch.flags[0].contains(.notHTTP))
  }
}
