import AccessLog
import Foundation

/// A description of lines that no preset reads, to start from: what the lines look like, written
/// as the format that could have made them. It holds their marks and names of fields, and none of
/// their values.
public struct FormatSkeleton: Sendable {
  /// `nginx`, `apache` or `json`.
  public let formatName: String
  /// `nil` for JSON.
  public let template: String?
  /// As a source of a configuration has it.
  public let configuration: [String]
  /// Of the lines that it was made from, so many are records by it.
  public private(set) var matchedCount = 0
  public private(set) var lineCount = 0

  /// Lines that are looked at.
  static let lineCountMax = 200

  /// - Parameter lines: whole lines from the beginning of a log. `nil` where there is none.
  public init?(_ lines: [UInt8]) {
    let all = lines.split(separator: UInt8(ascii: "\n")).prefix(Self.lineCountMax)
    let texts = all.map { String(decoding: $0.prefix(LineBlocks.lineBytesMax), as: UTF8.self) }
    guard let first = texts.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
    let description: FormatDescription
    if first.hasPrefix("{"), let map = JSONSketch(first) {
      formatName = JSONLines.name
      template = nil
      description = FormatDescription(fields: map.fields)
      configuration = ["format: json", "fields:"] + map.fields.map { "  \(Self.yaml($0))" }
    } else {
      guard let columns = LogColumns(texts) else { return nil }
      formatName = columns.isApache ? ApacheLogFormat.name : NginxLogFormat.name
      template = columns.template
      description = FormatDescription(template: columns.template)
      let quoted = columns.template.replacing("'", with: "''")
      configuration = ["format: \(formatName)", "log_format: '\(quoted)'"]
    }
    count(lines: all.flatMap { $0 + [UInt8(ascii: "\n")] }, description)
  }

  private mutating func count(lines: [UInt8], _ description: FormatDescription) {
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    guard let reader = try? RecordFormats.format(named: formatName)?.reader(for: description)
    else {
      lineCount = lines.count { $0 == UInt8(ascii: "\n") }
      return
    }
    BlockParser(readers: [reader]).parse(lines, into: &batch)
    matchedCount = batch.count
    lineCount = batch.lineCount - batch.blankLineCount
  }

  private static func yaml(_ mapping: FieldMapping) -> String {
    let path = YAMLText.quoted(mapping.paths[0])
    let value = mapping.unit.map { "{field: \(path), unit: \($0)}" } ?? path
    return "\(mapping.field): \(value)"
  }
}
