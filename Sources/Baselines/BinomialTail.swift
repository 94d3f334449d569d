/// How often chance brings a share: the binomial distribution.
public enum BinomialTail {
  /// Beyond this the number says nothing more.
  private static let surpriseMax = 300.0

  /// Minus log10 of the probability that `count` or more of `whole` fulfil what each fulfils with
  /// probability `share`.
  public static func surpriseAtLeast(_ count: Double, of whole: Double, share: Double) -> Double {
    guard count >= 1, count <= whole, share < 1 else { return 0 }
    guard share > 0 else { return surpriseMax }
    // P(X >= k) = I_p(k, n - k + 1), Abramowitz and Stegun 26.5.24.
    let log = Arithmetic.logIncompleteBeta(
      a: count, b: whole - count + 1, x: share, complement: 1 - share)
    return min(surpriseMax, max(0, -log / Arithmetic.ln10))
  }
}
