import Testing

@testable import AccessLog

/// Parses lines of an Apache template.
private func parseApache(
  _ text: String, _ template: String?, identity: String...
) throws -> RecordBatch {
  try parse(
    Array(text.utf8), "apache",
    FormatDescription(
      template: template,
      identity: identity.map { IdentityField(field: $0, isSecret: $0 != "%u") }))
}

struct ApacheLogFormatTests {
  private let common = #"%h %l %u %t "%r" %>s %b"#
  private let line = #"127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "GET /a?b HTTP/1.1" 200 12"#

  @Test(arguments: [
    "common", #"%h %l %u %t "%r" %>s %b"#, #"LogFormat "%h %l %u %t \"%r\" %>s %b" common"#,
    #""%h %l %u %t \"%r\" %>s %b""#, #"%h %l %u %t \"%r\" %>s %b"#,
    #"CustomLog logs/access_log "%h %l %u %t \"%r\" %>s %b" env=!dontlog"#,
    "CustomLog ${APACHE_LOG_DIR}/access.log common",
    #"logformat '%h %l %u %t "%r" %>s %b' x"#,
    #"%h %l %u %{begin:%d/%b/%Y:%H:%M:%S %z}t "%r" %!500s %B"#.replacing("%{", with: "[%{")
      .replacing("}t", with: "}t]"),
  ])
  func `a template is the same in every form`(template: String) throws {
    let record = try parseApache(line, template).first()
    #expect(record.time == 1_795_290_709_000)
    #expect(record.path == "/a" && record.query == "b")
    #expect(record.status == 200 && record.bytesOut == 12)
  }

  @Test(arguments: [
    ("", "no variables", 0), ("%h %Z %t", "there is no '%Z'", 3), ("%h %{x", "without '}'", 4),
    ("%h %", "in the middle", 3), ("%h %i %t", "does not say of which", 3),
    ("%h %r", "has no time", 0), ("%h%r %t", "nothing stands between", 2),
    ("%t %{hour}T", "no such unit", 3), ("%{%Y-%Q}t", "cannot be read back", 3),
    ("%{%b %d %H:%M:%S}t %h", "has no year", 0), ("LogFormat", "has no format", 0),
    ("LogFormat \"%h", "never closed", 10),
  ])
  func `a template that cannot be compiled says where and why`(
    template: String, message: String, offset: Int
  ) {
    let fault = #expect(throws: FormatFault.self) {
      try ApacheLogFormat.reader(for: FormatDescription(template: template))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    #expect(fault?.offset == offset)
  }

  @Test(
    arguments: [
      ("%{ms}T", "12", 12_000), ("%T", "3", 3_000_000), ("%{us}T", "7", 7), ("%D", "7", 7),
      ("%T %D", "3 3100000", 3_100_000), ("%{ms}T %T", "12 0", 12_000), ("%^FB", "7", -1),
    ] as [(String, String, Int64)])
  func `durations have the unit of their letter, and the finest counts`(
    letters: String, text: String, microseconds: Int64
  ) throws {
    let record = try parseApache("\(line) \(text)", "\(common) \(letters)").first()
    #expect(record.latency == microseconds)
  }

  @Test(
    arguments: [
      ("%{sec}t.%{msec_frac}t", "1795290709.400", 400), ("%{msec}t", "1795290709400", 400),
      ("%{usec}t", "1795290709400400", 400), ("%t %{usec}t", "[x] 1795290709400000", nil),
      ("%{%s}t", "1795290709", 0), ("%{end:%s}t %{begin:msec}t", "1 1795290709400", 400),
      ("%{%F}t %{%T}t.%{usec_frac}t%{%z}t", "2026-11-21 20:51:49.400000+0100", 400),
    ] as [(String, String, Int64?)])
  func `a stamp may have any of Apache's forms`(
    letters: String, text: String, milliseconds: Int64?
  ) throws {
    let batch = try parseApache("\(text) 200", "\(letters) %>s")
    #expect(batch.plainRecords.first?.time == milliseconds.map { 1_795_290_709_000 + $0 })
  }

