import Testing

@testable import AccessLog

/// The formats that gateways write by themselves, with a client that aims at the log.
struct HostileLineTests {
  struct Request {
    var target = "/"
    var user = ""
    var agent = ""
    var referrer = ""
  }

  struct Format: CustomStringConvertible, Sendable {
    var description: String
    var name: String
    var template: String?
    var isEscaped = true
    /// The line of a request with status 404, 19 bytes and 42 ms.
    var line: @Sendable (Request) -> String
  }

  static let stamp = "21/Nov/2026:19:51:49 +0000"

  static let formats: [Format] = [
    Format(description: "combined", name: "nginx", template: Presets.combined) { request in
      """
      192.0.2.7 - \(nginx(request.user)) [\(stamp)] "GET \(nginx(request.target)) HTTP/1.1" 404 19 \
      "\(nginx(request.referrer))" "\(nginx(request.agent))"
      """
    },
    Format(
      description: "combined with escape=none", name: "nginx",
      template: "log_format x escape=none '\(Presets.combined)';", isEscaped: false
    ) { request in
      """
      192.0.2.7 - \(request.user) [\(stamp)] "GET \(request.target) HTTP/1.1" 404 19 \
      "\(request.referrer)" "\(request.agent)"
      """
    },
    Format(description: "NPMplus", name: "nginx", template: preset("npmplus")) { request in
      """
      [\(stamp)] api.test 192.0.2.7 0.042 "GET \(nginx(request.target)) HTTP/1.1" 404 19 180 \
      \(nginx(request.referrer)) \(nginx(request.agent))
      """
    },
    Format(description: "BunkerWeb", name: "nginx", template: preset("bunkerweb")) { request in
      """
      api.test 192.0.2.7 - 0a1b \(nginx(request.user)) [\(stamp)] \
      "GET \(nginx(request.target)) HTTP/1.1" 404 19 \
      "\(nginx(request.referrer))" "\(nginx(request.agent))"
      """
    },
    Format(
      description: "Apache's combined", name: "apache",
      template: #"%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D"#
    ) { request in
      """
      192.0.2.7 - \(apache(request.user)) [\(stamp)] "GET \(apache(request.target)) HTTP/1.1" \
      404 19 "\(apache(request.referrer))" "\(apache(request.agent))" 42000
      """
    },
    Format(description: "varnishncsa", name: "varnish", template: nil) { request in
      """
      192.0.2.7 - \(apache(request.user)) [\(stamp)] \
      "GET http://api.test\(apache(request.target)) HTTP/1.1" 404 19 \
      "\(apache(request.referrer))" "\(apache(request.agent))"
      """
    },
    Format(
      description: "httplog", name: "haproxy",
      template: """
        capture request header X-User len 200
        capture request header User-Agent len 200
        option httplog
        """
    ) { request in
      """
      192.0.2.7:55032 [21/Nov/2026:19:51:49.000] fe~ be/s1 0/0/0/8/42 404 19 - - ---- \
      1/1/0/0/0 0/0 {\(capture(request.user))|\(capture(request.agent))} \
      "GET \(hash(request.target)) HTTP/1.1"
      """
    },
    Format(
      description: "httplog with captured cookies", name: "haproxy", template: "httplog"
    ) { request in
      """
      192.0.2.7:55032 [21/Nov/2026:19:51:49.000] fe~ be/s1 0/0/0/8/42 404 19 \
      k=\(cookie(request.user)) - ---- 1/1/0/0/0 0/0 "GET \(hash(request.target)) HTTP/1.1"
      """
    },
    Format(
      description: "samples of HAProxy's without quotes", name: "haproxy",
      template:
        "%ci [%tr] %ST %B %Ta %[req.hdr(x-user)] %[req.hdr(user-agent)] %{+Q}r"
    ) { request in
      """
      192.0.2.7 [21/Nov/2026:19:51:49.000] 404 19 42 \(dash(request.user)) \
      \(dash(request.agent)) "GET \(hash(request.target)) HTTP/1.1"
      """
    },
    Format(description: "Envoy", name: "envoy", template: nil, isEscaped: false) { request in
      """
      [2026-11-21T19:51:49.000Z] "GET \(request.target) HTTP/1.1" 404 - 0 19 42 1 "192.0.2.7" \
      "\(dash(request.agent))" "\(dash(request.user))" "api.test" "10.0.0.1:80"
      """
    },
    Format(description: "Istio", name: "envoy", template: "istio") { request in
      """
      [2026-11-21T19:51:49.000Z] "GET \(request.target) HTTP/1.1" 404 - via_upstream - "-" 0 19 \
      42 1 "-" "\(dash(request.agent))" "785918d6" "api.test" "10.68.2.10:9080" \
      inbound|9080|| 127.0.0.6:47889 10.68.2.10:9080 192.0.2.7:39696 outbound_.9080 default
      """
    },
    Format(description: "Traefik's common", name: "traefik") { request in
      traefik(request) + #" 5 "r@docker" "http://172.17.0.3:80" 42ms"#
    },
    Format(description: "Traefik's genericCLF", name: "traefik") { request in traefik(request) },
    Format(
      description: "API Gateway", name: "apigateway",
      template: """
        $context.identity.sourceIp $context.authorizer.user [$context.requestTime] \
        "$context.httpMethod $context.path $context.protocol" $context.status \
        $context.responseLength $context.responseLatency "$context.identity.userAgent"
        """
    ) { request in
      """
      192.0.2.7 \(dash(request.user)) [\(stamp)] "GET \(path(request)) HTTP/1.1" 404 19 42 \
      "\(dash(request.agent))"
      """
    },
    Format(description: "IIS", name: "w3c", template: W3CLogFormat.iis) { request in
      let parts = request.target.split(separator: "?", maxSplits: 1)
      return """
        2026-11-21 19:51:49 10.0.0.1 GET \(plus(String(parts[0]))) \
        \(plus(parts.count > 1 ? String(parts[1]) : "")) 443 \(plus(request.user)) 192.0.2.7 \
        \(plus(request.agent)) \(plus(request.referrer)) 404 0 0 42
        """
    },
    Format(description: "ALB", name: "alb") { request in
      """
      https 2026-11-21T19:51:49.000000Z app/lb/50dc 192.0.2.7:2817 10.0.0.1:80 0.000 0.042 0.000 \
      404 404 34 19 "GET https://api.test:443\(nginx(request.target)) HTTP/1.1" \
      "\(nginx(request.agent))" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x "Root=1-58337262" \
      "api.test" "-" 0 2026-11-21T19:51:49.364000Z "forward" "-" "-" "10.0.0.1:80" "404" "-" "-"
      """
    },
  ]

