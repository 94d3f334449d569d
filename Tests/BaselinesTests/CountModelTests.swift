import Foundation
import Testing

@testable import Baselines

@Suite struct CountModelTests {
  /// The negative binomial distribution term by term, from the log of its first term.
  private struct Reference {
    let size: Double
    let share: Double
    let mean: Double

    init(mean: Double, dispersion: Double) {
      size = 1 / dispersion
      share = mean / (mean + size)
      self.mean = mean
    }

    func term(_ k: Int) -> Double {
      let ways: Double = lgamma(Double(k) + size) - lgamma(size) - lgamma(Double(k) + 1)
      let chance: Double = size * Foundation.log1p(-share) + Double(k) * Foundation.log(share)
      return Foundation.exp(ways + chance)
    }

    func atLeast(_ count: Int) -> Double {
      var sum = 0.0
      var value = term(count)
      var k = count
      while value > sum * 1e-18 || Double(k) < mean {
        sum += value
        value *= share * (Double(k) + size) / Double(k + 1)
        k += 1
      }
      return sum
    }

    func atMost(_ count: Int) -> Double {
      var sum = 0.0
      for k in stride(from: count, through: 0, by: -1) { sum += term(k) }
      return sum
    }
  }

  @Test(arguments: [0.001, 0.05, 0.7, 1, 3, 12, 40, 210, 1000], [1e-4, 0.0025, 0.03, 0.3, 1, 20])
  func `tails are the sums of their terms`(mean: Double, dispersion: Double) {
    let model = CountModel(mean: mean, dispersion: dispersion)
    let reference = Reference(mean: mean, dispersion: dispersion)
    let spread = model.variance.squareRoot()
    for deviations in [-3.0, -1, -0.5, 0, 0.5, 1, 2, 4, 8] {
      let count = Int((mean + deviations * spread).rounded())
      guard count >= 0 else { continue }
      check(model.surpriseAtLeast(Double(count)), reference.atLeast(count))
      check(model.surpriseAtMost(Double(count)), reference.atMost(count))
    }
  }

  private func check(
    _ surprise: Double, _ probability: Double, location: SourceLocation = #_sourceLocation
  ) {
    guard probability > 1e-290 else { return }
    let expected = max(0, -log10(min(1, probability)))
    #expect(
      (surprise - expected).magnitude < 1e-9 * max(1, expected),
      "\(surprise), not \(expected)", sourceLocation: location)
  }

  @Test(arguments: [0.5, 3, 25, 400] as [Double])
  func `with no dispersion the tail is Poisson's`(mean: Double) {
    let model = CountModel(mean: mean, dispersion: 0)
    for count in [1, Int(mean), Int(mean * 2) + 1, Int(mean * 3) + 4] where count >= 1 {
      var sum = 0.0
      for k in count..<count + 2000 {
        let logTerm: Double = Double(k) * Foundation.log(mean) - mean - lgamma(Double(k) + 1)
        sum += Foundation.exp(logTerm)
      }
      let expected = -log10(min(1, sum))
      // The distribution is Poisson up to the least dispersion that there is.
      #expect((model.surpriseAtLeast(Double(count)) - expected).magnitude < 0.01 + expected * 1e-3)
    }
  }

  @Test func `nothing is as likely as can be, and more is always less likely`() {
    for mean in [1e-9, 0.01, 1, 1e3, 1e6, 1e9] {
      for dispersion in [0, 0.0025, 0.5] {
        let model = CountModel(mean: mean, dispersion: dispersion)
        #expect(model.surpriseAtLeast(0) == 0)
        var before = 0.0
        for factor in [0.25, 0.5, 1, 1.01, 1.1, 1.5, 2, 4, 16, 1e3, 1e6] {
          let surprise = model.surpriseAtLeast((mean * factor).rounded() + 1)
          #expect(surprise.isFinite && surprise >= before - 1e-6, "\(mean) \(dispersion) \(factor)")
          #expect(surprise <= 300)
          before = surprise
        }
      }
    }
  }

  /// Around the mean of a billion the normal distribution is exact enough to compare with.
  @Test(arguments: [-2, -1, 0, 1, 2, 4] as [Double])
  func `counts of a billion are judged rightly`(deviations: Double) {
    for dispersion in [1e-6, 0.0001, 0.0025] {
      let model = CountModel(mean: 1e9, dispersion: dispersion)
      let count = 1e9 + deviations * model.variance.squareRoot()
      let expected = -log10(0.5 * erfc(deviations / 2.0.squareRoot()))
      #expect((model.surpriseAtLeast(count) - expected).magnitude < 0.2 + 0.1 * expected)
    }
  }

  @Test(
    arguments: [
      (0.4, 0.5), (3, 0.03), (3, 0.6), (20, 0.0025), (20, 0.2), (210, 0.0025), (210, 0.05),
      (5000, 0.01), (3, 0), (50, 0),
    ] as [(Double, Double)])
  func `one count in a thousand reaches a surprise of three`(mean: Double, dispersion: Double) {
    let seed: UInt64 = 4
    var random = TestRandom(seed: seed)
    let model = CountModel(mean: mean, dispersion: dispersion)
    // Counts are whole, so the nominal rate is that of the first count past the line.
    var limit = 1.0
    while model.surpriseAtLeast(limit) < 3 { limit += 1 }
    let nominal = pow(10, -model.surpriseAtLeast(limit))
    let trials = 40_000
    var hits = 0
    for _ in 0..<trials {
      let count = random.negativeBinomial(mean: mean, dispersion: dispersion)
      if Double(count) >= limit { hits += 1 }
    }
    let share = Double(hits) / Double(trials)
    let noise = 3 * (nominal / Double(trials)).squareRoot()
    #expect(share < 2 * nominal + noise, "seed \(seed): \(share) of \(nominal)")
    #expect(share > nominal / 2 - noise, "seed \(seed): \(share) of \(nominal)")
  }

  @Test func `the usual range holds the mean and is not below nothing`() {
    let range = CountModel(mean: 3, dispersion: 0.5).usualRange
    #expect(range.lowerBound == 0 && range.contains(3) && range.upperBound < 12)
  }
}
