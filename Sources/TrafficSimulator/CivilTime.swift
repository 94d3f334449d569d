/// Dates of the Gregorian calendar as seconds since 1970, without a library.
public struct CivilTime: Hashable, Sendable {
  public static let secondsPerDay = 86_400

  /// Days since 1970-01-01.
  public var day: Int
  public var year: Int
  public var month: Int
  public var dayOfMonth: Int

  /// After Howard Hinnant's `days_from_civil`, whose years begin in March.
  public init(year: Int, month: Int, dayOfMonth: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let era = Self.floor(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    day = era * 146_097 + dayOfEra - 719_468
    self.year = year
    self.month = month
    self.dayOfMonth = dayOfMonth
  }

  public init(day: Int) {
    let shifted = day + 719_468
    let era = Self.floor(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    self.day = day
    dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-03-07`; nil for anything else, such as the 30th of February.
  public init?(text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
      let year = Int(parts[0]), let month = Int(parts[1]), let dayOfMonth = Int(parts[2]),
      year >= 1970, (1...12).contains(month), (1...31).contains(dayOfMonth)
    else { return nil }
    self.init(year: year, month: month, dayOfMonth: dayOfMonth)
    guard CivilTime(day: day) == self else { return nil }
  }

  /// 0 is Monday.
  public var weekday: Int { Self.weekday(day) }

  /// `20260307`, as rotated logs are named.
  public var compactText: String {
    String(year) + Self.twoDigits(month) + Self.twoDigits(dayOfMonth)
  }

  /// `2026-03-07`.
  public var text: String {
    String(year) + "-" + Self.twoDigits(month) + "-" + Self.twoDigits(dayOfMonth)
  }

  public static func weekday(_ day: Int) -> Int { (day + 3) - floor(day + 3, 7) * 7 }

  /// `2026-03-07T09:00:00Z`.
  public static func rfc3339(second: Int) -> String {
    let day = floor(second, secondsPerDay)
    let rest = second - day * secondsPerDay
    return CivilTime(day: day).text + "T" + twoDigits(rest / 3600) + ":"
      + twoDigits(rest / 60 % 60) + ":" + twoDigits(rest % 60) + "Z"
  }

  /// Division that rounds down, also below zero.
  static func floor(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : (value - divisor + 1) / divisor
  }

  private static func twoDigits(_ value: Int) -> String {
    value < 10 ? "0\(value)" : String(value)
  }
}
