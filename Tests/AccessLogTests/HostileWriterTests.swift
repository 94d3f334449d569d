import Testing

@testable import AccessLog

/// Gateways as their documentation has them write, given requests of a client that aims at the
/// log, in templates that nobody chose well: what is read is what was sent, or nothing.
struct HostileWriterTests {
  /// How a writer puts what the client sent into its line.
  enum Writing {
    case nginx, raw, apache, hash, envoy
  }

  enum Role: CaseIterable {
    case address, time, method, request, target, path, status, bytes, latency, user, agent, referrer
  }

  struct Writer: CustomStringConvertible, Sendable {
    var description: String
    var format: String
    var writing: Writing
    var variables: [(String, Role)]
    var wrap: @Sendable (String) -> String = { $0 }
  }

  struct Request {
    var address = "192.0.2.7"
    var method = "GET"
    var target = "/"
    var user = ""
    var agent = ""
    var referrer = ""
    var status = 404
    var bytes = 19
    var milliseconds = 42
  }

  static let writers: [Writer] = [
    Writer(
      description: "nginx", format: "nginx", writing: .nginx,
      variables: [
        ("$remote_addr", .address), ("$time_local", .time), ("$request_method", .method),
        ("$request", .request), ("$request_uri", .target), ("$uri", .path), ("$status", .status),
        ("$body_bytes_sent", .bytes), ("$request_time", .latency), ("$remote_user", .user),
        ("$http_user_agent", .agent), ("$http_referer", .referrer),
      ]),
    Writer(
      description: "nginx with escape=none", format: "nginx", writing: .raw,
      variables: [
        ("$remote_addr", .address), ("$time_iso8601", .time), ("$request_method", .method),
        ("$request", .request), ("$request_uri", .target), ("$status", .status),
        ("$body_bytes_sent", .bytes), ("$request_time", .latency), ("$remote_user", .user),
        ("$http_user_agent", .agent), ("$http_referer", .referrer),
      ], wrap: { "log_format x escape=none '\($0)';" }),
    Writer(
      description: "Apache", format: "apache", writing: .apache,
      variables: [
        ("%a", .address), ("%t", .time), ("%m", .method), ("%r", .request), ("%U%q", .target),
        ("%U", .path), ("%>s", .status), ("%B", .bytes), ("%{ms}T", .latency), ("%u", .user),
        ("%{User-Agent}i", .agent), ("%{Referer}i", .referrer),
      ]),
    Writer(
      description: "HAProxy", format: "haproxy", writing: .hash,
      variables: [
        ("%ci", .address), ("%tr", .time), ("%HM", .method), ("%r", .request), ("%HU", .target),
        ("%ST", .status), ("%B", .bytes), ("%Ta", .latency), ("%[req.hdr(x-user)]", .user),
        ("%[req.hdr(user-agent)]", .agent), ("%[req.hdr(referer)]", .referrer),
      ]),
    Writer(
      description: "Envoy", format: "envoy", writing: .envoy,
      variables: [
        ("%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", .address), ("%START_TIME%", .time),
        ("%REQ(:METHOD)%", .method), ("%REQ(:PATH)%", .target), ("%RESPONSE_CODE%", .status),
        ("%BYTES_SENT%", .bytes), ("%DURATION%", .latency), ("%REQ(X-USER)%", .user),
        ("%REQ(USER-AGENT)%", .agent), ("%REQ(REFERER)%", .referrer),
      ]),
  ]

  static let pieces = [
    "\"", "\\", " ", "a", "-", "] \"", " [", "[21/Nov/2026:19:51:48 +0000]", "\" 200 5 ", "|",
    ",", " 200 ", " 5", "/x", "{", "}", "#22", "\\\"", "?q=1", " HTTP/1.1\"", "GET /b HTTP/1.1",
    "\" \"", "' '", "2026-11-21T19:51:48.000Z", "192.0.2.9", "é", "%22", "0.001", "\t", ";",
  ]

