import Terminal

/// Rows of comma-separated values after RFC 4180: CRLF ends a row, and a field that holds a
/// comma, a quote or a line end stands in quotes.
///
/// Log text is hostile, and spreadsheets run what looks like a formula (CWE-1236): a text that
/// begins with `=`, `+`, `-`, `@` or one of their full-width forms gets an apostrophe before it,
/// which spreadsheets take for "this is text". Control characters are made visible, so that a
/// tab or a carriage return cannot lead to the same place. Numbers stay numbers.
public struct CSVText: Sendable {
  public enum Field: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int64)
    case absent
  }

  public private(set) var bytes: [UInt8] = []

  public init() {}

  public mutating func add(_ fields: [Field]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: Self.text(of: field).utf8)
    }
    bytes.append(contentsOf: "\r\n".utf8)
  }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  private static let formulaSigns: [Unicode.Scalar] = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
  private static let quotedSigns: [Unicode.Scalar] = [",", "\"", "\r", "\n"]

  static func text(of field: Field) -> String {
    switch field {
    case .absent: return ""
    case .integer(let value): return String(value)
    case .number(let value): return value.isFinite ? plain(value) : ""
    case .text(let text):
      let safe = harmless(TerminalText.escaped(text))
      guard safe.unicodeScalars.contains(where: quotedSigns.contains) else { return safe }
      return "\"" + safe.doublingScalar("\"") + "\""
    }
  }

  private static func harmless(_ text: String) -> String {
    let first = text.unicodeScalars.first { !$0.properties.isWhitespace }
    guard let first, formulaSigns.contains(first) else { return text }
    return "'" + text
  }

  /// As in the canonical JSON.
  private static func plain(_ value: Double) -> String { DecimalText.text(value) }
}

extension String {
  /// Scalar by scalar: a combining mark behind a quote makes another character of both, which a
  /// reader of bytes does not see.
  package func doublingScalar(_ mark: Unicode.Scalar) -> String {
    replacingScalar(mark, with: String(mark) + String(mark))
  }

  /// Each `mark` replaced, also one that a combining mark follows.
  package func replacingScalar(_ mark: Unicode.Scalar, with text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar == mark {
        result.append(contentsOf: text.unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }
}
