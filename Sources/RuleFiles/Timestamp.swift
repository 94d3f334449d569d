import AccessLog

/// Times as people write them: RFC 3339, or a date, which is its first instant in UTC.
enum Timestamp {
  /// `2026-01-01`, `2026-01-01T08:00:00Z`, `2026-01-01 08:00:00.250+02:00`.
  static func time(_ text: String) -> EventTime? {
    var digits = Digits(text)
    guard let date = digits.date() else { return nil }
    let midnight = EventTime(seconds: date * 86_400)
    if digits.isAtEnd { return midnight }
    guard digits.skip("Tt "), let clock = digits.timeOfDay(), let offset = digits.zone(),
      digits.isAtEnd
    else { return nil }
    return EventTime(milliseconds: midnight.milliseconds + clock - offset)
  }

  /// `10:00:03` or `10:00`: milliseconds after midnight.
  static func timeOfDay(_ text: String) -> Int64? {
    var digits = Digits(text)
    guard let clock = digits.timeOfDay(), digits.isAtEnd else { return nil }
    return clock
  }

  /// Days since the epoch of a date of the proleptic Gregorian calendar, by Howard Hinnant's
  /// `days_from_civil`.
  static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted.floorDivided(by: 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private struct Digits {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { at == bytes.count }

    /// Skips one byte if it is one of `any`.
    mutating func skip(_ any: String) -> Bool {
      let isOne = at < bytes.count && any.utf8.contains(bytes[at])
      if isOne { at += 1 }
      return isOne
    }

    private var digit: Int64? {
      guard at < bytes.count, (48...57).contains(bytes[at]) else { return nil }
      return Int64(bytes[at] - 48)
    }

    mutating func number(_ count: Int) -> Int64? {
      var value: Int64 = 0
      for _ in 0..<count {
        guard let digit else { return nil }
        value = value * 10 + digit
        at += 1
      }
      return value
    }

    mutating func date() -> Int64? {
      guard let year = number(4), skip("-"), let month = number(2), skip("-"),
        let day = number(2)
      else { return nil }
      return Timestamp.days(year: year, month: month, day: day)
    }

    mutating func timeOfDay() -> Int64? {
      guard let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60 else {
        return nil
      }
      var milliseconds = (hour * 60 + minute) * 60_000
      if skip(":") {
        // A leap second is the last instant of its minute.
        guard let second = number(2), second <= 60 else { return nil }
        milliseconds += min(second, 59) * 1000
        if skip(".") {
          guard let fraction = fraction() else { return nil }
          milliseconds += fraction
        }
      }
      return milliseconds
    }

    private mutating func fraction() -> Int64? {
      var value: Int64 = 0
      var weight: Int64 = 100
      guard digit != nil else { return nil }
      while let digit {
        value += digit * weight
        weight /= 10
        at += 1
      }
      return value
    }

    /// Milliseconds east of UTC; none is UTC.
    mutating func zone() -> Int64? {
      if isAtEnd || skip("Zz") { return 0 }
      let isWest = at < bytes.count && bytes[at] == UInt8(ascii: "-")
      guard skip("+-"), let hours = number(2), hours < 24 else { return nil }
      _ = skip(":")
      guard let minutes = number(2), minutes < 60 else { return nil }
      return (hours * 60 + minutes) * (isWest ? -60_000 : 60_000)
    }
  }
}
