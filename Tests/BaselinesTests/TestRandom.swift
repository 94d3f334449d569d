import Foundation

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

  /// Above 0 and below 1.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) / 9_007_199_254_740_992 }

  mutating func isTrue(_ share: Double) -> Bool { uniform() < share }

  mutating func normal() -> Double {
    (-2 * Foundation.log(uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Knuth's product for small means, by halves for larger ones.
  mutating func poisson(_ mean: Double) -> Int {
    if mean <= 0 { return 0 }
    if mean > 500 {
      return max(0, Int((mean + mean.squareRoot() * normal()).rounded()))
    }
    if mean > 30 { return poisson(mean / 2) + poisson(mean / 2) }
    let limit = Foundation.exp(-mean)
    var product = uniform()
    var count = 0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// Marsaglia and Tsang, 2000; shape above zero, scale one.
  mutating func gamma(_ shape: Double) -> Double {
    if shape < 1 { return gamma(shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      guard v > 0 else { continue }
      if Foundation.log(uniform()) < 0.5 * x * x + d - d * v + d * Foundation.log(v) {
        return d * v
      }
    }
  }

  /// Counts with variance `mean + dispersion * mean²`.
  mutating func negativeBinomial(mean: Double, dispersion: Double) -> Int {
    guard dispersion > 0 else { return poisson(mean) }
    return poisson(gamma(1 / dispersion) * dispersion * mean)
  }
}
