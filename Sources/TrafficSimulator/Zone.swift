/// A time zone by its rule, because the zone database of a machine changes over the years.
struct Zone: Hashable, Sendable {
  enum SummerTime: Hashable, Sendable {
    case none
    /// Last Sunday of March to last Sunday of October, at 01:00 UTC.
    case europe
    /// Second Sunday of March to first Sunday of November, at 02:00 local time.
    case america
  }

  /// As the registry writes it.
  var name: String
  var standardOffsetMinutes: Int
  var summerTime: SummerTime

  /// Suppliers take them in turn.
  static let all = [
    Zone(name: "Europe/Oslo", standardOffsetMinutes: 60, summerTime: .europe),
    Zone(name: "Europe/Berlin", standardOffsetMinutes: 60, summerTime: .europe),
    Zone(name: "Europe/London", standardOffsetMinutes: 0, summerTime: .europe),
    Zone(name: "America/New_York", standardOffsetMinutes: -300, summerTime: .america),
    Zone(name: "Europe/Berlin", standardOffsetMinutes: 60, summerTime: .europe),
    Zone(name: "Asia/Kolkata", standardOffsetMinutes: 330, summerTime: .none),
    Zone(name: "Europe/Lisbon", standardOffsetMinutes: 0, summerTime: .europe),
    Zone(name: "Asia/Tokyo", standardOffsetMinutes: 540, summerTime: .none),
  ]

  /// Seconds to add to UTC at `second`.
  func offset(at second: Int) -> Int {
    standardOffsetMinutes * 60 + (isSummer(at: second) ? 3600 : 0)
  }

  func localSecond(at second: Int) -> Int { second + offset(at: second) }

  private func isSummer(at second: Int) -> Bool {
    let year = CivilTime(day: CivilTime.floor(second, CivilTime.secondsPerDay)).year
    switch summerTime {
    case .none: return false
    case .europe:
      let start = Self.lastSunday(ofMonth: 3, endingWith: 31, year) + 3600
      let end = Self.lastSunday(ofMonth: 10, endingWith: 31, year) + 3600
      return (start..<end).contains(second)
    case .america:
      let start = Self.lastSunday(ofMonth: 3, endingWith: 14, year) + 7200
      let end = Self.lastSunday(ofMonth: 11, endingWith: 7, year) + 3600
      return (start..<end).contains(second + standardOffsetMinutes * 60)
    }
  }

  /// The start of the last Sunday up to that day of the month, in seconds.
  private static func lastSunday(ofMonth month: Int, endingWith day: Int, _ year: Int) -> Int {
    let last = CivilTime(year: year, month: month, dayOfMonth: day)
    return (last.day - (last.weekday + 1) % 7) * CivilTime.secondsPerDay
  }
}
