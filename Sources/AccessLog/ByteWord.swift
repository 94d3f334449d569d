/// Eight bytes of a text in one word, the first one lowest: what asks the same of each of them
/// asks it once ("Bit Twiddling Hacks", S. E. Anderson, 2005).
struct ByteWord {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  let bits: UInt64

  @inline(__always)
  init(_ bits: UInt64) { self.bits = bits }

  @inline(__always)
  static func repeating(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

  /// The place of the first byte that is `byte`, 0 to 7.
  @inline(__always)
  func firstIndex(of byte: UInt8) -> Int? {
    let zeros = zeros(bits ^ Self.repeating(byte))
    return zeros == 0 ? nil : zeros.trailingZeroBitCount / 8
  }

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool { zeros(bits ^ Self.repeating(byte)) != 0 }

  /// The first `count` bytes, the others zero.
  @inline(__always)
  func first(_ count: Int) -> ByteWord {
    count >= 8 ? self : ByteWord(bits & ((1 &<< UInt64(8 &* count)) &- 1))
  }

  /// Whether some byte is a digit; it may say so, too, where one is not ASCII.
  @inline(__always)
  var mayHaveDigit: Bool {
    let low = bits ^ Self.repeating(ASCII.zero)
    return (low &- Self.repeating(10)) & ~low & Self.highs != 0
  }

  /// Whether all bytes are ASCII and lie between the two.
  @inline(__always)
  func isWithin(_ least: UInt8, _ most: UInt8) -> Bool {
    let above = bits &+ Self.repeating(0x7f &- most)
    let below = bits &+ Self.repeating(0x80 &- least)
    return (bits | above | ~below) & Self.highs == 0
  }

  /// The high bit of each byte that is zero, as far as the first one.
  @inline(__always)
  private func zeros(_ word: UInt64) -> UInt64 { (word &- Self.ones) & ~word & Self.highs }
}

extension Span<UInt8> {
  /// The offset of the first `byte` at or after `start`, where it is expected within a few bytes:
  /// a search by the library has a price before it begins.
  @inline(__always)
  func firstNear(_ byte: UInt8, from start: Int) -> Int? {
    guard start + 16 <= count else { return firstIndex(of: byte, from: Swift.min(start, count)) }
    if let place = ByteWord(word(at: start)).firstIndex(of: byte) { return start + place }
    if let place = ByteWord(word(at: start + 8)).firstIndex(of: byte) { return start + 8 + place }
    return firstIndex(of: byte, from: start + 16)
  }

  /// The offset of the first `byte` within `range`, where it is expected within a few bytes.
  @inline(__always)
  func firstNear(_ byte: UInt8, in range: Range<Int>) -> Int? {
    let start = range.lowerBound
    guard start + 16 <= count else { return firstIndex(of: byte, in: range) }
    // Beyond the range there may be others.
    if let place = ByteWord(word(at: start)).firstIndex(of: byte) {
      return start + place < range.upperBound ? start + place : nil
    }
    if let place = ByteWord(word(at: start + 8)).firstIndex(of: byte) {
      return start + 8 + place < range.upperBound ? start + 8 + place : nil
    }
    guard start + 16 < range.upperBound else { return nil }
    return firstIndex(of: byte, in: start + 16..<range.upperBound)
  }

  /// Whether all bytes of `range` are ASCII and lie between the two.
  @inline(__always)
  func isWithin(_ least: UInt8, _ most: UInt8, in range: Range<Int>) -> Bool {
    var at = range.lowerBound
    while at + 8 <= range.upperBound {
      guard ByteWord(word(at: at)).isWithin(least, most) else { return false }
      at += 8
    }
    if at < range.upperBound, range.count >= 8 {
      return ByteWord(word(at: range.upperBound - 8)).isWithin(least, most)
    }
    while at < range.upperBound {
      guard self[at] >= least, self[at] <= most else { return false }
      at += 1
    }
    return true
  }
}
