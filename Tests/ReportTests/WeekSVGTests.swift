import AccessLog
import Baselines
import Testing

@testable import Detection
@testable import Report

/// A learnt week as a drawing.
@Suite struct WeekSVGTests {
  private func week(_ entity: String, hours: [LearntWeek.Hour?]) -> LearntWeek {
    LearntWeek(
      entity: entity, time: EventTime(seconds: 1_795_251_600), unit: "requests",
      windowSeconds: 300, zone: "Europe/Oslo", windowCount: 4032, hours: hours, hourOfWeek: 9,
      seen: 20, judgements: [])
  }

  private let hour = LearntWeek.Hour(mean: 10, low: 4, high: 16, knowledge: .week)

  @Test func `every hour has its band, and what is not known is shown as that`() {
    let hours = (0..<168).map { $0 < 24 ? nil : hour }
    let text = WeekSVG([week("northwind", hours: hours)]).text
    #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(text.ranges(of: "class=\"band\"").count == 144)
    #expect(text.ranges(of: "class=\"unknown\"").count == 24)
    // The line begins where the first known hour does, and is not broken after it.
    #expect(text.ranges(of: "M").count == text.ranges(of: "Mon").count + 1)
    #expect(text.contains("now: 20 so far"))
  }

  @Test func `an entity's name cannot become markup`() {
    let hostile = "\u{1B}]0;x\u{7}</text></svg><script>alert(1)</script>\"'\u{202E}"
    let text = WeekSVG([week(hostile, hours: Array(repeating: hour, count: 168))]).text
    #expect(!text.contains("<script") && text.contains("&lt;script&gt;"))
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"))
    #expect(text.ranges(of: "</svg>").count == 1)
  }

  @Test func `weeks stand below one another, and one of which nothing is known is drawn, too`() {
    let unknown = week("new", hours: Array(repeating: nil, count: 168))
    let text = WeekSVG([unknown, week("old", hours: Array(repeating: hour, count: 168))]).text
    #expect(text.contains("translate(0 240)") && text.contains("height=\"480\""))
    #expect(!text.contains("nan") && !text.contains("inf"))
  }
}
