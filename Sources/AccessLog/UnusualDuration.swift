/// Durations that are more than a number.
enum UnusualDuration {
  /// Microseconds of `range` of `line`.
  static func microseconds(
    _ unit: FieldUnit, _ line: Span<UInt8>, _ range: Range<Int>
  ) throws(MalformedLine) -> Int64 {
    let text = line.extracting(range)
    let value = unit == .goDuration ? go(text) : w3c(text)
    guard let value else { throw MalformedLine(.notANumber, at: range.lowerBound) }
    return value
  }

  private static func w3c(_ text: Span<UInt8>) -> Int64? {
    // Which unit it is must not depend on the value: `2` is no other time than `2.0`. With a
    // fraction it is not IIS that writes, and the unit is not known.
    text.firstIndex(of: ASCII.dot, from: 0) == nil ? DecimalNumber.scaled(text, by: 3) : nil
  }

  /// `1h2m3.5s`, `250ms`, `312µs`, `80ns`, `0`; each number with its unit.
  private static func go(_ text: Span<UInt8>) -> Int64? {
    if text.count == 1, text[0] == ASCII.zero { return 0 }
    var sum: Int64 = 0
    var at = 0
    while at < text.count {
      let start = at
      while at < text.count, text[at].isDigit || text[at] == ASCII.dot { at += 1 }
      let number = start..<at
      while at < text.count, !text[at].isDigit { at += 1 }
      guard let unit = unit(text.extracting(number.upperBound..<at)),
        let value = DecimalNumber.scaled(text.extracting(number), by: unit.decimals)
      else { return nil }
      let (product, isTooLong) = value.multipliedReportingOverflow(by: unit.factor)
      let (total, overflow) = sum.addingReportingOverflow(product)
      if isTooLong || overflow { return nil }
      sum = total
    }
    return text.isEmpty ? nil : sum
  }

  private static func unit(_ text: Span<UInt8>) -> (decimals: Int, factor: Int64)? {
    if text.isEqual(to: "s") { return (6, 1) }
    if text.isEqual(to: "ms") { return (3, 1) }
    // Both letters that look like a mu.
    if text.isEqual(to: "us") || text.isEqual(to: "\u{b5}s") || text.isEqual(to: "\u{3bc}s") {
      return (0, 1)
    }
    if text.isEqual(to: "ns") { return (-3, 1) }
    if text.isEqual(to: "m") { return (6, 60) }
    return text.isEqual(to: "h") ? (6, 3600) : nil
  }
}

extension FieldUnit {
  /// Not every number is one of its values.
  var isUnusual: Bool { self == .goDuration || self == .w3cDuration }
}
