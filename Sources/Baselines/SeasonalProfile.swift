/// What a series does at each hour: an hour-of-day profile for working days and one for
/// weekends, and an hour-of-week profile that counts once an hour has been seen twice.
///
/// Each slot holds a decayed sum of counts and of windows; their ratio is a rate.
struct SeasonalProfile: Hashable, Sendable {
  /// An hour of local time, counted from the epoch.
  struct Hour: Hashable {
    var number: Int64

    /// 0 is Monday 00:00; the epoch was a Thursday.
    var ofWeek: Int { Int((number + 72) % 168 + 168) % 168 }
    var isWeekend: Bool { ofWeek >= 120 }
    /// 0 to 23 on working days, 24 to 47 on weekends.
    var ofDay: Int { ofWeek % 24 + (isWeekend ? 24 : 0) }
  }

  /// What one visit of an hour leaves of the visits before: about ten days and four weeks.
  static let dailyKeep: Float = 0.9
  static let weeklyKeep: Float = 0.75

  /// Pairs of a decayed sum of counts and one of windows: 48 hours of day, 168 hours of week.
  /// One array, because a series is moved about more often than it is read.
  var slots = [Float](repeating: 0, count: 2 * (48 + 168))

  private static let weeklyStart = 48

  /// What the hour of the day held so far counts for little.
  mutating func doubt(_ hour: Hour) {
    slots[2 * hour.ofDay] *= 0.1
    slots[2 * hour.ofDay + 1] *= 0.1
  }

  mutating func learn(_ hour: Hour, count: Float, windows: Float) {
    learn(slot: hour.ofDay, keep: Self.dailyKeep, count, windows)
    learn(slot: Self.weeklyStart + hour.ofWeek, keep: Self.weeklyKeep, count, windows)
  }

  /// A rate with the windows behind it; the prior fills what they leave open.
  struct Rate {
    var perWindow: Double
    var windows: Double
  }

  func daily(_ hour: Hour) -> Rate { rate(hour.ofDay) }

  /// The same hour on the other type of day.
  func dailyOfOtherType(_ hour: Hour) -> Rate { rate((hour.ofDay + 24) % 48) }

  func weekly(_ hour: Hour) -> Rate { rate(Self.weeklyStart + hour.ofWeek) }

  private mutating func learn(slot: Int, keep: Float, _ count: Float, _ windows: Float) {
    slots[2 * slot] = slots[2 * slot] * keep + count
    slots[2 * slot + 1] = slots[2 * slot + 1] * keep + windows
  }

  private func rate(_ slot: Int) -> Rate {
    let weight = slots[2 * slot + 1]
    return Rate(
      perWindow: weight > 0 ? Double(slots[2 * slot] / weight) : 0, windows: Double(weight))
  }
}
