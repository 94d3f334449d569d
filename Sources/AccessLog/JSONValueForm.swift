/// How a value of a JSON line is read where its meaning is not that of a template's variable.
enum JSONValueForm: UInt8, Sendable {
  /// As a variable with the same use.
  case plain
  /// An instant: a number in the unit of the map, or a text that says by its form what it is.
  case time
  /// An instant that is spelled as the map says.
  case timePattern
  /// A number in the unit of the map, or a text with its own: `1.5ms`, `0.05s`, `1m30s`.
  case duration
  /// An address, or a list of them.
  case address
  /// A word among those that mean that the request was throttled.
  case mark
}

extension RecordFields {
  /// Reads `range` of `line`, which is not empty, as `form` has it.
  mutating func set(
    _ form: JSONValueForm, _ use: FieldUse, _ range: Range<Int>, of line: Span<UInt8>
  ) throws(MalformedLine) {
    if form == .time, let found = time(use, range, line) {
      time = found
      return
    }
    var use = use
    if form == .duration, line[range.upperBound - 1].isLetter { use.unit = .goDuration }
    try set(use, range, of: line, isEscaped: false)
  }

  /// The instant, where the text's form alone says what it is. No two of these forms, and no
  /// number, look alike; a number's unit is for the map to say.
  private mutating func time(
    _ use: FieldUse, _ range: Range<Int>, _ line: Span<UInt8>
  ) -> EventTime? {
    guard range.count >= 10 else { return nil }
    let start = range.lowerBound
    if line[start + 2] == ASCII.slash, line[start + 6] == ASCII.slash {
      return clockCache.clf(line, range)
    }
    let text = line.extracting(range)
    if line[start + 4] == ASCII.dash {
      isWallClock = TimeStamps.lacksZone(text)
      return TimeStamps.rfc3339(text)
    }
    if line[start + 9].isDigit, use.unit == .epochSeconds, let time = Self.finerEpoch(text) {
      return time
    }
    guard let time = SlashDate.time(text) else { return nil }
    isWallClock = true
    return time
  }

  /// Milliseconds, microseconds or nanoseconds where the map says seconds: Caddy's `time_format`
  /// chooses among them. They are told apart by their size, without a guess: from 2001 to 2286
  /// seconds have ten digits, and with so many more they would lie beyond the year 9999.
  private static func finerEpoch(_ text: Span<UInt8>) -> EventTime? {
    var decimals = 3
    while decimals > -6 {
      decimals -= 3
      guard let milliseconds = DecimalNumber.scaled(text, by: decimals) else { continue }
      if milliseconds >= 1_000_000_000_000, milliseconds < 10_000_000_000_000 {
        return EventTime(milliseconds: milliseconds)
      }
    }
    return nil
  }

  /// Of a list of addresses that are all private it is the last: a gateway that logs a list
  /// as the client's address took it from a header, and its end is what the nearest proxy saw.
  mutating func setAddress(
    _ use: FieldUse, _ range: Range<Int>, of line: Span<UInt8>, isEscaped: Bool
  ) throws(MalformedLine) {
    try set(use, range, of: line, isEscaped: isEscaped)
    guard !address.isAbsent, let comma = line.lastIndex(of: ASCII.comma, in: range),
      comma + 1 < range.upperBound, AddressText.isPrivate(line.extracting(address.range))
    else { return }
    try set(use, comma + 1..<range.upperBound, of: line, isEscaped: isEscaped)
  }

  /// What no single field of the line says about the request.
  mutating func completeRequest(_ line: Span<UInt8>) {
    if method.isAbsent { return }
    guard target.isAbsent, path.isAbsent else { return dropPreface(line) }
    // Some gateways log the template that matched and nothing else of the path: `/pets/{id}`,
    // `GET /pets/{id}`.
    guard !route.isAbsent, !route.isEscaped, route.count > 0 else { return }
    if line[route.range.lowerBound] == ASCII.slash {
      path = route
    } else if let request = RequestLine(line, route.range) {
      path = Text(request.target)
    }
  }

