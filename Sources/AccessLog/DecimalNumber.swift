/// Decimal numbers of log lines as integers of a smaller unit, exactly: `0.058` seconds are
/// 58,000 microseconds. Floating point would give 57,999 for some of them.
enum DecimalNumber {
  /// The number that is all of `text`, times ten to the power of `decimals`, rounded half up;
  /// `nil` where it is none, is below zero, or does not fit.
  static func scaled(_ text: Span<UInt8>, by decimals: Int) -> Int64? {
    var reader = Reader(decimals: decimals)
    var index = 0
    while index < text.count, reader.takeDigit(text[index]) { index += 1 }
    if index < text.count, text[index] == ASCII.dot {
      index += 1
      reader.isFraction = true
      while index < text.count, reader.takeDigit(text[index]) { index += 1 }
    }
    guard reader.digitCount > 0 else { return nil }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      guard let exponent = exponent(text, from: index + 1) else { return nil }
      reader.exponent += exponent
      index = text.count
    }
    return index == text.count ? reader.value : nil
  }

  /// Whether a text is surely a number, in whatever unit: a few digits, with a dot or without.
  @inline(__always)
  static func isPlain(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count <= 12, range.count > 0, line[range.lowerBound].isDigit else { return false }
    var at = range.lowerBound + 1
    while at < range.upperBound, line[at].isDigit { at += 1 }
    if at < range.upperBound, line[at] == ASCII.dot { at += 1 }
    while at < range.upperBound, line[at].isDigit { at += 1 }
    return at == range.upperBound
  }

  /// Digits and nothing else.
  static func integer(_ text: Span<UInt8>) -> Int64? {
    guard text.count > 0, text.count <= 18 else { return nil }
    var value: Int64 = 0
    var index = 0
    while index < text.count {
      guard text[index].isDigit else { return nil }
      value = value &* 10 &+ Int64(text[index] &- 0x30)
      index += 1
    }
    return value
  }

  private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    var isNegative = false
    if index < text.count, text[index] == ASCII.dash || text[index] == UInt8(ascii: "+") {
      isNegative = text[index] == ASCII.dash
      index += 1
    }
    guard index < text.count, text.count - index <= 4 else { return nil }
    var value = 0
    while index < text.count {
      guard text[index].isDigit else { return nil }
      value = value * 10 + Int(text[index] &- 0x30)
      index += 1
    }
    return isNegative ? -value : value
  }

  /// Keeps eighteen significant digits; what is below them only moves the exponent.
  private struct Reader {
    var mantissa: Int64 = 0
    var significantCount = 0
    var digitCount = 0
    var exponent: Int
    var isFraction = false

    init(decimals: Int) { exponent = decimals }

    mutating func takeDigit(_ byte: UInt8) -> Bool {
      guard byte.isDigit else { return false }
      digitCount += 1
      if significantCount < 18 {
        mantissa = mantissa &* 10 &+ Int64(byte &- 0x30)
        if mantissa > 0 { significantCount += 1 }
        if isFraction { exponent -= 1 }
      } else if !isFraction {
        exponent += 1
      }
      return true
    }

    var value: Int64? {
      var result = mantissa
      if mantissa == 0 { return 0 }
      if exponent < 0 {
        guard exponent >= -19 else { return 0 }
        for _ in 0..<(-exponent - 1) { result /= 10 }
        return (result + 5) / 10
      }
      for _ in 0..<min(exponent, 20) {
        let (product, overflow) = result.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        result = product
      }
      return exponent > 20 ? nil : result
    }
  }
}
