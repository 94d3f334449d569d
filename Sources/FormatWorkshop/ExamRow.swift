public import Foundation

/// One row of an exam: a line as a gateway wrote it, and the fields that a correct parser finds.
///
/// A row is a JSON object; only the fields that `expected` names are asserted.
public struct ExamRow: Sendable {
  /// `file:line`, for people.
  public var place: String
  /// Who writes it and in which of its formats: `nginx/json`.
  public var format: String
  /// What the gateway's configuration says, verbatim; `nil` where the writer has one format.
  public var template: String?
  /// The bytes of the line, without its newline.
  public var line: [UInt8]
  public var expected: [String: ExamValue]
  public var tags: Set<String>
  /// The expectation is another project's, which compares text as it was logged.
  public var isPeer: Bool

  /// There is no time in the line, and nothing else is asserted.
  var assertsNoTime: Bool {
    expected.count == 1
      && (expected["timestamp"] == .absent || expected["timestamp_absent"] == .flag(true))
  }

  /// Reads the row at `place`.
  public init(place: String, json: Data) throws {
    let row = try JSONDecoder().decode(Row.self, from: json)
    self.place = place
    format = row.format
    template = row.formatString.flatMap { $0.isEmpty ? nil : $0 }
    expected = row.expected
    tags = Set(row.tags ?? [])
    isPeer = !(row.source ?? "").hasPrefix("real gateway")
    if tags.contains("invalid_utf8") {
      // Such lines are kept as Latin-1, which has a character for each byte.
      line = row.line.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    } else {
      line = Array(row.line.utf8)
    }
  }

  private struct Row: Decodable {
    var format: String
    var formatString: String?
    var line: String
    var expected: [String: ExamValue]
    var tags: [String]?
    var source: String?

    enum CodingKeys: String, CodingKey {
      case format, line, expected, tags, source
      case formatString = "format_string"
    }
  }
}

/// An asserted value.
public enum ExamValue: Hashable, Sendable, Decodable {
  case flag(Bool)
  case number(Double)
  case text(String)
  case texts([String])
  /// `null`: there is none.
  case absent

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .absent
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .texts(try container.decode([String].self))
    }
  }
}

extension ExamValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .flag(let flag): "\(flag)"
    case .number(let number): number == number.rounded() ? "\(Int64(number))" : "\(number)"
    case .text(let text): text.debugDescription
    case .texts(let texts): texts.joined(separator: " … ")
    case .absent: "absent"
    }
  }
}
