import Baselines
import Detection
import Testing

@Suite struct WeeklyHoursTests {
  private static let hour: Int64 = 3_600_000
  /// 2026-01-05T00:00:00Z.
  private static let monday: Int64 = 1_767_571_200_000

  private func hours(_ spans: Range<Int64>..., zone: ZoneTransitions = .utc) -> WeeklyHours {
    WeeklyHours(
      text: "", zone: zone,
      spans: spans.map { $0.lowerBound * Self.hour..<$0.upperBound * Self.hour })
  }

  private func covers(_ hours: WeeklyHours, _ start: Int64, _ end: Int64) -> Bool {
    hours.covers(from: Self.monday + start * Self.hour, to: Self.monday + end * Self.hour)
  }

  @Test func `a time lies within one of them as a whole`() {
    let working = hours(8..<18, 32..<42)
    #expect(covers(working, 8, 18) && covers(working, 32, 33) && covers(working, 168 + 8, 168 + 9))
    #expect(!covers(working, 7, 9) && !covers(working, 17, 19) && !covers(working, 17, 33))
    #expect(!covers(working, 20, 21) && covers(working, -168 + 9, -168 + 10))
  }

  @Test func `what touches or overlaps is one`() {
    #expect(hours(8..<12, 12..<14, 13..<18).spans == [8 * Self.hour..<18 * Self.hour])
  }

  @Test func `the week goes on from Sunday to Monday`() {
    let night = hours(0..<6, 160..<168)
    #expect(covers(night, 167, 170) && !covers(night, 167, 175))
    #expect(night.longest == 14 * Self.hour && hours(3..<5, 9..<10).longest == 2 * Self.hour)
  }

  @Test func `they are those of a place, also when its clocks go forward`() {
    // An hour east of UTC, and from Monday noon on two.
    let zone = ZoneTransitions(
      name: "X", initialOffset: 3600,
      transitions: [(seconds: Self.monday / 1000 + 12 * 3600, offset: 7200)])
    let working = hours(8..<10, 32..<34, zone: zone)
    #expect(covers(working, 7, 9) && !covers(working, 8, 10))
    #expect(covers(working, 30, 32) && !covers(working, 31, 33))
  }
}
