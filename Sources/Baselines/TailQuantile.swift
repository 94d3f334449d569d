/// How many standard deviations a series goes to one side in 2 of 1,000 rows: the tail by which
/// deviations of different series are made comparable.
///
/// It rises, by a twenty-fifth once the series is known, when it is passed, but by one run of such rows only once, or an attack
/// of an hour would raise its own threshold sixty times. It sinks a little with every other row,
/// so that it rests where 2 of 1,000 rows begin such a run.
struct TailQuantile: Hashable, Sendable {
  /// Where it begins, and what a deviation is measured in afterwards.
  static let reference = 5.0
  private static let least: Float = 1
  private static let share: Float = 0.002
  /// Rows without one beyond the quantile after which another is a new run.
  private static let quietRowsMin: UInt8 = 15
  /// A run as long as this counts again: a quantile that is far too low must be able to rise.
  private static let runRowsMax: UInt8 = 200

  private(set) var deviations = Float(reference)
  private var rowsSincePassed = UInt8.max
  private var rowsSinceRise = UInt8.max

  /// By how much it rises in a series of `rowCount` rows.
  static func gain(rowCount: UInt32) -> Float { max(0.04, 20 / (Float(rowCount) + 1)) }

  /// `size` is in standard deviations, towards this side; zero for a row on the other.
  mutating func learn(_ size: Double, gain: Float) {
    if size > Double(deviations) {
      if rowsSincePassed > Self.quietRowsMin || rowsSinceRise > Self.runRowsMax {
        deviations *= 1 + gain + gain * gain / 2
        rowsSinceRise = 0
      }
      rowsSincePassed = 0
    } else {
      deviations = max(deviations * (1 - gain * Self.share), Self.least)
    }
    if rowsSincePassed < .max { rowsSincePassed += 1 }
    if rowsSinceRise < .max { rowsSinceRise += 1 }
  }
}
