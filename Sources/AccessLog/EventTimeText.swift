extension EventTime {
  /// RFC 3339 in UTC, always with three digits of milliseconds: `2026-11-21T19:51:49.000Z`.
  /// The years 1 to 9999 are all that it can show; what lies beyond is shown as the last.
  public var rfc3339: String {
    let shown = min(max(milliseconds, -62_135_596_800_000), TimeStamps.maximum.milliseconds)
    let (days, millisecondsOfDay) = Self.split(shown)
    let date = Self.date(days: days)
    var text: [UInt8] = []
    text.reserveCapacity(24)
    Self.append(date.year, digits: 4, to: &text)
    text.append(ASCII.dash)
    Self.append(date.month, digits: 2, to: &text)
    text.append(ASCII.dash)
    Self.append(date.day, digits: 2, to: &text)
    text.append(UInt8(ascii: "T"))
    Self.append(millisecondsOfDay / 3_600_000, digits: 2, to: &text)
    text.append(ASCII.colon)
    Self.append(millisecondsOfDay / 60_000 % 60, digits: 2, to: &text)
    text.append(ASCII.colon)
    Self.append(millisecondsOfDay / 1000 % 60, digits: 2, to: &text)
    text.append(ASCII.dot)
    Self.append(millisecondsOfDay % 1000, digits: 3, to: &text)
    text.append(UInt8(ascii: "Z"))
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads RFC 3339, also a date alone (its midnight) and a time without seconds; where no zone
  /// is given, UTC is meant. `nil` for a day that does not exist and years before 1970.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    guard let time = TimeStamps.rfc3339(bytes.span, isLenient: true) else { return nil }
    self = time
  }

  private static func split(_ milliseconds: Int64) -> (days: Int, millisecondsOfDay: Int) {
    let days = milliseconds.floorDivided(by: 86_400_000)
    return (Int(days), Int(milliseconds - days * 86_400_000))
  }

  /// The civil date of a day since the epoch; years begin in March here, so that the leap day
  /// is the last one.
  private static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = Int64(days + 719_468)
    let era = Int(shifted.floorDivided(by: 146_097))
    let dayOfEra = Int(shifted) - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func append(_ value: Int, digits: Int, to text: inout [UInt8]) {
    var divisor = 1
    for _ in 1..<digits { divisor *= 10 }
    var rest = max(0, value)
    while divisor > 0 {
      text.append(UInt8(truncatingIfNeeded: 0x30 + rest / divisor % 10))
      rest %= divisor
      divisor /= 10
    }
  }
}
