/// How busy a supplier is in each hour of its own week; a working day's mean is 1.
struct WeeklyRhythm: Sendable {
  enum Style: Int, CaseIterable, Sendable {
    /// Monday to Friday, eight to six.
    case office
    /// Into the evening, and most of all on Saturday.
    case shop
    /// A nightly run above a low day.
    case batch
    /// Day and night.
    case machines
  }

  static let hoursPerWeek = 168

  /// By hour of the week, from Monday 00:00 local time.
  private let levels: [Double]
  let style: Style

  init(style: Style, chance: inout SplitMix64) {
    self.style = style
    let shift = chance.below(3) - 1
    let jitter = (0..<24).map { _ in chance.between(0.92, 1.08) }
    let day = (0..<24).map { Self.day(style)[($0 + shift + 24) % 24] * jitter[$0] }
    let mean = day.reduce(0, +) / 24
    let weekend = Self.weekend(style)
    levels = (0..<Self.hoursPerWeek).map { hour in
      let factor = hour / 24 < 5 ? 1 : weekend[hour / 24 - 5]
      return day[hour % 24] / mean * factor
    }
  }

  /// Between the middles of two hours the level changes evenly.
  func level(localSecond: Int) -> Double {
    let day = CivilTime.floor(localSecond, CivilTime.secondsPerDay)
    let inDay = localSecond - day * CivilTime.secondsPerDay
    let second = CivilTime.weekday(day) * CivilTime.secondsPerDay + inDay - 1800
    let hour = CivilTime.floor(second, 3600)
    let share = Double(second - hour * 3600) / 3600
    let hours = Self.hoursPerWeek
    let before = levels[(hour + hours) % hours]
    return before + (levels[(hour + 1 + hours) % hours] - before) * share
  }

  private static func day(_ style: Style) -> [Double] {
    switch style {
    case .office:
      [1, 1, 1, 1, 1, 2, 5, 14, 34, 44, 46, 44, 34, 40, 44, 42, 36, 24, 12, 7, 4, 3, 2, 1]
    case .shop:
      [4, 2, 1, 1, 1, 2, 5, 10, 18, 26, 30, 32, 34, 32, 30, 30, 32, 36, 40, 44, 46, 38, 24, 10]
    case .batch:
      [8, 40, 46, 44, 12, 5, 5, 6, 8, 9, 9, 9, 8, 8, 9, 9, 8, 7, 6, 5, 5, 5, 5, 6]
    case .machines:
      [
        22, 21, 20, 20, 20, 21, 23, 26, 28, 30, 31, 31, 30, 30, 31, 31, 30, 29, 28, 27, 26, 25, 24,
        23,
      ]
    }
  }

  /// Saturday and Sunday beside a working day.
  private static func weekend(_ style: Style) -> [Double] {
    switch style {
    case .office: [0.12, 0.07]
    case .shop: [1.3, 0.9]
    case .batch: [0.9, 0.85]
    case .machines: [0.95, 0.93]
    }
  }
}
