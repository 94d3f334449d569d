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
    #expect(batch.malformed.map(\.fault.reason) == [.changedColumns, .missingField])
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
}