  @Test
  func `the stamp is of the beginning, unless the template says the end`() throws {
    func moment(_ template: String) throws -> StampMoment {
      try ApacheLogFormat.reader(for: FormatDescription(template: template)).stampMoment
    }
    #expect(try moment("%t %s") == .requestStart)
    #expect(try moment("%{end:usec}t %s") == .requestEnd)
  }

  @Test
  func `path and query side by side are one target`() throws {
    let template = #"%h %t %m %U%q %H %>s"#
    let line = "::1 [21/Nov/2026:19:51:49 +0000] GET /a?b=c HTTP/1.1 200"
    let record = try parseApache(line, template).first()
    #expect(record.path == "/a" && record.query == "b=c" && record.method == "GET")
  }

  @Test
  func `blanks alone behind the last field are an empty field, and more text is counted`() throws {
    let batch = try parseApache("\(line) \n\(line) x\n\(line)", common)
    #expect(batch.count == 2)
    #expect(batch.trailingTextCount == 1)
    #expect(batch.malformed.count == 1)
  }

  @Test
  func `a line with a column more than the format is refused`() throws {
    let batch = try parseApache("www.example.com \(line)", common)
    #expect(batch.count == 0 && batch.malformed.count == 1)
  }

  @Test
  func `a user's name may be anything, however Apache has to escape it`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let pieces = [
      " ", "[", "]", "\"", "\\", "-", "a", "[21/Nov/2026:19:51:49 +0000]", "] \"", "\t", "é",
      "\u{1}",
      " - ", "\"GET / HTTP/1.1\" 200 12",
    ]
    let parser = try blockParser("apache", template: common, identity: "%u")
    var batch = RecordBatch(hash: testHash)
    for _ in 0..<500 {
      let user = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
      guard user != "-" else { continue }
      let text = line.replacing("- - [21", with: "- \(escaped(user)) [21")
      parser.parse(Array(text.utf8), into: &batch)
      try #require(batch.count == 1, "seed \(seed): \(text)")
      #expect(batch.plain(0).identity == user, "seed \(seed): \(text)")
      #expect(batch.plain(0).path == "/a")
    }
  }

  /// As `ap_escape_logitem` does it.
  private func escaped(_ text: String) -> String {
    let digits = Array("0123456789abcdef")
    return text.utf8.map { byte -> String in
      switch byte {
      case ASCII.quote: "\\\""
      case ASCII.backslash: "\\\\"
      case ASCII.tab: "\\t"
      case 0x20..<0x7f: String(UnicodeScalar(byte))
      default: "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }.joined()
  }

  @Test(arguments: [
    ("%a %t %<s %>s", "200 404"), ("%a %t %s %>s", "200 404"), ("%a %t %>s %s", "404 200"),
    ("%a %t %s", "404"),
  ])
  func `the final status counts, wherever the original one stands`(
    template: String, statuses: String
  ) throws {
    let line = "192.0.2.7 [21/Nov/2026:19:51:49 +0000] \(statuses)"
    #expect(try parseApache(line, template).first().status == 404)
  }

  @Test(arguments: [
    ("%f", "/var/www/a 200 5 1"), ("%{PATH_INFO}e", "/a 200 5 1"), ("%{note}n", "a 200 5 1"),
    ("%{SSL_CLIENT_S_DN}x", "CN=a 200 5 1,O=b"), ("%{SSL_PROTOCOL}x", "TLSv1.3"),
  ])
  func `what a client or a module writes without quotes moves no column`(
    directive: String, text: String
  ) throws {
    let batch = try parse(
      Array(
        "192.0.2.1 - - [21/Nov/2026:19:51:49 +0000] \"GET /x HTTP/1.1\" \(text) 429 41 77".utf8),
      "apache",
      FormatDescription(template: "%h %l %u %t \"%r\" \(directive) %>s %b %D", identity: []))
    let record = try batch.first()
    #expect(record.status == 429 && record.bytesOut == 41 && record.latency == 77)
  }
}
