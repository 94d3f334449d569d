@testable import Baselines

/// SplitMix64: a test that prints its seed can be run again.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }

  /// At least 0 and below `limit`.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// Knuth's product for small means, by halves for larger ones.
  mutating func poisson(_ mean: Double) -> Int {
    if mean > 20 { return poisson(mean / 2) + poisson(mean / 2) }
    var rest = mean
    var count = -1
    repeat {
      // An exponential waiting time; the library's logarithm will do for a test.
      rest += Arithmetic.log((Double(next() >> 11) + 0.5) * 0x1p-53)
      count += 1
    } while rest > 0
    return count
  }

  mutating func isTrue(_ share: Double) -> Bool { Double(next() >> 11) < share * 0x1p53 }
}
