/// Logarithm, exponential and gamma function, in Swift alone.
///
/// The C library's differ in the last digit from one version to the next, and alerts must not:
/// everything here is built from the four operations, which IEEE 754 fixes to the bit.
package enum Arithmetic {
  package static let ln10 = 2.302585092994046
  private static let ln2High = 0.6931471803691238
  private static let ln2Low = 1.9082149292705877e-10

  /// The natural logarithm of a positive number; minus infinity for zero.
  package static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    var exponent = Double(x.exponent)
    var mantissa = x.significand
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // log m = 2 artanh s with s = (m - 1) / (m + 1), |s| < 0.172.
    let s = (mantissa - 1) / (mantissa + 1)
    let square = s * s
    var series = 0.0
    var divisor = 23.0
    while divisor >= 1 {
      series = series * square + 1 / divisor
      divisor -= 2
    }
    return exponent * ln2High + (2 * s * series + exponent * ln2Low)
  }

  /// log(1 + x), exact also where x is tiny.
  package static func log1p(_ x: Double) -> Double {
    guard x > -1 else { return x == -1 ? -.infinity : .nan }
    guard x > -0.1, x < 0.1 else { return log(1 + x) }
    let s = x / (2 + x)
    let square = s * s
    var series = 0.0
    var divisor = 15.0
    while divisor >= 1 {
      series = series * square + 1 / divisor
      divisor -= 2
    }
    return 2 * s * series
  }

  /// e to the power of x.
  package static func exp(_ x: Double) -> Double {
    guard x < 709.78 else { return x.isNaN ? x : .infinity }
    guard x > -745 else { return 0 }
    let power = (x * 1.4426950408889634).rounded()
    let rest = (x - power * ln2High) - power * ln2Low
    var series = 1.0
    var divisor = 13.0
    while divisor >= 1 {
      series = 1 + series * rest / divisor
      divisor -= 1
    }
    // In two steps, because 2 to the power of -1074 is no normal number.
    let half = Int(power) / 2
    return series * Double(sign: .plus, exponent: half, significand: 1)
      * Double(sign: .plus, exponent: Int(power) - half, significand: 1)
  }

  /// `base` to a whole power, by squaring.
  package static func power(_ base: Double, _ exponent: Int64) -> Double {
    precondition(exponent >= 0)
    var result = 1.0
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }

  /// The logarithm of the gamma function for positive x: Stirling's series, shifted to x >= 10
  /// (Abramowitz and Stegun 6.1.41).
  package static func logGamma(_ x: Double) -> Double {
    precondition(x > 0)
    var product = 1.0
    var shifted = x
    while shifted < 10 {
      product *= shifted
      shifted += 1
    }
    let inverse = 1 / shifted
    let square = inverse * inverse
    let small = 1.0 / 1260 - square * (1.0 / 1680 - square * (1.0 / 1188))
    let tail = inverse * (1.0 / 12 - square * (1.0 / 360 - square * small))
    return (shifted - 0.5) * log(shifted) - shifted + 0.9189385332046727 + tail - log(product)
  }

  /// The logarithm of the regularised incomplete beta function I_x(a, b), by Lentz's continued
  /// fraction (Numerical Recipes, 6.4); `complement` is 1 - x, given apart to keep its digits.
  package static func logIncompleteBeta(
    a: Double, b: Double, x: Double, complement: Double
  ) -> Double {
    guard x > 0 else { return -.infinity }
    guard complement > 0 else { return 0 }
    let front =
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log(complement)
    if x <= (a + 1) / (a + b + 2) {
      return front + log(betaFraction(a: a, b: b, x: x) / a)
    }
    let other = exp(front + log(betaFraction(a: b, b: a, x: complement) / b))
    return other >= 1 ? -.infinity : log1p(-other)
  }

  private static func betaFraction(a: Double, b: Double, x: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / nonzero(1 - (a + b) * x / (a + 1), tiny)
    var fraction = d
    for step in 1...10_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / nonzero(1 + even * d, tiny)
      c = nonzero(1 + even / c, tiny)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / nonzero(1 + odd * d, tiny)
      c = nonzero(1 + odd / c, tiny)
      let change = d * c
      fraction *= change
      if (change - 1).magnitude < 1e-14 { break }
    }
    return fraction
  }

  private static func nonzero(_ x: Double, _ tiny: Double) -> Double {
    x.magnitude < tiny ? tiny : x
  }
}
