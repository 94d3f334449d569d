import Testing

@testable import AccessLog

struct W3CLogFormatTests {
  private let fields = "#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken"
  private let line = "2026-11-21 19:51:49 192.0.2.7 GET /a 200 18"

  private func parse(_ text: String, _ templates: String...) throws -> RecordBatch {
    let readers = try templates.map {
      try W3CLogFormat.reader(for: FormatDescription(template: $0))
    }
    var batch = RecordBatch(hash: testHash)
    BlockParser(readers: readers, columns: .all).parse(Array(text.utf8), into: &batch)
    return batch
  }

  @Test
  func `comments are counted as blank lines are`() throws {
    let batch = try parse("#Software: IIS\n#Version: 1.0\n\(fields)\n\(line)\n", fields)
    #expect(batch.count == 1 && batch.malformed.isEmpty)
    #expect(batch.blankLineCount == 3 && batch.lineCount == 4)
    #expect(try batch.first().latency == 18_000)
  }

  @Test
  func `columns that changed are counted, and lines of them are no records`() throws {
    let changed = "#Fields: date time c-ip cs-method cs-uri-stem sc-status"
    let short = line.replacing(" 18", with: "")
    let batch = try parse("\(fields)\n\(line)\n\(changed)\n\(short)\n", fields)
    #expect(batch.count == 1)
    #expect(batch.malformed.map(\.fault.reason) == [.changedColumns, .changedColumns])
    let both = try parse("\(fields)\n\(line)\n\(changed)\n\(short)\n", fields, changed)
    #expect(both.count == 2 && both.malformed.isEmpty)
  }

  @Test(
    arguments: [
      ("s", "1.5", 1_500_000), ("ms", "18", 18_000), ("us", "18", 18), (nil, "18", 18_000),
      ("s", "18", 18_000_000),
    ] as [(String?, String, Int64)])
  func `the source may say the unit of the time taken`(
    unit: String?, text: String, latency: Int64
  ) throws {
    let told = unit.map { FieldMapping(field: "latency", paths: ["time-taken"], unit: $0) }
    let batch = try AccessLogTests.parse(
      Array(line.replacing(" 18", with: " " + text).utf8), "w3c",
      FormatDescription(template: fields, fields: [told].compactMap { $0 }))
    #expect(try batch.first().latency == latency)
  }

  @Test(arguments: [
    FieldMapping(field: "status", paths: ["sc-status"]),
    FieldMapping(field: "latency", paths: ["time-taken"]),
    FieldMapping(field: "latency", paths: ["time-taken"], unit: "epoch_s"),
  ])
  func `nothing else can be said of columns`(mapping: FieldMapping) {
    #expect(throws: FormatFault.self) {
      try W3CLogFormat.reader(for: FormatDescription(template: fields, fields: [mapping]))
    }
  }

  @Test(arguments: [" x", " 1 2"])
  func `more columns than the format has are refused`(more: String) throws {
    #expect(try parse(line + more, fields).malformed.count == 1)
    #expect(try parse(line + " ", fields).count == 1)
  }

  @Test
  func `the columns are found at the head of a log`() {
    let head = Array("#Software: x\r\n\(fields)\r\n\(line)\r\n".utf8)
    #expect(W3CLogFormat.template(inHead: head) == fields)
    #expect(W3CLogFormat.template(inHead: Array(line.utf8)) == nil)
  }

  @Test(arguments: ["", "#Fields:", "#Version: 1.0"])
  func `a format without columns is refused`(template: String) {
    #expect(throws: FormatFault.self) {
      try W3CLogFormat.reader(for: FormatDescription(template: template))
    }
  }

  @Test
  func `a date without a time is no stamp`() {
    let fault = #expect(throws: FormatFault.self) {
      try W3CLogFormat.reader(for: FormatDescription(template: "#Fields: date c-ip sc-status"))
    }
    #expect(fault?.message.contains("no time") == true)
  }

  @Test
  func `a line that went through CSV is read without its quotes`() throws {
    let tabs = W3CLogFormat.samples[1]
    let batch = try parse("\"\(tabs.line)\"", W3CLogFormat.cloudFront)
    #expect(batch.plainRecords.first?.userAgent == "curl/7 (x)")
  }

  @Test
  func `old lines of CloudFront have fewer columns`() throws {
    let columns = W3CLogFormat.samples[1].line.split(separator: "\t")
    let batch = try parse(columns.prefix(22).joined(separator: "\t"), W3CLogFormat.cloudFront)
    #expect(batch.count == 1)
    let short = columns.prefix(9).joined(separator: "\t")
    #expect(try parse(short, W3CLogFormat.cloudFront).malformed.count == 1)
  }

  private static let changing = """
    #Fields: date time c-ip cs-uri-stem sc-status
    2026-11-21 19:51:49 192.0.2.7 /a 200
    #Fields: date time cs-uri-stem c-ip sc-status
    #Remark: a comment
    2026-11-21 19:51:50 /b 192.0.2.8 200

    #Fields: date time c-ip cs-uri-stem sc-status
    2026-11-21 19:51:51 192.0.2.9 /c 404

    """

  /// Paths of the records, and how many lines were refused.
  private static func paths(_ templates: [String], chunkSize: Int) throws -> ([String], Int) {
    let readers = try templates.map {
      try W3CLogFormat.reader(for: FormatDescription(template: $0))
    }
    let parser = BlockParser(readers: readers, columns: .all)
    var lines = LineBlocks(findsHeaders: parser.hasHeaders)
    var blocks: [LineBlocks.Block] = []
    let bytes = Array(changing.utf8)
    for start in stride(from: 0, to: bytes.count, by: chunkSize) {
      lines.push(Array(bytes[start..<min(start + chunkSize, bytes.count)]), into: &blocks)
    }
    lines.finish(into: &blocks)
    var batch = RecordBatch(hash: testHash)
    var paths: [String] = []
    var refusedCount = 0
    for block in blocks {
      parser.parse(block, into: &batch)
      paths += (0..<batch.count).map { batch.plain($0).path ?? "" }
      refusedCount += batch.malformed.count
    }
    return (paths, refusedCount)
  }

  @Test(arguments: [1, 7, 40, 61, 1000])
  func `lines behind other columns are refused until the own ones come again`(
    chunkSize: Int
  ) throws {
    let own = "#Fields: date time c-ip cs-uri-stem sc-status"
    let other = "#Fields: date time cs-uri-stem c-ip sc-status"
    #expect(try Self.paths([own], chunkSize: chunkSize) == (["/a", "/c"], 2))
    #expect(try Self.paths([own, other], chunkSize: chunkSize) == (["/a", "/b", "/c"], 0))
    #expect(try Self.paths([other], chunkSize: chunkSize) == (["/b"], 4))
  }
}