  /// Such lines come from a gateway's other parts: start, reload, certificates.
  var saysNothingOfARequest: Bool {
    status < 0 && method.isAbsent && target.isAbsent && path.isAbsent
  }

  /// The preface of HTTP/2 has the shape of a request and is none.
  private mutating func dropPreface(_ line: Span<UInt8>) {
    guard target.count == 1, method.count == 3, line[target.range.lowerBound] == 0x2a,
      line.has("PRI", at: method.range.lowerBound, end: method.range.upperBound)
    else { return }
    method = .absent
    target = .absent
    `protocol` = .absent
  }
}

/// Dates with slashes: `10/21/2024 5:03:09 PM` as Azure writes them, and `2024/10/21 17:03:09`.
enum SlashDate {
  /// What the wall clock showed, as if in UTC.
  static func time(_ text: Span<UInt8>) -> EventTime? {
    var reader = Reader(text: 0, numbers: .init(repeating: 0))
    guard reader.read(text) else { return nil }
    let isYearFirst = reader.digits[0] == 4
    let (year, month, day) =
      isYearFirst
      ? (reader.numbers[0], reader.numbers[1], reader.numbers[2])
      : (reader.numbers[2], reader.numbers[0], reader.numbers[1])
    guard let hour = reader.hour(text), reader.numbers[4] < 60, reader.numbers[5] <= 60,
      let days = TimeStamps.days(year: year, month: month, day: day)
    else { return nil }
    let seconds = days * 86_400 + hour * 3600 + reader.numbers[4] * 60 + reader.numbers[5]
    let milliseconds = Int64(seconds) * 1000 + reader.milliseconds
    guard milliseconds >= 0, milliseconds <= TimeStamps.maximum.milliseconds else { return nil }
    return EventTime(milliseconds: milliseconds)
  }

  /// Six numbers and what stands between and behind them.
  private struct Reader {
    /// How far it is read.
    var text: Int
    var numbers: [6 of Int]
    var digits: [6 of Int] = .init(repeating: 0)

    var milliseconds: Int64 = 0

    private static let separators: [UInt8] = [
      ASCII.slash, ASCII.slash, ASCII.space, ASCII.colon, ASCII.colon,
    ]

    mutating func read(_ bytes: Span<UInt8>) -> Bool {
      for index in 0..<6 {
        while text < bytes.count, bytes[text].isDigit, digits[index] < 4 {
          numbers[index] = numbers[index] * 10 + Int(bytes[text] &- 0x30)
          digits[index] += 1
          text += 1
        }
        guard digits[index] > 0 else { return false }
        if index == 5 { break }
        guard text < bytes.count, bytes[text] == Self.separators[index] else { return false }
        text += 1
      }
      return readFraction(bytes)
    }

    /// `.400`, as Caddy's `wall_milli` and `wall_nano` have it.
    private mutating func readFraction(_ bytes: Span<UInt8>) -> Bool {
      guard text < bytes.count, bytes[text] == ASCII.dot else { return true }
      let start = text + 1
      var weight: Int64 = 100
      text = start
      while text < bytes.count, bytes[text].isDigit {
        milliseconds += Int64(bytes[text] &- 0x30) * weight
        weight /= 10
        text += 1
      }
      return text > start
    }

    /// 0 to 23; with `AM` or `PM` behind the time the clock has twelve hours.
    func hour(_ bytes: Span<UInt8>) -> Int? {
      let hour = numbers[3]
      if text == bytes.count { return hour < 24 ? hour : nil }
      guard hour >= 1, hour <= 12 else { return nil }
      if bytes.has(" AM", at: text, end: bytes.count), text + 3 == bytes.count { return hour % 12 }
      guard bytes.has(" PM", at: text, end: bytes.count), text + 3 == bytes.count else {
        return nil
      }
      return hour % 12 + 12
    }
  }
}
