import Testing

@testable import TrafficSimulator

@Suite struct SplitMix64Tests {
  /// The first numbers of the reference implementation by Sebastiano Vigna.
  @Test func `the numbers are those of the reference`() {
    var chance = SplitMix64(seed: 1_234_567)
    #expect(chance.next() == 6_457_827_717_110_365_317)
    #expect(chance.next() == 3_203_168_211_198_807_973)
    #expect(chance.next() == 9_817_491_932_198_370_423)
  }

  @Test func `a branch differs from its trunk and from other branches`() {
    let trunk = SplitMix64(seed: 5)
    var numbers = Set<UInt64>()
    for purpose in UInt64(0)..<1000 {
      var branch = trunk.branch(purpose)
      numbers.insert(branch.next())
    }
    var own = trunk
    numbers.insert(own.next())
    #expect(numbers.count == 1001)
  }

  @Test(arguments: [0.01, 0.7, 5, 29.9, 30, 31, 400])
  func `a Poisson count has its mean as its mean and its variance`(mean: Double) {
    let (count, average, variance) = moments(seed: 7) { Double($0.poisson(mean: mean)) }
    // Four standard errors; the variance of a Poisson count's square grows with 3 mean².
    #expect(abs(average - mean) < 4 * (mean / count).squareRoot())
    #expect(abs(variance - mean) < 4 * ((mean + 2 * mean * mean) / count).squareRoot())
  }

  @Test(arguments: [1, 2, 8, 16, 17, 64, 250])
  func `a gamma number has mean one and the variance of its shape`(shape: Int) {
    let (count, average, variance) = moments(seed: 9) { $0.gamma(shape: shape) }
    let expected = 1 / Double(shape)
    #expect(abs(average - 1) < 4 * (expected / count).squareRoot())
    #expect(abs(variance - expected) < expected * 4 * (8 / count).squareRoot())
  }

  @Test func `a choice below a bound is even`() {
    var chance = SplitMix64(seed: 11)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[chance.below(7)] += 1 }
    for count in counts { #expect(abs(count - 10_000) < 400) }
  }

  private func moments(
    seed: UInt64, _ draw: (inout SplitMix64) -> Double
  ) -> (count: Double, mean: Double, variance: Double) {
    var chance = SplitMix64(seed: seed)
    let values = (0..<20_000).map { _ in draw(&chance) }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    return (count, mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1))
  }
}
