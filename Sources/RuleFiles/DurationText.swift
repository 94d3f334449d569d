/// Durations as people write them: `500ms`, `5m`, `1h30m`.
package enum DurationText {
  /// Ten years: nothing that a rule looks at is longer, and sums of it cannot overflow.
  static let millisecondsMax: Int64 = 3_653 * 86_400_000

  private static let units: [(suffix: String, milliseconds: Int64)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ("w", 604_800_000),
  ]

  /// Milliseconds; `nil` where `text` is no duration, or longer than ten years.
  package static func milliseconds(_ text: String) -> Int64? {
    var rest = Substring(text)
    var sum: Int64 = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest[digits.endIndex...]
      let word = rest.prefix { $0.isASCII && $0.isLetter }
      rest = rest[word.endIndex...]
      guard let count = Int64(digits), count <= millisecondsMax,
        let unit = units.first(where: { $0.suffix == word })
      else { return nil }
      let (part, isTooLong) = count.multipliedReportingOverflow(by: unit.milliseconds)
      guard !isTooLong, part <= millisecondsMax - sum else { return nil }
      sum += part
    }
    return text.isEmpty ? nil : sum
  }

  /// `300000` as `5m`: the longest unit that divides it.
  package static func text(_ milliseconds: Int64) -> String {
    for unit in units.reversed() where milliseconds % unit.milliseconds == 0 && milliseconds > 0 {
      return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
    return "\(milliseconds)ms"
  }
}
