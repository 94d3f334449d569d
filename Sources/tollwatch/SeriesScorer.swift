import AccessLog
import Baselines
import Detection
import RuleFiles

/// Judges the rows of a series and writes each as it came, with what was found behind it.
struct SeriesScorer {
  /// What a row is given, in this order.
  static let columns = ["anomaly_score", "expected_low", "expected", "expected_high"]

  /// Where the two columns lie that are read.
  private struct Header {
    var fieldCount: Int
    var timestamp: Int
    var value: Int
  }

  /// Texts that stand for a missing value, in small letters.
  private static let missing: Set = ["", "null", "none", "na", "n/a", "nan", "-nan", "-"]
  /// 3 November 5138; later ones are milliseconds.
  private static let secondsMax = 1e11

  private var baseline: ValueBaseline
  private let parts: ValueBaseline.Parts
  private var header: Header?

  init(spacingSeconds: Double?, parts: ValueBaseline.Parts) {
    baseline = ValueBaseline(spacingSeconds: spacingSeconds)
    self.parts = parts
  }

  /// Writes the current row of `rows`; the first is the header.
  mutating func score(_ rows: CSVRowReader, into output: inout [UInt8]) throws(CSVFault) {
    guard let header else {
      self.header = try Self.header(rows)
      output.append(contentsOf: rows.row)
      for name in Self.columns { output.append(contentsOf: ",\(name)".utf8) }
      return output.append(contentsOf: rows.ending)
    }
    guard rows.fields.count == header.fieldCount else {
      throw rows.fault(
        header.fieldCount,
        "\(rows.fields.count) fields, where the header has \(header.fieldCount)")
    }
    let seconds = try Self.seconds(rows, header.timestamp)
    let value = try Self.value(rows, header.value)
    let judgement = baseline.observe(value, at: seconds, parts: parts)
    output.append(contentsOf: rows.row)
    Self.append(judgement, to: &output)
    output.append(contentsOf: rows.ending)
  }

  /// To be called behind the last row.
  func finish() throws(CSVFault) {
    guard header == nil else { return }
    throw CSVFault(
      line: 1, column: 1, message: "nothing came",
      suggestion: "a header with timestamp and value, then a row for each value")
  }

  private static func append(_ judgement: ValueBaseline.Judgement, to output: inout [UInt8]) {
    output.append(contentsOf: ",\(judgement.score)".utf8)
    guard let expected = judgement.expectation else {
      return output.append(contentsOf: ",,,".utf8)
    }
    output.append(contentsOf: ",\(expected.low),\(expected.value),\(expected.high)".utf8)
  }

  // MARK: - Fields

  private static func header(_ rows: CSVRowReader) throws(CSVFault) -> Header {
    let names = rows.fields.indices.map { rows.text($0).lowercased() }
    for (index, name) in names.enumerated() where columns.contains(name) {
      throw rows.fault(
        index, "the header has a column \(name) already",
        suggestion: "leave out what an earlier run added")
    }
    return Header(
      fieldCount: names.count, timestamp: try column("timestamp", in: names, rows),
      value: try column("value", in: names, rows))
  }

  private static func column(
    _ name: String, in names: [String], _ rows: CSVRowReader
  ) throws(CSVFault) -> Int {
    let places = names.indices.filter { names[$0] == name }
    if places.count > 1 { throw rows.fault(places[1], "the header names \(name) twice") }
    if let place = places.first { return place }
    let near = NearestWord.nearest(to: name, among: names)
    let place = near.flatMap { names.firstIndex(of: $0) } ?? 0
    throw rows.fault(
      place, "the header names no column \(name)",
      suggestion: near == nil ? "a header such as timestamp,value" : name)
  }

  private static func seconds(_ rows: CSVRowReader, _ index: Int) throws(CSVFault) -> Double {
    let text = rows.text(index)
    if let seconds = Double(text), seconds.isFinite {
      guard seconds.magnitude <= secondsMax else {
        throw rows.fault(
          index, "'\(text)' is no time in seconds",
          suggestion: "seconds since 1970; these may be milliseconds")
      }
      return seconds
    }
    if let time = EventTime(rfc3339: text) { return Double(time.milliseconds) / 1000 }
    throw rows.fault(
      index, "'\(text)' is no time",
      suggestion: "seconds since 1970, or 2026-11-20 09:00:00")
  }

  /// `nil` where it is missing.
  private static func value(_ rows: CSVRowReader, _ index: Int) throws(CSVFault) -> Double? {
    let text = rows.text(index)
    if let value = Double(text) { return value }
    if missing.contains(text.lowercased()) { return nil }
    throw rows.fault(
      index, "'\(text)' is no number", suggestion: "a number, or nothing where it is missing")
  }
}
