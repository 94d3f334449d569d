/// Random numbers that a test can repeat: it prints the seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// At least 0 and below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func isTrue(_ share: Double) -> Bool { Double(next() >> 11) < share * 0x1p53 }
}

/// Text like an access log's.
enum SampleText {
  static func lines(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var text = ""
    for number in 0..<count {
      let client = UInt8.random(in: 0...255, using: &generator)
      let order = Int.random(in: 0..<1_000_000, using: &generator)
      text +=
        "192.0.2.\(client) - key-\(order % 97) [\(seed):\(number)] \"GET /v1/orders/\(order)\"\n"
    }
    return Array(text.utf8)
  }
}

/// Compares without the element-wise difference that a failing expectation would make of two
/// long arrays, which takes minutes.
func isSame(_ a: [UInt8], _ b: [UInt8]) -> Bool { a == b }
