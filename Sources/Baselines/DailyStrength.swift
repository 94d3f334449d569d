/// How strong the strongest row of each half hour of the day is, over the days.
///
/// What stands out every day at the same time, such as a batch at midnight, is that much less of
/// an alarm.
struct DailyStrength: Sendable {
  /// What a day counts: a month and a half are remembered by half.
  private static let gain = 0.04
  /// An incident must not hide what comes at that hour of the next days.
  private static let strengthMax = 8.0
  /// How much of the usual is taken off.
  private static let share = 0.8
  /// Steps of a unit that are stored.
  private static let steps = 1024.0

  private var usual = InlineArray<48, UInt16>(repeating: 0)
  private var strongest: Float = 0
  private var slot: Int8 = -1

  /// What is left of `strength`, which is learnt.
  mutating func weigh(_ strength: Double, at place: DailyShape.Place) -> Double {
    if place.halfHour != Int(slot) {
      learn()
      slot = Int8(place.halfHour)
      strongest = 0
    }
    strongest = max(strongest, Float(min(strength, Self.strengthMax)))
    return max(0, strength - Self.share * Double(usual[place.halfHour]) / Self.steps)
  }

  /// The half hour under way is over.
  private mutating func learn() {
    guard slot >= 0 else { return }
    let known = Double(usual[Int(slot)])
    let learnt = known + Self.gain * (Double(strongest) * Self.steps - known)
    usual[Int(slot)] = UInt16(learnt.rounded())
  }
}
