import Testing

@testable import AccessLog

struct LogfmtLinesTests {
  private static let fields = [
    FieldMapping(field: "time", paths: ["time"]), FieldMapping(field: "method", paths: ["method"]),
    FieldMapping(field: "path", paths: ["path"]), FieldMapping(field: "status", paths: ["status"]),
    FieldMapping(field: "user_agent", paths: ["ua"]),
    FieldMapping(field: "latency", paths: ["took"], unit: "ms"),
  ]

  private func read(
    _ line: String, _ fields: [FieldMapping] = fields, day: Int? = nil
  ) throws -> RecordBatch {
    try parse(
      Array(line.utf8), "logfmt",
      FormatDescription(
        fields: fields, identity: [IdentityField(field: "key", isSecret: true)], referenceDay: day))
  }

  private static let head = "time=2026-11-21T19:51:49Z method=GET path=/a"

  @Test(
    arguments: [
      ("status=200 ua=curl", "curl"), (#"status=200 ua="a b""#, "a b"),
      (#"ua="a \"b\" status=500 \\" status=200"#, #"a "b" status=500 \"#),
      (#"ua="\\\"" status=200"#, #"\""#), (#"ua="é\t\x01" status=200"#, "é\t\u{1}"),
      ("status=200 ua=", nil), (#"status=200 ua="""#, nil), ("status=200 ua=-", nil),
      ("flag status=200 other= ua=x=y", "x=y"), ("status=200\tua=x", "x"),
      (#"status="200" ua="=""#, "="), ("  status=200   ua=x  ", "x"),
    ] as [(String, String?)])
  func `pairs are read as they are quoted`(rest: String, agent: String?) throws {
    let record = try read("\(Self.head) \(rest)").first()
    #expect(record.status == 200 && record.path == "/a" && record.method == "GET")
    #expect(record.time == 1_795_290_709_000)
    #expect(record.userAgent == agent)
  }

  /// What a writer that escapes nothing makes of a client's text.
  @Test(arguments: [
    #"status=404 ua="a" status=200"#, #"ua="a" status=200 x="b" status=404"#,
    #"ua=a status=200 status=404"#, #"ua="a"b" status=404"#, #"ua=a"b status=404"#,
    #"ua="a\" status=404"#, #"ua="a status=404"#, #"status=404 path=/b"#, #"=x status=404"#,
    #"status=4 04""#,
  ])
  func `what could be read in two ways is refused`(rest: String) throws {
    let batch = try read("\(Self.head) \(rest)")
    #expect(batch.count == 0 && batch.malformed.count == 1)
  }

  @Test
  func `a client whose text is quoted writes no pairs`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    var batch = RecordBatch(hash: testHash)
    let parser = BlockParser(
      readers: [try LogfmtLines.reader(for: FormatDescription(fields: Self.fields))], columns: .all)
    let pieces = HostileWriterTests.pieces + [" status=200", "status=", "=", "\\\\", "took=1 "]
    for _ in 0..<1000 {
      let agent = (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
      let quoted = agent.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        .replacing("\t", with: "\\t")
      let line = "\(Self.head) ua=\"\(quoted)\" status=404 took=42"
      parser.parse(Array(line.utf8), into: &batch)
      try #require(batch.count == 1, "seed \(seed): \(line)")
      let record = batch.plain(0)
      #expect(record.status == 404 && record.latency == 42_000, "seed \(seed): \(line)")
      if agent != "-" { #expect(record.userAgent == agent, "seed \(seed): \(line)") }
    }
  }

  @Test(arguments: [
    ("%b %d %H:%M:%S", "Nov 21 19:51:49", 20_778), ("%b %e %H:%M:%S", "Nov 21 19:51:49", 20_778),
    ("%d %b %Y %H:%M:%S.%f", "21 Nov 2026 19:51:49.000", nil),
    ("%a, %d %b %Y %H:%M:%S %z", "Sat, 21 Nov 2026 20:51:49 +0100", nil),
    ("%a %b %e %H:%M:%S %Y", "Sat Nov 21 19:51:49 2026", nil), ("%s", "1795290709", nil),
  ])
  func `a time is spelled as its unit says`(unit: String, text: String, day: Int?) throws {
    var fields = Self.fields
    fields[0].unit = unit
    let line = "time=\"\(text)\" method=GET path=/a status=200"
    #expect(try read(line, fields, day: day).first().time == 1_795_290_709_000)
    #expect(try read(line.replacing("\" m", with: "x\" m"), fields, day: day).count == 0)
  }

  @Test(arguments: [("%b %d %H:%M:%S", "has no year"), ("%H:%M", "no whole time"), ("%Q", "part")])
  func `a time that cannot be read is refused at once`(unit: String, message: String) {
    var fields = Self.fields
    fields[0].unit = unit
    let fault = #expect(throws: FormatFault.self) {
      try LogfmtLines.reader(for: FormatDescription(fields: fields))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  @Test
  func `evidence hides the values of secret keys`() throws {
    let reader = try LogfmtLines.reader(
      for: FormatDescription(
        fields: Self.fields, identity: [IdentityField(field: "key", isSecret: true)]))
    let line = Array("\(Self.head) status=200 key=abc password=\"d e\" ua=x".utf8)
    let hidden = reader.hiddenPlaces(in: line.span).map {
      String(decoding: line[$0.range], as: UTF8.self)
    }
    #expect(hidden == ["abc", "d e"])
  }
}
