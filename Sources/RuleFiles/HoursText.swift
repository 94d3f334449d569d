import Baselines
import Detection

/// Hours of the week as people write them: `Mon-Fri 08:00-18:00 Europe/Oslo`.
enum HoursText {
  struct Fault: Error {
    var message: String
    var suggestion: String?
  }

  private static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let dayMilliseconds: Int64 = 86_400_000

  /// Days, times and a zone, each of which may be left out: every day, all day, UTC.
  static func hours(_ text: String) throws(Fault) -> WeeklyHours {
    var (chosen, times, zone) = ([Int](), [Range<Int64>](), ZoneTransitions?.none)
    for word in text.split(separator: " ") {
      if word.first?.isNumber == true {
        times += try list(word, time)
      } else if let first = days(in: word) {
        chosen += first
      } else {
        guard zone == nil else { throw Fault(message: "'\(text)' names two time zones") }
        zone = try Self.zone(String(word))
      }
    }
    let spans = (chosen.isEmpty ? Array(0..<7) : chosen).flatMap { day in
      (times.isEmpty ? [0..<dayMilliseconds] : times).flatMap { Self.spans(of: $0, on: day) }
    }
    return WeeklyHours(text: text, zone: zone ?? .utc, spans: spans)
  }

  private static func list<Value>(
    _ word: Substring, _ read: (Substring) throws(Fault) -> Value
  ) throws(Fault) -> [Value] {
    var values: [Value] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false) {
      values.append(try read(part))
    }
    return values
  }

  // MARK: - days

  /// `Mon-Fri`, `Sat,Sun`, `Fri-Mon`; `nil` where it is no day at all.
  private static func days(in word: Substring) -> [Int]? {
    var found: [Int] = []
    for part in word.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false)
        .map { end in dayNames.firstIndex { $0.lowercased() == end.lowercased() } }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1]
      else { return nil }
      found += first <= last ? Array(first...last) : Array(first..<7) + Array(0...last)
    }
    return found
  }

  // MARK: - times

  /// `08:00-18:00`; `22:00-06:00` ends on the next day.
  private static func time(_ text: Substring) throws(Fault) -> Range<Int64> {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = clock(ends[0]), let end = clock(ends[1]), start != end,
      start < dayMilliseconds
    else { throw Fault(message: "'\(text)' are no times such as 08:00-18:00") }
    return start..<(end > start ? end : end + dayMilliseconds)
  }

  /// `24:00` is the end of a day.
  private static func clock(_ text: Substring) -> Int64? {
    if text == "24:00" { return dayMilliseconds }
    return Timestamp.timeOfDay(String(text))
  }

  private static func spans(of time: Range<Int64>, on day: Int) -> [Range<Int64>] {
    let start = Int64(day) * dayMilliseconds + time.lowerBound
    let end = Int64(day) * dayMilliseconds + time.upperBound
    let week = WeeklyHours.weekMilliseconds
    return end <= week ? [start..<end] : [start..<week, 0..<(end - week)]
  }

  // MARK: - zones

  private static func zone(_ name: String) throws(Fault) -> ZoneTransitions {
    if name == "UTC" { return .utc }
    if let zone = ZoneDatabase.zone(named: name) { return zone }
    let nearest =
      NearestWord.nearest(to: name, among: dayNames) ?? ZoneDatabase.nearest(to: name)
    throw Fault(message: "'\(name)' is neither a day nor a time zone", suggestion: nearest)
  }
}
