/// Recognises an expression that YAML takes apart, and says what to write instead.
enum ExpressionQuoting {
  /// Keys whose value is an expression, or a field that is written like one.
  private static let keys = ["where", "part", "same"]

  /// `write where: '!throttled'` for `where: !throttled`; `nil` where the line has no expression,
  /// or one that is quoted as it should be.
  static func hint(for line: String) -> String? {
    for key in keys {
      guard let value = value(of: key, in: line), needsQuotes(value) else { continue }
      // Inside braces nobody can tell where the expression was meant to end.
      guard !isInsideBraces(key, line) else { return "quote the value of '\(key)'" }
      return "write \(key): '\(value.replacing("'", with: "''"))'"
    }
    return nil
  }

  /// All that stands behind `key:` up to the end of the line.
  static func value(of key: String, in line: String) -> String? {
    guard let range = line.firstRange(of: "\(key):") else { return nil }
    let before = line[..<range.lowerBound].last
    guard before == nil || before == " " || before == "{" || before == "," else { return nil }
    let value = String(line[range.upperBound...]).trimmingBlanks
    return value.isEmpty ? nil : value
  }

  private static func isInsideBraces(_ key: String, _ line: String) -> Bool {
    guard let range = line.firstRange(of: "\(key):") else { return false }
    return line[..<range.lowerBound].contains("{")
  }

  /// Quotes around all of the text are right; `"a" == method` has some and needs others.
  private static func needsQuotes(_ value: String) -> Bool {
    guard let quote = value.first, quote == "'" || quote == "\"" else { return true }
    guard let end = value.dropFirst().firstIndex(of: quote) else { return false }
    let rest = value[end...].dropFirst().drop { $0 == " " }
    return !rest.isEmpty && !rest.hasPrefix("#") && !rest.hasPrefix("}") && !rest.hasPrefix(",")
  }
}
