import AccessLog

/// Months since year 0 of the proleptic Gregorian calendar.
enum CalendarMonth {
  /// Days to civil date after Hinnant, "chrono-compatible low-level date algorithms".
  static func number(ofSecond second: Int64) -> Int64 {
    let days = second.floorDivided(by: 86_400) + 719_468
    let era = days.floorDivided(by: 146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 2 : shifted - 10
    let year = yearOfEra + era * 400 + (month <= 1 ? 1 : 0)
    return year * 12 + month
  }
}
