package import AccessLog

/// Event time as text: RFC 3339, UTC, milliseconds, always 24 bytes.
///
/// Four digits hold the years 0 to 9999; what lies outside is shown as the nearest instant that
/// they can hold, so that a broken time stamp still gives text that every reader takes.
package enum RFC3339 {
  /// Bytes of `2026-11-21T09:05:00.000Z`.
  package static let byteCount = 24

  /// Appends `2026-11-21T09:05:00.000Z`.
  package static func append(_ time: EventTime, to bytes: inout [UInt8]) {
    let clamped = min(max(time.milliseconds, first), last)
    let day = clamped.floorDivided(by: 86_400_000)
    let ofDay = clamped - day * 86_400_000
    let date = civilDate(daysSinceEpoch: day)
    append(date.year, digits: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(date.month, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(date.day, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    append(ofDay / 3_600_000, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(ofDay / 60_000 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(ofDay / 1000 % 60, digits: 2, to: &bytes)
    bytes.append(UInt8(ascii: "."))
    append(ofDay % 1000, digits: 3, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Milliseconds of 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
  private static let first: Int64 = -62_167_219_200_000
  private static let last: Int64 = 253_402_300_799_999

  /// The proleptic Gregorian date (Howard Hinnant, "chrono-compatible low-level date
  /// algorithms", 2013). Years begin in March there, so that the leap day is a year's last.
  private static func civilDate(
    daysSinceEpoch: Int64
  ) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = daysSinceEpoch + 719_468
    let era = shifted.floorDivided(by: 146_097)
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * fromMarch + 2) / 5 + 1
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func append(_ value: Int64, digits: Int, to bytes: inout [UInt8]) {
    var divisor: Int64 = digits == 4 ? 1000 : digits == 3 ? 100 : 10
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
