/// The ways in which gateways write an instant. All of them are strict: a date that does not
/// exist, or a year before 1970, is no time.
enum TimeStamps {
  /// Bytes of `18/Jul/2025:14:14:47 -0400`.
  static let clfCount = 26
  /// Bytes of `2025-07-18T14:14:47-04:00`.
  static let iso8601Count = 25

  /// The last instant that is accepted: the end of the year 9999.
  static let maximum = EventTime(milliseconds: 253_402_300_799_999)

  /// `18/Jul/2025:14:14:47 -0400`, as `$time_local` and `%t` have it.
  static func clf(_ text: Span<UInt8>, at start: Int) -> EventTime? {
    guard start >= 0, start + clfCount <= text.count else { return nil }
    guard text[start + 2] == ASCII.slash, text[start + 6] == ASCII.slash,
      text[start + 11] == ASCII.colon, text[start + 20] == ASCII.space
    else { return nil }
    let month = month(text, at: start + 3)
    let day = pair(text, at: start)
    let year = pair(text, at: start + 7) * 100 + pair(text, at: start + 9)
    guard let seconds = timeOfDay(text, at: start + 12),
      let zone = zoneSeconds(text, at: start + 21, hasColon: false),
      let days = days(year: year, month: month, day: day)
    else { return nil }
    return checked(milliseconds: Int64(days * 86_400 + seconds - zone) * 1000)
  }

  /// RFC 3339 and what is near it: `T` or a space, a fraction of any length, `Z`, `+01:00`,
  /// `+0100`, or no zone at all, which counts as UTC until ``lacksZone(_:)`` is asked. A date
  /// alone and a time without seconds are read where `isLenient`.
  static func rfc3339(_ text: Span<UInt8>, isLenient: Bool = false) -> EventTime? {
    guard text.count >= 10, text[4] == ASCII.dash, text[7] == ASCII.dash,
      let days = days(
        year: pair(text, at: 0) * 100 + pair(text, at: 2), month: pair(text, at: 5),
        day: pair(text, at: 8))
    else { return nil }
    if text.count == 10 {
      return isLenient ? checked(milliseconds: Int64(days * 86_400) * 1000) : nil
    }
    guard text[10] | 0x20 == UInt8(ascii: "t") || text[10] == ASCII.space else { return nil }
    guard let clock = clock(text, isLenient: isLenient),
      let offset = zoneSeconds(text, from: clock.end, default: 0)
    else { return nil }
    let seconds = Int64(days * 86_400 + clock.seconds - offset)
    return checked(milliseconds: seconds * 1000 + clock.milliseconds)
  }

