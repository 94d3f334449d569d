import AccessLog
import Baselines
import Detection
import Report
import Terminal

/// Learnt weeks for people, for programs, and as a drawing.
struct LearntWeekReport {
  private let weeks: [LearntWeek]

  init(_ weeks: [LearntWeek]) { self.weeks = weeks }

  /// The drawings, one below the other.
  var svg: String { WeekSVG(weeks).text }

  // MARK: - text

  func text(on screen: Screen) -> String {
    lines(columns: screen.columns, isColored: screen.isColored).joined(separator: "\n")
  }

  func lines(columns: Int?, isColored: Bool) -> [String] {
    weeks.flatMap { Self.lines(of: $0, columns, isColored) + [""] }.dropLast()
  }

  private static func lines(
    of week: LearntWeek, _ columns: Int?, _ isColored: Bool
  ) -> [String] {
    func wrapped(_ text: String, margin: Int = 0) -> [String] {
      let text = TerminalText.escaped(text)
      let lines = columns.map { DisplayWidth.wrap(text, to: $0 - margin) } ?? [text]
      return lines.map { String(repeating: " ", count: margin) + $0 }
    }
    let length = Quantity.duration(seconds: week.windowSeconds)
    return wrapped("\(week.entity): \(week.unit) in \(length), by \(week.time.rfc3339)")
      + wrapped("\(learnt(week)); hours are those of \(week.zone)") + [""]
      + drawing(week, isColored) + [""]
      + wrapped("now, \(name(ofHour: week.hourOfWeek)): \(Quantity.number(week.seen)) so far")
      + week.judgements.flatMap { judgement in
        let texts = [judgement.reason].compactMap(\.self) + judgement.numbers.map(\.text)
        return wrapped("\(judgement.rule): \(judgement.verdict.rawValue)")
          + texts.flatMap { wrapped($0, margin: 2) }
      }
  }

  /// `learnt from 6,048 windows: 21 days`.
  private static func learnt(_ week: LearntWeek) -> String {
    guard week.windowCount > 0 else { return "nothing is learnt yet" }
    let span = Quantity.duration(seconds: week.windowCount * week.windowSeconds)
    let known = week.hours.compactMap(\.self)
    let weekly = known.count { $0.knowledge == .week }
    return "learnt from \(Quantity.count(week.windowCount, "window")): \(span); "
      + "of 168 hours \(weekly) are known by the week, \(known.count - weekly) by the day alone"
  }

  static let dayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// `Mon 09:00`.
  private static func name(ofHour hour: Int) -> String {
    "\(dayNames[hour / 24]) \(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
  }

  // MARK: - drawing

  /// A row a day, two characters an hour; the hour at hand is marked.
  private static func drawing(_ week: LearntWeek, _ isColored: Bool) -> [String] {
    let top = week.hours.compactMap { $0?.mean }.max() ?? 0
    let scale = "     " + stride(from: 0, to: 24, by: 3).map(hourLabel).joined() + " usual"
    return [scale]
      + dayNames.indices.map { day in
        let hours = Array(week.hours[day * 24..<day * 24 + 24])
        let isToday = week.hourOfWeek / 24 == day
        let bars = blocks(hours, top: top, marked: isToday ? week.hourOfWeek % 24 : nil, isColored)
        return "\(isToday ? ">" : " ")\(dayNames[day]) \(bars)  \(range(hours))"
      } + ["     · not known yet"].filter { _ in week.hours.contains(nil) }
  }

  private static func hourLabel(_ hour: Int) -> String {
    (hour < 10 ? "0\(hour)" : "\(hour)") + "    "
  }

  private static func blocks(
    _ hours: [LearntWeek.Hour?], top: Double, marked: Int?, _ isColored: Bool
  ) -> String {
    hours.enumerated().map { hour, known in
      // What is known to be nothing must not look like what is not known.
      let bar = known.map { max($0.mean, top / 1e6) } ?? 0
      let text = SparkLine([bar, bar]).text(ceiling: max(top, 1e-9))
      return isColored && hour == marked ? TextStyle.cyan.applied(to: text) : text
    }.joined()
  }

  /// `0.2 to 31`, of the hours that are known.
  private static func range(_ hours: [LearntWeek.Hour?]) -> String {
    let means = hours.compactMap { $0?.mean }
    guard let least = means.min(), let most = means.max() else { return "" }
    let (low, high) = (Quantity.number(least), Quantity.number(most))
    return low == high ? low : "\(low) to \(high)"
  }

  // MARK: - JSON

  private struct Page: Encodable {
    struct Hour: Encodable {
      var hourOfWeek: Int
      var mean: Double
      var low: Double
      var high: Double
      var knowledge: String
    }

    struct Judgement: Encodable {
      var rule: String
      var verdict: String
      var reason: String?
      var numbers: [String]
    }

    struct Week: Encodable {
      var entity: String
      var time: String
      var unit: String
      var windowSeconds: Int64
      var zone: String
      var windowCount: Int64
      var hourOfWeek: Int
      var seen: Double
      var hours: [Hour]
      var judgements: [Judgement]
    }

    var weeks: [Week]
  }

  /// One object; hours that are not known are not in it.
  var json: String { JSONPage.text(Page(weeks: weeks.map(Self.page(of:)))) }

  private static func page(of week: LearntWeek) -> Page.Week {
    Page.Week(
      entity: week.entity, time: week.time.rfc3339, unit: week.unit,
      windowSeconds: week.windowSeconds, zone: week.zone, windowCount: week.windowCount,
      hourOfWeek: week.hourOfWeek, seen: week.seen,
      hours: week.hours.enumerated().compactMap { index, hour in
        hour.map {
          Page.Hour(
            hourOfWeek: index, mean: $0.mean, low: $0.low, high: $0.high,
            knowledge: $0.knowledge.word)
        }
      },
      judgements: week.judgements.map {
        Page.Judgement(
          rule: $0.rule, verdict: $0.verdict.rawValue, reason: $0.reason,
          numbers: $0.numbers.map(\.text))
      })
  }
}

extension Baseline.Knowledge {
  fileprivate var word: String {
    switch self {
    case .none: "none"
    case .otherDayType: "other_day_type"
    case .day: "hour_of_day"
    case .week: "hour_of_week"
    }
  }
}