  @Test(arguments: writers)
  func `no template lets a client write columns`(writer: Writer) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    var (lineCount, recordCount) = (0, 0)
    var batch = RecordBatch(hash: testHash)
    for _ in 0..<200 {
      let (template, parts) = Self.template(of: writer, using: &generator)
      guard let format = RecordFormats.format(named: writer.format),
        let reader = try? format.reader(
          for: FormatDescription(
            template: writer.wrap(template),
            identity: []))
      else { continue }
      let parser = BlockParser(readers: [reader], columns: .all)
      for _ in 0..<10 {
        let request = Self.request(using: &generator)
        let line = Self.line(parts, request, writer)
        parser.parse(Array(line.utf8), into: &batch)
        lineCount += 1
        recordCount += batch.count
        try #require(batch.count + batch.malformed.count == 1)
        guard batch.count == 1 else { continue }
        let fault = Self.fault(in: batch.plain(0), request, parts)
        #expect(fault == nil, "seed \(seed): \(fault ?? "") of \(template)\n\(line)")
      }
    }
    #expect(recordCount * 100 > lineCount * 99, "seed \(seed)")
  }

  @Test(arguments: writers)
  func `the short way to read a line finds what all ways have in common`(writer: Writer) throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    var (lineCount, shortCount) = (0, 0)
    for _ in 0..<200 {
      let (template, parts) = Self.template(of: writer, using: &generator)
      guard let format = RecordFormats.format(named: writer.format),
        let reader = try? format.reader(
          for: FormatDescription(template: writer.wrap(template), identity: []))
          as? TemplateReader
      else { continue }
      for _ in 0..<10 {
        let line = Self.line(parts, Self.request(using: &generator), writer)
        let bytes = Array(line.utf8)
        let contested = ContestedLine(reader)
        lineCount += 1
        guard let starts = contested.onlyWay(bytes.span, from: 0) else {
          continue
        }
        shortCount += 1
        #expect(
          try contested.commonStarts(bytes.span, from: 0) == starts,
          "seed \(seed): \(template)\n\(line)")
      }
    }
    #expect(shortCount * 20 > lineCount, "\(shortCount) of \(lineCount), seed \(seed)")
  }

  // MARK: - Templates

  private typealias Part = (before: String, role: Role, isQuoted: Bool)

  /// Variables in any order, with or without quotes, with any separator.
  private static func template(
    of writer: Writer, using generator: inout SeededGenerator
  ) -> (String, [Part]) {
    let separator = [" ", " ", "|", ",", "\t", ";"].randomElement(using: &generator)!
    var variables = writer.variables.shuffled(using: &generator)
    let time = variables.first { $0.1 == .time }!
    variables = Array(
      variables.filter { $0.1 != .time }.prefix(Int.random(in: 3...8, using: &generator)))
    variables.insert(time, at: Int.random(in: 0...variables.count, using: &generator))
    var text = ""
    var parts: [Part] = []
    for (index, variable) in variables.enumerated() {
      let isText = ![.time, .status, .bytes, .latency, .address, .method].contains(variable.1)
      let isQuoted = isText && Int.random(in: 0..<3, using: &generator) > 0
      let before = index == 0 ? "" : separator
      var spelling = variable.0
      if variable.1 == .time, writer.format != "apache" { spelling = "[\(spelling)]" }
      if isQuoted {
        spelling =
          writer.writing == .hash ? "%{+Q}" + spelling.dropFirst() : "\"\(spelling)\""
      }
      text += before + spelling
      parts.append((before, variable.1, isQuoted))
    }
    return (text, parts)
  }

  // MARK: - Requests and their lines

  private static func request(using generator: inout SeededGenerator) -> Request {
    func hostile(_ count: ClosedRange<Int>) -> String {
      (0..<Int.random(in: count, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined().trimmed
    }
    var request = Request()
    request.target = "/" + hostile(0...4).filter { $0 != " " && $0 != "\t" }
    request.user = hostile(0...3)
    request.agent = hostile(0...5)
    request.referrer = hostile(0...3)
    return request
  }

  private static func line(_ parts: [Part], _ request: Request, _ writer: Writer) -> String {
    parts.map { part in
      let text = text(part.role, request, writer)
      if !part.isQuoted { return part.before + text }
      return part.before + "\"\(text)\""
    }.joined()
  }

  private static func text(_ role: Role, _ request: Request, _ writer: Writer) -> String {
    switch role {
    case .address: request.address
    case .time: stamp(writer)
    case .method: request.method
    case .status: "\(request.status)"
    case .bytes: "\(request.bytes)"
    case .latency: writer.format == "nginx" ? "0.042" : "\(request.milliseconds)"
    case .request: escaped("GET \(request.target) HTTP/1.1", writer.writing, isSample: false)
    case .target: escaped(request.target, writer.writing, isSample: false)
    case .path:
      escaped(String(request.target.prefix { $0 != "?" }), writer.writing, isSample: false)
    case .user: escaped(request.user, writer.writing, isSample: true)
    case .agent: escaped(request.agent, writer.writing, isSample: true)
    case .referrer: escaped(request.referrer, writer.writing, isSample: true)
    }
  }

  private static func stamp(_ writer: Writer) -> String {
    switch (writer.format, writer.writing) {
    case ("nginx", .raw): "[2026-11-21T19:51:49+00:00]"
    case ("haproxy", _): "[21/Nov/2026:19:51:49.000]"
    case ("envoy", _): "[2026-11-21T19:51:49.000Z]"
    default: "[21/Nov/2026:19:51:49 +0000]"
    }
  }

  private static func escaped(_ text: String, _ writing: Writing, isSample: Bool) -> String {
    if text.isEmpty { return writing == .raw ? "" : "-" }
    switch writing {
    case .raw, .envoy: return text
    case .nginx:
      return text.utf8.map { byte in
        byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x5c
          ? "\\x" + hex(byte).uppercased() : String(decoding: [byte], as: UTF8.self)
      }.joined()
    case .apache:
      return text.utf8.map { byte in
        switch byte {
        case 0x22: "\\\""
        case 0x5c: "\\\\"
        case 0x09: "\\t"
        case 0..<0x20, 0x7f...: "\\x" + hex(byte)
        default: String(decoding: [byte], as: UTF8.self)
        }
      }.joined()
    case .hash:
      if isSample { return text }
      return text.utf8.map { byte in
        byte < 0x20 || byte >= 0x7f || byte == 0x22 || byte == 0x23
          ? "#" + hex(byte).uppercased() : String(decoding: [byte], as: UTF8.self)
      }.joined()
    }
  }

  private static func hex(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count == 1 ? "0" + text : text
  }

  // MARK: - Judging

  /// What is wrong in the record: what is absent is not, but for the time.
  private static func fault(
    in record: PlainRecord, _ request: Request, _ parts: [Part]
  ) -> String? {
    if record.time != 1_795_290_709_000 { return "time \(record.time)" }
    if let status = record.status, status != request.status { return "status \(status)" }
    if record.bytesOut >= 0, record.bytesOut != Int64(request.bytes) {
      return "bytes \(record.bytesOut)"
    }
    if record.latency >= 0, record.latency != Int64(request.milliseconds) * 1000 {
      return "latency \(record.latency)"
    }
    if let address = record.address, address != request.address { return "address \(address)" }
    if let method = record.method, method != request.method { return "method \(method)" }
    if !blursAgent(parts), let agent = record.userAgent, agent != request.agent {
      return "agent \(agent)"
    }
    if let path = record.path, path != request.target.prefix(while: { $0 != "?" }) {
      return "path \(path)"
    }
    return nil
  }

  /// A referrer with blanks and no quotes blurs the user agent behind it, and nothing else.
  private static func blursAgent(_ parts: [Part]) -> Bool {
    zip(parts, parts.dropFirst()).contains { one, next in
      one.role == .referrer && !one.isQuoted && next.role == .agent
    }
  }
}
