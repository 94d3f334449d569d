/// What the names of single things look like: numbers, UUIDs, hashes, tokens.
enum IDShape {
  static let tokenBytesMin = 16
  /// Bytes of the shortest id that begins with a letter: `a12345`.
  static let shortestBytes = 6
  /// `;jsessionid=…` is a parameter of a segment, not part of a route.
  static let parameterMark = UInt8(ascii: ";")

  /// Whether a segment of a path names one thing among many.
  static func isID(_ segment: Span<UInt8>) -> Bool {
    // `v1` and its like, which nearly every path has: too short for an id with letters.
    if segment.count < shortestBytes, segment.count > 0, segment[0].isLetter { return false }
    if isNumber(segment) || isUUID(segment) { return true }
    let shape = Shape(segment.extracting(0..<stemCount(segment)))
    guard shape.isPlain else { return false }
    if shape.letterCount == 0 {
      return shape.digitCount > 0 && shape.dotCount == 0 || shape.isLongNumber
    }
    guard shape.dotCount == 0 else { return false }
    if shape.isHex, shape.count >= tokenBytesMin || shape.count >= 8 && shape.digitCount > 0 {
      return true
    }
    if shape.finalDigitCount >= 5 { return true }
    return shape.count >= tokenBytesMin && shape.digitCount >= 2 && shape.turnCount >= 3
  }

  private static func isNumber(_ segment: Span<UInt8>) -> Bool {
    var index = 0
    while index < segment.count, segment[index].isDigit { index += 1 }
    return index == segment.count && index > 0
  }

  /// `550e8400-e29b-41d4-a716-446655440000`, by its dashes; a word of 36 bytes with dashes just
  /// there is none that a route would have.
  private static func isUUID(_ segment: Span<UInt8>) -> Bool {
    segment.count == 36 && segment[8] == ASCII.dash && segment[13] == ASCII.dash
      && segment[18] == ASCII.dash && segment[23] == ASCII.dash && segment[0].hexValue != nil
      && segment[7].hexValue != nil && segment[9].hexValue != nil && segment[14].hexValue != nil
      && segment[24].hexValue != nil && segment[35].hexValue != nil
  }

  /// The segment without an extension of letters: `12345.json` is an id, too.
  static func stemCount(_ segment: Span<UInt8>) -> Int {
    var index = segment.count - 1
    let lowest = max(1, segment.count - 6)
    while index >= lowest, segment[index].isLetter { index -= 1 }
    guard index >= lowest, index < segment.count - 1, segment[index] == ASCII.dot else {
      return segment.count
    }
    return index
  }

  private struct Shape {
    var count = 0
    var digitCount = 0
    var letterCount = 0
    var dotCount = 0
    var finalDigitCount = 0
    /// Neighbours of which one is a letter and the other a digit.
    var turnCount = 0
    var isHex = true
    /// Only letters, digits and marks that ids have.
    var isPlain = true

    var isLongNumber: Bool { digitCount >= 7 }

    init(_ text: Span<UInt8>) {
      count = text.count
      var previous: UInt8 = 0
      for index in text.indices {
        take(text[index], after: previous)
        previous = text[index]
      }
    }

    private mutating func take(_ byte: UInt8, after previous: UInt8) {
      if byte.isDigit {
        digitCount += 1
        finalDigitCount += 1
        if previous.isLetter { turnCount += 1 }
        return
      }
      finalDigitCount = 0
      if byte.isLetter {
        letterCount += 1
        if previous.isDigit { turnCount += 1 }
        if byte.hexValue == nil { isHex = false }
        return
      }
      switch byte {
      case ASCII.dot: dotCount += 1
      case ASCII.dash: break
      case UInt8(ascii: "_"), ASCII.colon, ASCII.comma: isHex = false
      case UInt8(ascii: "~"), UInt8(ascii: "="), UInt8(ascii: "+"): isHex = false
      default: isPlain = false
      }
    }
  }
}
