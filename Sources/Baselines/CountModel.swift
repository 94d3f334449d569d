/// How counts scatter around what is expected: the negative binomial distribution, whose
/// variance is `mean + dispersion * mean²`. With small means it is close to Poisson, so that a
/// series with three requests an hour is judged by the right tail.
public struct CountModel: Hashable, Sendable {
  public var mean: Double
  /// Square of the relative scatter that does not average out.
  public var dispersion: Double

  /// Below this the distribution is Poisson for every purpose here.
  private static let dispersionMin = 1e-6
  private static let meanMin = 1e-9

  public init(mean: Double, dispersion: Double) {
    self.mean = max(mean, Self.meanMin)
    self.dispersion = max(dispersion, Self.dispersionMin)
  }

  public var variance: Double { mean + dispersion * mean * mean }

  /// Minus log10 of the probability of `count` or more.
  public func surpriseAtLeast(_ count: Double) -> Double {
    guard count >= 1 else { return 0 }
    let size = 1 / dispersion
    let x = mean / (mean + size)
    return score(
      Arithmetic.logIncompleteBeta(
        a: count.rounded(.down), b: size, x: x, complement: size / (mean + size)))
  }

  /// Minus log10 of the probability of `count` or fewer.
  public func surpriseAtMost(_ count: Double) -> Double {
    let size = 1 / dispersion
    let x = size / (mean + size)
    return score(
      Arithmetic.logIncompleteBeta(
        a: size, b: max(count, 0).rounded(.down) + 1, x: x, complement: mean / (mean + size)))
  }

  /// Roughly the middle 95 of 100 counts.
  public var usualRange: ClosedRange<Double> {
    let spread = 2 * variance.squareRoot()
    return max(0, mean - spread)...(mean + spread)
  }

  /// Beyond this the number says nothing more.
  private static let surpriseMax = 300.0

  private func score(_ logProbability: Double) -> Double {
    min(Self.surpriseMax, max(0, -logProbability / Arithmetic.ln10))
  }
}
