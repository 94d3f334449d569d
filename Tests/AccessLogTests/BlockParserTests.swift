import Testing

@testable import AccessLog

struct BlockParserTests {
  @Test
  func `a block's lines become records in order`() throws {
    let text = "\(combinedLine)\r\n\n\(combinedLine.replacing("GET", with: "PUT"))\nnonsense\n"
    let batch = try parseNginx(text, Presets.combined)
    #expect(batch.plainRecords.map(\.method) == ["GET", "PUT"])
    #expect(batch.lineCount == 4)
    #expect(batch.blankLineCount == 1)
    #expect(batch.malformed.map(\.recordIndex) == [2])
    #expect(batch.text(batch.malformed[0].line) == "nonsense")
    #expect(batch.text(batch.line[0]) == combinedLine)
  }

  @Test
  func `a batch that is used again holds nothing of the block before`() throws {
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))],
      columns: .all)
    var used = RecordBatch(hash: testHash)
    parser.parse(Array("x\n\(combinedLine) more\n".utf8), into: &used)
    #expect(used.trailingTextCount == 1)
    let line = combinedLine.replacing("curl", with: #"\x22"#)
    parser.parse(Array(line.utf8), into: &used)
    var fresh = RecordBatch(hash: testHash)
    parser.parse(Array(line.utf8), into: &fresh)
    #expect(used.plainRecords == fresh.plainRecords)
    #expect(used.malformed.isEmpty)
    #expect(used.trailingTextCount == 0)
    #expect(used.keys.count == 1)
    #expect(used.unescaped == fresh.unescaped)
  }

  @Test
  func `the first identity that is present names the caller`() throws {
    let template = Presets.combined + #" "$http_x_api_key""#
    func record(user: String, key: String) throws -> PlainRecord {
      let line = combinedLine.replacing("- - [", with: "- \(user) [") + " \"\(key)\""
      return try parseNginx(line, template, identity: ["$http_x_api_key", "$remote_user"])
        .plain(0)
    }
    let both = try record(user: "northwind", key: "k1")
    #expect(both.key == "k1")
    #expect(RecordBatch.Flags(rawValue: both.flags) == .secretIdentity)
    let name = try record(user: "northwind", key: "-")
    #expect(name.key == "northwind")
    #expect(RecordBatch.Flags(rawValue: name.flags) == [])
    let none = try record(user: "-", key: "-")
    #expect(none.key == "127.0.0.1")
    #expect(none.identity == nil)
    #expect(RecordBatch.Flags(rawValue: none.flags) == .addressIdentity)
  }

  @Test
  func `an address and a key with the same text are two callers`() throws {
    let lines = [
      combinedLine, combinedLine.replacing("- - [", with: "- 127.0.0.1 ["),
    ].joined(separator: "\n")
    let batch = try parseNginx(lines, Presets.combined, identity: ["$remote_user"])
    #expect(batch.keys.count == 2)
    #expect(batch.key.map { batch.keys.tag(of: $0) } == [2, 0])
  }

  @Test(
    arguments: [
      ("GET /a?b=c HTTP/1.1", "GET", "/a", "b=c"),
      ("GET /a? HTTP/1.1", "GET", "/a", nil),
      ("GET /?a?b HTTP/1.1", "GET", "/", "a?b"),
      ("GET http://h.example/p?q HTTP/1.1", "GET", "/p", "q"),
      ("GET http://h.example HTTP/1.1", "GET", "/", nil),
      ("GET http://h.example?x HTTP/1.1", "GET", "/", "x"),
      ("OPTIONS * HTTP/1.1", "OPTIONS", "*", nil),
      ("CONNECT h.example:443 HTTP/1.1", "CONNECT", "h.example:443", nil),
      ("M-SEARCH * HTTP/1.1", "M-SEARCH", "*", nil),
      ("GET /", "GET", "/", nil),
      ("GET //a//b HTTP/1.1", "GET", "//a//b", nil),
      (#"GET /\x22?\x3F HTTP/1.1"#, "GET", "/\"", "?"),
      ("GET /a b HTTP/1.1", "GET", "/a b", nil),
      ("", nil, nil, nil),
      ("batman", nil, nil, nil),
      ("PRI * HTTP/2.0", nil, nil, nil),
      (#"\x16\x03\x01"#, nil, nil, nil),
      ("SSH-2.0-Go", nil, nil, nil),
      ("get / HTTP/1.1", "get", "/", nil),
      ("get /", nil, nil, nil),
      ("GET ", nil, nil, nil),
      ("GET  HTTP/1.1", nil, nil, nil),
      ("x y z", nil, nil, nil),
    ] as [(String, String?, String?, String?)])
  func `a request line is taken apart or is not HTTP`(
    request: String, method: String?, path: String?, query: String?
  ) throws {
    let line = combinedLine.replacing("GET /v1/orders HTTP/1.1", with: request)
    let batch = try parseNginx(line, Presets.combined)
    try #require(batch.count == 1)
    let record = batch.plain(0)
    #expect(record.method == method)
    #expect(record.path == path)
    #expect(record.query == query)
    #expect(batch.flags[0].contains(.notHTTP) == (method == nil))
    #expect((record.route == nil) == (method == nil))
  }

  @Test(
    arguments: [
      ("a=1", "a=1"), ("?a=1", "a=1"), ("?", nil), ("-", nil), ("", nil),
    ] as [(String, String?)])
  func `path and query may be logged apart`(text: String, query: String?) throws {
    let record = try parseNginx(
      "1795290709.400 \"GET\" \"/p\" \"\(text)\"",
      #"$msec "$request_method" "$uri" "$args""#
    ).plain(0)
    #expect(record.method == "GET")
    #expect(record.path == "/p")
    #expect(record.query == query)
  }

  @Test
  func `a host comes from the line, else from an absolute target`() throws {
    let line = combinedLine.replacing("GET /v1", with: "GET http://h.example:80/v1")
    #expect(try parseNginx(line, Presets.combined).plain(0).host == "h.example:80")
    #expect(try parseNginx(combinedLine, Presets.combined).plain(0).host == nil)
    let both = try parseNginx(line + " api", Presets.combined + " $host")
    #expect(both.plain(0).host == "api")
  }

  @Test(arguments: [(429, true), (503, true), (200, false), (999, false)])
  func `the statuses that a source names mean throttled`(status: Int, isThrottled: Bool) throws {
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))],
      throttledStatuses: [429, 503])
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(combinedLine.replacing("200", with: "\(status)").utf8), into: &batch)
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test
  func `columns that nobody asked for stay empty`() throws {
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))])
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(combinedLine.utf8), into: &batch)
    #expect(batch.count == 1)
    #expect(batch.userAgent.isEmpty && batch.host.isEmpty && batch.bytesOut.isEmpty)
    #expect(batch.latencyMicroseconds.isEmpty && batch.namedRoute.isEmpty)
  }

  @Test
  func `several readers are tried in order`() throws {
    let vhost = Presets.preset(named: "vhost-combined")!
    let parser = BlockParser(
      readers: [try vhost.reader(), try Presets.preset(named: "combined")!.reader()],
      columns: .all)
    var batch = RecordBatch(hash: testHash)
    let text = "\(combinedLine)\napi:443 \(combinedLine)\nrubbish\n"
    parser.parse(Array(text.utf8), into: &batch)
    #expect(batch.plainRecords.map(\.host) == [nil, "api"])
    #expect(batch.malformed.count == 1)
  }

  @Test
  func `NUL bytes and invalid UTF-8 are ordinary bytes`() throws {
    let line = combinedLine.replacing("curl/8.5.0", with: "\u{0}X")
    var bytes = Array(line.utf8)
    bytes[bytes.count - 2] = 0xff
    let batch = try parse(bytes, "nginx", FormatDescription(template: Presets.combined))
    #expect(batch.plain(0).userAgent == "\u{0}\u{fffd}")
  }

  @Test
  func `blocks of one batch give the same records wherever the chunks end`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    var text: [UInt8] = []
    for index in 0..<200 {
      text += Array(combinedLine.replacing("orders", with: "orders/\(index)?x=\(index)").utf8)
      text += Array((index % 7 == 0 ? "\r\n\nbad\n" : "\n").utf8)
    }
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))],
      columns: .all)
    func records(_ next: (inout SeededGenerator) -> Int) -> ([PlainRecord], Int) {
      var splitter = LineBlocks()
      var blocks: [LineBlocks.Block] = []
      var at = 0
      while at < text.count {
        let end = min(text.count, at + next(&generator))
        splitter.push(Array(text[at..<end]), into: &blocks)
        at = end
      }
      splitter.finish(into: &blocks)
      var batch = RecordBatch(hash: testHash)
      var all: [PlainRecord] = []
      var malformedCount = 0
      for block in blocks {
        parser.parse(block, into: &batch)
        all += batch.plainRecords
        malformedCount += batch.malformed.count
      }
      return (all, malformedCount)
    }
    let whole = records { _ in .max >> 1 }
    #expect(whole.0.count == 200)
    for _ in 0..<5 {
      let cut = records { Int.random(in: 1...500, using: &$0) }
      #expect(cut.0 == whole.0, "seed \(seed)")
      #expect(cut.1 == whole.1, "seed \(seed)")
    }
  }
}
