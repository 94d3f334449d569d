/// Recognises an expression that YAML takes apart, and writes the line that it does not.
enum ExpressionQuoting {
  /// Keys whose value is an expression.
  static let keys = ["where"]

  /// `where: !throttled` as `where: '!throttled'`; `nil` where the line has no expression, or
  /// one that is quoted as it should be.
  static func quotedLine(_ line: String) -> String? {
    for key in keys {
      guard let value = value(of: key, in: line), needsQuotes(value) else { continue }
      return "\(key): '\(value.replacing("'", with: "''"))'"
    }
    return nil
  }

  /// All that stands behind `key:` up to the end of the line.
  static func value(of key: String, in line: String) -> String? {
    guard let range = line.firstRange(of: "\(key):") else { return nil }
    let before = line[..<range.lowerBound].last
    guard before == nil || before == " " || before == "{" || before == "," else { return nil }
    let value = line[range.upperBound...].drop { $0 == " " || $0 == "\t" }
    return value.isEmpty ? nil : String(value)
  }

  /// Quotes around all of the text are right; `"a" == method` has some and needs others.
  private static func needsQuotes(_ value: String) -> Bool {
    guard let quote = value.first, quote == "'" || quote == "\"" else { return true }
    guard let end = value.dropFirst().firstIndex(of: quote) else { return false }
    let rest = value[end...].dropFirst().drop { $0 == " " }
    return !rest.isEmpty && !rest.hasPrefix("#") && !rest.hasPrefix("}") && !rest.hasPrefix(",")
  }
}
