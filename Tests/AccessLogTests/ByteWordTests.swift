import Testing

@testable import AccessLog

struct ByteWordTests {
  /// Few different bytes, so that what is looked for occurs, and the neighbours of digits.
  private static let alphabet: [UInt8] = Array("/ab09:.;A[@".utf8) + [0x00, 0x7f, 0x80, 0xb0, 0xff]

  private func randomBytes(_ counts: ClosedRange<Int>, _ generator: inout SeededGenerator)
    -> [UInt8]
  {
    (0..<Int.random(in: counts, using: &generator)).map { _ in
      Self.alphabet.randomElement(using: &generator)!
    }
  }

  @Test
  func `a word says of its bytes what a loop over them says`() {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let bytes = randomBytes(8...8, &generator)
      let word = ByteWord(bytes.span.word(at: 0))
      let wanted = Self.alphabet.randomElement(using: &generator)!
      #expect(word.firstIndex(of: wanted) == bytes.firstIndex(of: wanted), "seed \(seed)")
      #expect(word.contains(wanted) == bytes.contains(wanted), "seed \(seed)")
      if bytes.contains(where: \.isDigit) { #expect(word.mayHaveDigit, "seed \(seed)") }
      if bytes.allSatisfy({ $0 < 0x80 && !$0.isDigit }) {
        #expect(!word.mayHaveDigit, "seed \(seed)")
      }
      let isWithin = bytes.allSatisfy { $0 >= 0x2e && $0 <= 0x39 }
      #expect(word.isWithin(0x2e, 0x39) == isWithin, "seed \(seed)")
      let count = Int.random(in: 1...8, using: &generator)
      let first = Array(bytes.prefix(count)) + Array(repeating: 0, count: 8 - count)
      #expect(word.first(count).bits == first.span.word(at: 0), "seed \(seed)")
    }
  }

  @Test
  func `near or far, the first place is found, and none outside of the range`() {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let bytes = randomBytes(0...48, &generator)
      let start = Int.random(in: 0...bytes.count, using: &generator)
      let end = Int.random(in: start...bytes.count, using: &generator)
      let wanted = Self.alphabet.randomElement(using: &generator)!
      #expect(
        bytes.span.firstNear(wanted, from: start) == bytes[start...].firstIndex(of: wanted),
        "seed \(seed)")
      #expect(
        bytes.span.firstNear(wanted, in: start..<end) == bytes[start..<end].firstIndex(of: wanted),
        "seed \(seed)")
    }
  }

  @Test
  func `a range is within two bytes if each of its bytes is`() {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      var bytes = (0..<40).map { _ in UInt8.random(in: 0x2e...0x39, using: &generator) }
      let start = Int.random(in: 0...40, using: &generator)
      let end = Int.random(in: start...40, using: &generator)
      let strange = Int.random(in: 0..<40, using: &generator)
      bytes[strange] = [0x2d, 0x3a, 0x00, 0x80, 0xae, 0xff].randomElement(using: &generator)!
      #expect(
        bytes.span.isWithin(0x2e, 0x39, in: start..<end) == !(start..<end).contains(strange),
        "seed \(seed)")
    }
  }
}