  @Test(arguments: formats)
  func `no client writes columns`(format: Format) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let parser = try blockParser(format.name, template: format.template)
    var batch = RecordBatch(hash: testHash)
    let lineCount = 300
    var recordCount = 0
    for _ in 0..<lineCount {
      let request = Self.request(using: &generator)
      let line = format.line(request)
      parser.parse(Array(line.utf8), into: &batch)
      recordCount += batch.count
      try #require(batch.count + batch.malformed.count == 1)
      guard batch.count == 1 else { continue }
      let fault = Self.fault(in: batch.plain(0), request, format)
      #expect(fault == nil, "seed \(seed): \(fault ?? "")\n\(line)")
    }
    #expect(recordCount == lineCount, "seed \(seed)")
  }

  // MARK: - What the client sends

  private static func request(using generator: inout SeededGenerator) -> Request {
    func hostile(_ count: ClosedRange<Int>) -> String {
      (0..<Int.random(in: count, using: &generator)).map { _ in
        HostileWriterTests.pieces.randomElement(using: &generator)!
      }.joined().trimmed
    }
    return Request(
      target: "/" + hostile(0...4).filter { $0 != " " && $0 != "\t" }, user: hostile(0...3),
      agent: hostile(0...5), referrer: hostile(0...3))
  }

  // MARK: - What the writers make of it

  private static func preset(_ name: String) -> String? {
    Presets.preset(named: name)?.description.template
  }

  private static func path(_ request: Request) -> String {
    String(request.target.prefix { $0 != "?" })
  }

  private static func dash(_ text: String) -> String { text.isEmpty ? "-" : text }

  /// Every byte but those of `escape` as it is.
  private static func bytes(_ text: String, _ escape: (UInt8) -> String?) -> String {
    if text.isEmpty { return "-" }
    return text.utf8.map { escape($0) ?? String(decoding: [$0], as: UTF8.self) }.joined()
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func nginx(_ text: String) -> String {
    bytes(text) { byte in
      byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c
        ? "\\x" + hex(byte).uppercased() : nil
    }
  }

  private static func apache(_ text: String) -> String {
    bytes(text) { byte in
      switch byte {
      case 0x22: "\\\""
      case 0x5c: "\\\\"
      case 0x09: "\\t"
      case 0..<0x20, 0x7f...: "\\x" + hex(byte)
      default: nil
      }
    }
  }

  private static func hash(_ text: String) -> String {
    bytes(text) { byte in
      byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x23
        ? "#" + hex(byte).uppercased() : nil
    }
  }

  private static func capture(_ text: String) -> String {
    if text.isEmpty { return "" }
    return bytes(text) { byte in
      byte < 0x20 || byte >= 0x7f || [0x22, 0x23, 0x7b, 0x7c, 0x7d].contains(byte)
        ? "#" + hex(byte).uppercased() : nil
    }
  }

  /// A cookie's value ends with a semicolon; HAProxy logs it as it came.
  private static func cookie(_ text: String) -> String {
    String(text.filter { $0 != ";" && $0 != "," })
  }

  private static func plus(_ text: String) -> String {
    dash(text).replacing(" ", with: "+").replacing("\t", with: "+")
  }

  private static func traefik(_ request: Request) -> String {
    func quoted(_ text: String) -> String {
      "\"" + dash(text.replacing("\"", with: "\\\"")) + "\""
    }
    return """
      192.0.2.7 - \(dash(request.user)) [\(stamp)] "GET \(request.target) HTTP/1.1" 404 19 \
      \(quoted(request.referrer)) \(quoted(request.agent))
      """
  }

  // MARK: - Judging

  /// What is wrong in the record: what is absent is not, but for the time, and for the status
  /// where the writer escapes.
  private static func fault(
    in record: PlainRecord, _ request: Request, _ format: Format
  ) -> String? {
    if record.time != 1_795_290_709_000 { return "time \(record.time)" }
    let status = record.status ?? (format.isEscaped ? -1 : 404)
    if status != 404 { return "status \(status)" }
    let address = record.address ?? (format.isEscaped ? "" : "192.0.2.7")
    if address != "192.0.2.7" { return "address \(address)" }
    if record.method != "GET" { return "method \(record.method ?? "")" }
    if record.bytesOut >= 0, record.bytesOut != 19 { return "bytes \(record.bytesOut)" }
    if record.latency >= 0, record.latency != 42_000 { return "latency \(record.latency)" }
    if format.name != "w3c", let path = record.path,
      path != request.target.prefix(while: { $0 != "?" })
    {
      return "path \(path)"
    }
    let blursAgent = format.name == "w3c" || format.description == "NPMplus"
    if !blursAgent, let agent = record.userAgent, agent != request.agent {
      return "agent \(agent)"
    }
    return nil
  }
}
