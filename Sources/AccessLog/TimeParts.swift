/// What the parts of a time pattern said, on the way to an instant. Several variables of one line
/// may give them: `%{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t`, or a date and a time of day.
struct TimeParts {
  private var year = -1
  private var month = 0
  private var day = 0
  private var dayOfYear = 0
  private var hour = -1
  private var minute = 0
  private var second = 0
  private var milliseconds: Int64 = 0
  private var halfHours = 0
  private var zoneSeconds: Int?
  private var epochMilliseconds: Int64 = -1

  /// Where what stands from `start` on ends, if it is spelled as `pattern` says.
  mutating func read(
    _ pattern: Span<TimePattern.Part>, _ text: Span<UInt8>, from start: Int
  ) -> Int? {
    var at = start
    for index in pattern.indices {
      guard let end = read(pattern[index], text, at) else { return nil }
      at = end
    }
    return at
  }

  /// The instant; `nil` where the parts make none.
  /// - Parameters:
  ///   - zone: holds where no part told the zone.
  ///   - referenceDay: days since the epoch; where no part told the year, it is the one that
  ///     brings the time nearest to that day.
  func time(zone: LocalZone, referenceDay: Int?) -> EventTime? {
    if epochMilliseconds >= 0 {
      let value = epochMilliseconds + (epochMilliseconds % 1000 == 0 ? milliseconds : 0)
      guard value <= TimeStamps.maximum.milliseconds else { return nil }
      return EventTime(milliseconds: value)
    }
    guard let days = days(referenceDay), hour >= 0,
      let seconds = TimeStamps.timeOfDay(hour + halfHours, minute, second)
    else { return nil }
    let wallClock = Int64(days * 86_400 + seconds)
    let offset = zoneSeconds.map { Int64($0) } ?? zone.offset(atWallClock: wallClock)
    let value = (wallClock - offset) * 1000 + milliseconds
    guard value >= 0, value <= TimeStamps.maximum.milliseconds else { return nil }
    return EventTime(milliseconds: value)
  }

  private func days(_ referenceDay: Int?) -> Int? {
    if year >= 0 { return days(in: year) }
    guard let referenceDay else { return nil }
    let nearest = 1970 + referenceDay * 400 / 146_097
    var best: Int?
    for year in nearest - 1...nearest + 1 {
      guard let days = days(in: year) else { continue }
      if abs(days - referenceDay) < abs((best ?? .max / 2) - referenceDay) { best = days }
    }
    return best
  }

  private func days(in year: Int) -> Int? {
    if dayOfYear > 0 {
      guard dayOfYear <= 366, let first = TimeStamps.days(year: year, month: 1, day: 1) else {
        return nil
      }
      return first + dayOfYear - 1
    }
    return TimeStamps.days(year: year, month: month, day: day)
  }

  // MARK: - One part

  @inline(__always)
  private mutating func read(
    _ part: TimePattern.Part, _ text: Span<UInt8>, _ at: Int
  ) -> Int? {
    switch part.kind {
    case .literal: return at < text.count && text[at] == part.value ? at + 1 : nil
    case .year: return digits(4, text, at, &year)
    case .month: return digits(2, text, at, &month)
    case .day: return padded(text, at, &day)
    case .hour: return padded(text, at, &hour)
    case .minute: return digits(2, text, at, &minute)
    case .second: return digits(2, text, at, &second)
    case .monthName:
      guard at + 3 <= text.count else { return nil }
      month = TimeStamps.month(text, at: at)
      return month > 0 ? at + 3 : nil
    case .fraction: return fraction(Int(part.value), text, at)
    case .zone: return zone(text, at)
    default: return readRare(part, text, at)
    }
  }