  /// Whether `text`, which ``rfc3339(_:isLenient:)`` has read, says no zone, so that it is what a
  /// clock on the wall showed.
  @inline(__always)
  static func lacksZone(_ text: Span<UInt8>) -> Bool {
    let count = text.count
    // A date alone has dashes where a zone would have its sign.
    guard count >= 16, text[count - 1] | 0x20 != UInt8(ascii: "z") else { return count < 16 }
    return !isSign(text[count - 6]) && !isSign(text[count - 5])
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "+") || byte == ASCII.dash
  }

  /// A number of seconds, milliseconds or smaller since the epoch, with any fraction.
  static func epoch(_ text: Span<UInt8>, decimalsToMilliseconds: Int) -> EventTime? {
    guard let value = DecimalNumber.scaled(text, by: decimalsToMilliseconds) else { return nil }
    return checked(milliseconds: value)
  }

  /// Days since the epoch of a date that exists, else `nil`.
  static func days(year: Int, month: Int, day: Int) -> Int? {
    guard year >= 1970, year <= 9999, month >= 1, month <= 12, day >= 1,
      day <= daysInMonth(month, year)
    else { return nil }
    // Years begin in March here, so that the leap day is the last one.
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  private static func daysInMonth(_ month: Int, _ year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func checked(milliseconds: Int64) -> EventTime? {
    guard milliseconds >= 0, milliseconds <= maximum.milliseconds else { return nil }
    return EventTime(milliseconds: milliseconds)
  }

  /// Two digits; far below zero where they are none, so that every sum of it is refused.
  @inline(__always)
  private static func pair(_ text: Span<UInt8>, at offset: Int) -> Int {
    let tens = text[offset] &- 0x30
    let ones = text[offset + 1] &- 0x30
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : -100_000
  }

  /// 1 to 12, or 0 for what is no short English name.
  static func month(_ text: Span<UInt8>, at offset: Int) -> Int {
    let name =
      UInt32(text[offset]) << 16 | UInt32(text[offset + 1]) << 8 | UInt32(text[offset + 2])
    return switch name {
    case 0x4a616e: 1
    case 0x466562: 2
    case 0x4d6172: 3
    case 0x417072: 4
    case 0x4d6179: 5
    case 0x4a756e: 6
    case 0x4a756c: 7
    case 0x417567: 8
    case 0x536570: 9
    case 0x4f6374: 10
    case 0x4e6f76: 11
    case 0x446563: 12
    default: 0
    }
  }

  /// `14:14:47`; a leap second counts as the second after it.
  @inline(__always)
  static func timeOfDay(_ text: Span<UInt8>, at offset: Int) -> Int? {
    guard text[offset + 2] == ASCII.colon, text[offset + 5] == ASCII.colon else { return nil }
    return timeOfDay(
      pair(text, at: offset), pair(text, at: offset + 3), pair(text, at: offset + 6))
  }

  @inline(__always)
  static func timeOfDay(_ hour: Int, _ minute: Int, _ second: Int) -> Int? {
    guard hour >= 0, hour <= 23, minute >= 0, minute <= 59, second >= 0, second <= 60 else {
      return nil
    }
    return hour * 3600 + minute * 60 + second
  }

  /// `+0100` or `+01:00`, in seconds east of UTC.
  static func zoneSeconds(_ text: Span<UInt8>, at offset: Int, hasColon: Bool) -> Int? {
    let sign = text[offset]
    guard sign == UInt8(ascii: "+") || sign == ASCII.dash else { return nil }
    let hours = pair(text, at: offset + 1)
    let minutes = pair(text, at: offset + (hasColon ? 4 : 3))
    guard hours >= 0, hours <= 23, minutes >= 0, minutes <= 59 else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return sign == ASCII.dash ? -seconds : seconds
  }

  private struct Clock {
    var seconds: Int
    var milliseconds: Int64
    var end: Int
  }

  /// The time of day after the `T` at offset 10.
  private static func clock(_ text: Span<UInt8>, isLenient: Bool) -> Clock? {
    guard text.count >= 16, text[13] == ASCII.colon else { return nil }
    let hour = pair(text, at: 11)
    let minute = pair(text, at: 14)
    guard text.count >= 19, text[16] == ASCII.colon else {
      guard isLenient, let seconds = timeOfDay(hour, minute, 0) else { return nil }
      return Clock(seconds: seconds, milliseconds: 0, end: 16)
    }
    guard let seconds = timeOfDay(hour, minute, pair(text, at: 17)) else { return nil }
    var clock = Clock(seconds: seconds, milliseconds: 0, end: 19)
    guard text.count > 19, text[19] == ASCII.dot || text[19] == ASCII.comma else { return clock }
    var weight: Int64 = 100
    clock.end = 20
    while clock.end < text.count, text[clock.end].isDigit {
      clock.milliseconds += Int64(text[clock.end] &- 0x30) * weight
      weight /= 10
      clock.end += 1
    }
    return clock.end > 20 ? clock : nil
  }

  /// The zone from `start` to the end of the text.
  private static func zoneSeconds(
    _ text: Span<UInt8>, from start: Int, default zone: Int
  ) -> Int? {
    switch text.count - start {
    case 0: zone
    case 1: text[start] | 0x20 == UInt8(ascii: "z") ? 0 : nil
    case 5: zoneSeconds(text, at: start, hasColon: false)
    case 6 where text[start + 3] == ASCII.colon: zoneSeconds(text, at: start, hasColon: true)
    default: nil
    }
  }
}

/// Reads `18/Jul/2025:14:14:47 -0400` and remembers its day and zone, because most lines have
/// those of the line before. What is read never depends on what was read before.
struct ClockCache: Hashable, Sendable {
  /// `18/Jul/2`, `Jul/2025` and ` -0400` as words.
  private var date: UInt64 = 0
  private var year: UInt64 = 0
  private var zone: UInt64 = 0
  /// Midnight of that day in that zone.
  private var midnight: Int64 = 0

  @inline(__always)
  mutating func clf(_ line: Span<UInt8>, _ range: Range<Int>) -> EventTime? {
    guard range.count == TimeStamps.clfCount else { return nil }
    let start = range.lowerBound
    let date = line.word(at: start)
    let year = line.word(at: start + 3)
    let zone = line.word(at: start + 18) >> 16
    guard date == self.date, year == self.year, zone == self.zone,
      line[start + 11] == ASCII.colon, let seconds = TimeStamps.timeOfDay(line, at: start + 12)
    else { return renew(line, start, date, year, zone) }
    return EventTime(milliseconds: midnight + Int64(seconds) * 1000)
  }

  private mutating func renew(
    _ line: Span<UInt8>, _ start: Int, _ date: UInt64, _ year: UInt64, _ zone: UInt64
  ) -> EventTime? {
    guard let time = TimeStamps.clf(line, at: start),
      let seconds = TimeStamps.timeOfDay(line, at: start + 12)
    else { return nil }
    // Near the ends of the range another time of this day would be out of it.
    let margin: Int64 = 200_000_000
    if time.milliseconds > margin, time.milliseconds < TimeStamps.maximum.milliseconds - margin {
      (self.date, self.year, self.zone) = (date, year, zone)
      midnight = time.milliseconds - Int64(seconds) * 1000
    }
    return time
  }
}
