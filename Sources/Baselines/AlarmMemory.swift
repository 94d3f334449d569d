/// Keeps one disturbance from being told again and again: a row is as strong as it is only where
/// it exceeds, by a twentieth, the strongest before it, which is forgotten by half in 115 rows.
struct AlarmMemory: Hashable, Sendable {
  private static let keep = 0.995
  private static let marginFactor = 1.05
  /// The most that a row counts which says nothing new: enough for a warning, too little to be
  /// told as an alarm of its own.
  private static let repeatMax = 15.0

  private var strongest = 0.0

  mutating func weigh(_ strength: Double) -> Double {
    strongest *= Self.keep
    let isNew = strength > strongest * Self.marginFactor
    strongest = max(strongest, strength)
    return isNew ? strength : min(strength, Self.repeatMax)
  }
}