  private mutating func readRare(
    _ part: TimePattern.Part, _ text: Span<UInt8>, _ at: Int
  ) -> Int? {
    switch part.kind {
    case .shortYear:
      guard let end = digits(2, text, at, &year) else { return nil }
      // As POSIX has it: 69 is 1969, which is refused, and 68 is 2068.
      year += year < 69 ? 2000 : 1900
      return end
    case .dayOfYear: return digits(3, text, at, &dayOfYear)
    case .hour12:
      guard let end = padded(text, at, &hour), hour >= 1, hour <= 12 else { return nil }
      hour %= 12
      return end
    case .half: return half(text, at)
    case .optionalFraction:
      guard at < text.count, text[at] == ASCII.dot else { return at }
      return fraction(0, text, at + 1)
    case .epochSeconds: return epoch(3, text, at, digits: Int(part.value))
    case .epochMilliseconds: return epoch(0, text, at)
    case .epochMicroseconds: return epoch(-3, text, at)
    case .zoneName:
      let end = endOfWord(text, at)
      let isUTC = text.has("UTC", at: at, end: end) || text.has("GMT", at: at, end: end)
      // Other names are not told apart: IST is a zone of three countries.
      guard isUTC, end == at + 3 else { return nil }
      zoneSeconds = 0
      return end
    default: return endOfWord(text, at)
    }
  }

  private func endOfWord(_ text: Span<UInt8>, _ at: Int) -> Int {
    var end = at
    while end < text.count, text[end].isLetter { end += 1 }
    return end
  }

  @inline(__always)
  private func digits(
    _ count: Int, _ text: Span<UInt8>, _ at: Int, _ value: inout Int
  ) -> Int? {
    guard at + count <= text.count else { return nil }
    var sum = 0
    for index in at..<at + count {
      guard text[index].isDigit else { return nil }
      sum = sum * 10 + Int(text[index] &- ASCII.zero)
    }
    value = sum
    return at + count
  }

  /// Two digits, of which the first may be a space or missing: ` 9`.
  @inline(__always)
  private func padded(_ text: Span<UInt8>, _ at: Int, _ value: inout Int) -> Int? {
    if at + 1 < text.count, text[at + 1].isDigit {
      return text[at] == ASCII.space ? digits(1, text, at + 1, &value) : digits(2, text, at, &value)
    }
    return digits(1, text, at, &value)
  }

  private mutating func fraction(_ count: Int, _ text: Span<UInt8>, _ at: Int) -> Int? {
    var end = at
    var weight: Int64 = 100
    milliseconds = 0
    while end < text.count, text[end].isDigit, count == 0 || end < at + count {
      milliseconds += Int64(text[end] &- ASCII.zero) * weight
      weight /= 10
      end += 1
    }
    return end > at && (count == 0 || end == at + count) ? end : nil
  }

  /// `+0100`, `+01:00` or `Z`.
  private mutating func zone(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at < text.count else { return nil }
    if text[at] == UInt8(ascii: "Z") {
      zoneSeconds = 0
      return at + 1
    }
    guard at + 5 <= text.count else { return nil }
    let hasColon = text[at + 3] == ASCII.colon
    guard at + (hasColon ? 6 : 5) <= text.count,
      let seconds = TimeStamps.zoneSeconds(text, at: at, hasColon: hasColon)
    else { return nil }
    zoneSeconds = seconds
    return at + (hasColon ? 6 : 5)
  }

  private mutating func half(_ text: Span<UInt8>, _ at: Int) -> Int? {
    guard at + 2 <= text.count, text[at + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
    switch text[at] | 0x20 {
    case UInt8(ascii: "a"): halfHours = 0
    case UInt8(ascii: "p"): halfHours = 12
    default: return nil
    }
    return at + 2
  }

  /// - Parameter digits: so many, or all that there are.
  private mutating func epoch(
    _ decimals: Int, _ text: Span<UInt8>, _ at: Int, digits: Int = 0
  ) -> Int? {
    var end = at
    while end < text.count, text[end].isDigit, digits == 0 || end < at + digits { end += 1 }
    guard end > at, digits == 0 || end == at + digits,
      let value = DecimalNumber.scaled(text.extracting(at..<end), by: decimals)
    else { return nil }
    epochMilliseconds = value
    return end
  }
}
