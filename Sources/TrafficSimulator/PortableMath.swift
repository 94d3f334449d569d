/// Exponential and logarithm from the basic operations alone, which IEEE 754 rounds alike on
/// every machine; the C library's differ in their last digits from one release to the next.
enum PortableMath {
  private static let ln2 = 0.693147180559945309417

  /// For any finite `x`; relative error below 1e-14 for results that are no subnormals.
  static func exp(_ x: Double) -> Double {
    guard x > -700 else { return 0 }
    precondition(x < 700, "too large for a rate")
    let power = (x / ln2).rounded()
    let rest = x - power * ln2
    var sum = 1.0
    for divisor in stride(from: 16.0, through: 1, by: -1) { sum = 1 + sum * rest / divisor }
    return Double(sign: .plus, exponent: Int(power), significand: sum)
  }

  static func log(_ x: Double) -> Double {
    precondition(x > 0, "no logarithm")
    var mantissa = x.significand
    var exponent = Double(x.exponent)
    if mantissa > 1.4142135623730951 {
      mantissa /= 2
      exponent += 1
    }
    // log m = 2 artanh((m - 1) / (m + 1)), whose argument is below 0.172.
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 21.0, through: 1, by: -2) { sum = sum * square + 1 / odd }
    return 2 * ratio * sum + exponent * ln2
  }
}
