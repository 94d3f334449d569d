/// How far values stray from one forecast: upwards and downwards apart, because a latency that
/// triples now and then never falls to a third.
struct Deviation: Hashable, Sendable {
  /// A deviation is learnt as at most this many standard deviations: what is learnt from an
  /// attack must not hide the next one.
  static let clip = 7.0

  /// An error is learnt as at least the fourteenth of what it is, which holds from 98 standard
  /// deviations on.
  private static let absurd = 14.0

  private(set) var variance = 0.0
  private(set) var above = TailQuantile()
  private(set) var below = TailQuantile()

  func tail(isAbove: Bool) -> Double { Double((isAbove ? above : below).deviations) }

  /// How much further than usual this side's tail goes; at least 1.
  func stretch(isAbove: Bool) -> Double { max(1, tail(isAbove: isAbove) / TailQuantile.reference) }

  /// The size of `error` in standard deviations, as it would be if the tail were the usual one.
  func size(of error: Double, spread: Double, _ damping: Damping = .none) -> Double {
    let ratio = TailQuantile.reference / tail(isAbove: error >= 0)
    return error.magnitude / spread * damping.power(of: ratio)
  }

  /// To which power a tail counts.
  enum Damping {
    case none
    case threeQuarters
    case sevenEighths

    fileprivate func power(of ratio: Double) -> Double {
      if self == .none { return ratio }
      let root = ratio.squareRoot()
      let threeQuarters = root * root.squareRoot()
      return self == .threeQuarters
        ? threeQuarters : threeQuarters * root.squareRoot().squareRoot()
    }
  }

  mutating func learnTails(_ error: Double, spread: Double, gain: Float) {
    let size = error.magnitude / spread
    above.learn(error < 0 ? 0 : size, gain: gain)
    below.learn(error < 0 ? size : 0, gain: gain)
  }

  mutating func learnVariance(_ from: ValueRow.Error, isClipped: Bool, gain: Double) {
    let reach =
      isClipped ? Self.reach(from, stretch: stretch(isAbove: from.error >= 0)) : .infinity
    let clipped = min(max(from.error, -reach), reach)
    variance += gain * (clipped * clipped - variance)
  }

  /// How far an error is learnt. One beyond all measure says more of the spread than of the row:
  /// a series that was constant for a while and then lives would be an alarm for days.
  static func reach(_ from: ValueRow.Error, stretch: Double) -> Double {
    max(clip * from.spread * stretch, from.error.magnitude / absurd)
  }
}
