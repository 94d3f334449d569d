import Foundation
import Testing

@testable import Baselines

@Suite struct ArithmeticTests {
  private static let edges: [Double] = [
    .leastNonzeroMagnitude, .leastNormalMagnitude / 64, .leastNormalMagnitude, 1e-100, 1e-9, 0.5,
    0.7071067811865475,
    0.7071067811865476, 0.9999999999999999, 1, 1.0000000000000002, 1.4142135623730951, 1.5, 2, 3,
    10, 1e9, 1e100, .greatestFiniteMagnitude,
  ]

  /// Relative, or absolute where the value is below one.
  private func isClose(_ a: Double, _ b: Double, _ tolerance: Double = 1e-12) -> Bool {
    a == b || (a - b).magnitude <= tolerance * max(1, b.magnitude)
  }

  @Test(arguments: edges)
  func `a logarithm is that of the library`(x: Double) {
    #expect(isClose(Arithmetic.log(x), Foundation.log(x), 1e-15))
  }

  @Test func `random logarithms and powers of e agree with the library`() {
    let seed: UInt64 = 1
    var random = TestRandom(seed: seed)
    for _ in 0..<20_000 {
      let x = pow(10, random.uniform() * 600 - 300)
      #expect(isClose(Arithmetic.log(x), Foundation.log(x), 1e-15), "seed \(seed), x \(x)")
      let y = random.uniform() * 1400 - 700
      let relative = Arithmetic.exp(y) / Foundation.exp(y) - 1
      #expect(relative.magnitude < 1e-12, "seed \(seed), y \(y)")
      let z = (random.uniform() - 0.5) * pow(10, -random.uniform() * 12)
      let small = Arithmetic.log1p(z) - Foundation.log1p(z)
      #expect(small.magnitude <= 1e-14 * Foundation.log1p(z).magnitude, "seed \(seed), z \(z)")
    }
  }

  @Test func `what has no finite answer says so`() {
    #expect(Arithmetic.log(0) == -.infinity)
    #expect(Arithmetic.log(-1).isNaN)
    #expect(Arithmetic.log(.infinity) == .infinity)
    #expect(Arithmetic.log(.nan).isNaN)
    #expect(Arithmetic.log1p(-1) == -.infinity)
    #expect(Arithmetic.log1p(-2).isNaN)
    #expect(Arithmetic.exp(-.infinity) == 0)
    #expect(Arithmetic.exp(-800) == 0)
    #expect(Arithmetic.exp(710) == .infinity)
    #expect(Arithmetic.exp(.infinity) == .infinity)
    #expect(Arithmetic.exp(.nan).isNaN)
    #expect(Arithmetic.exp(0) == 1)
  }

  @Test(arguments: [-744.0, -740, -720, -709, 700, 709, 709.7])
  func `the ends of the range of exp are right`(x: Double) {
    let expected = Foundation.exp(x)
    #expect(
      (Arithmetic.exp(x) - expected).magnitude <= max(1e-12 * expected, .leastNonzeroMagnitude))
  }

  @Test(
    arguments: [
      (0.5, 0), (2, 0), (0.9998, 1), (0.9998, 12), (0.9998, 24_192), (0.5, 1074), (2, 1000), (1, 9),
    ] as [(Double, Int64)])
  func `a whole power is that of the library`(base: Double, exponent: Int64) {
    let expected = pow(base, Double(exponent))
    #expect((Arithmetic.power(base, exponent) - expected).magnitude <= 1e-12 * expected)
  }

  @Test(arguments: [
    1e-10, 1e-3, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 5, 9.999, 10, 10.001, 33.3, 100, 1e3, 1e6, 1e9, 1e12,
  ])
  func `the logarithm of gamma is that of the library`(x: Double) {
    #expect(isClose(Arithmetic.logGamma(x), lgamma(x)), "\(Arithmetic.logGamma(x) - lgamma(x))")
  }

  @Test func `the logarithm of gamma is that of the library everywhere`() {
    let seed: UInt64 = 2
    var random = TestRandom(seed: seed)
    for _ in 0..<20_000 {
      let x = pow(10, random.uniform() * 14 - 6)
      #expect(isClose(Arithmetic.logGamma(x), lgamma(x)), "seed \(seed), x \(x)")
    }
  }

  @Test(
    arguments: [
      // Closed forms: I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, I_0.5(a, a) = 0.5.
      (1, 3, 0.25, 1 - 0.421875), (4, 1, 0.3, 0.0081), (7, 7, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5),
      (1, 1, 0.125, 0.125), (2, 2, 0.25, 0.15625), (400, 400, 0.5, 0.5), (1e6, 1e6, 0.5, 0.5),
      (1e9, 1e9, 0.5, 0.5),
    ] as [(Double, Double, Double, Double)])
  func `the incomplete beta function has known values`(
    a: Double, b: Double, x: Double, expected: Double
  ) {
    let found = Arithmetic.logIncompleteBeta(a: a, b: b, x: x, complement: 1 - x)
    // Sums of terms of 1e10 have no more digits than this.
    let tolerance = max(1e-12, 1e-14 * max(a, b))
    #expect(
      (Foundation.exp(found) / expected - 1).magnitude < tolerance, "\(Foundation.exp(found))")
  }

  @Test func `the incomplete beta function ends at nothing and all`() {
    #expect(Arithmetic.logIncompleteBeta(a: 2, b: 3, x: 0, complement: 1) == -.infinity)
    #expect(Arithmetic.logIncompleteBeta(a: 2, b: 3, x: 1, complement: 0) == 0)
  }

  @Test func `the two tails of the incomplete beta function are one`() {
    let seed: UInt64 = 3
    var random = TestRandom(seed: seed)
    for _ in 0..<2000 {
      let a = pow(10, random.uniform() * 6 - 1)
      let b = pow(10, random.uniform() * 6 - 1)
      // Near the mean, where both tails have digits.
      let mean = a / (a + b)
      let x = min(max(mean * (0.8 + 0.4 * random.uniform()), 1e-9), 1 - 1e-9)
      let left = Foundation.exp(
        Arithmetic.logIncompleteBeta(a: a, b: b, x: x, complement: 1 - x))
      let right = Foundation.exp(
        Arithmetic.logIncompleteBeta(a: b, b: a, x: 1 - x, complement: x))
      #expect((left + right - 1).magnitude < 1e-8, "seed \(seed): a \(a) b \(b) x \(x)")
    }
  }
}
