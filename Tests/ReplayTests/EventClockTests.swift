import Testing

@testable import tollwatch

@Suite struct EventClockTests {
  private let clock = EventClock(time: 1_000, moment: 50_000)

  @Test func `what passed since is what the clock that does not jump says`() {
    #expect(clock.missed(until: 53_000, since: 1_000) == 3_000)
  }

  @Test func `where something was read since, that tells the time`() {
    #expect(clock.missed(until: 53_000, since: 1_001) == 0)
  }

  @Test func `after the machine was started anew it is as long as that was at least`() {
    #expect(clock.missed(until: 7_000, since: 1_000) == 7_000)
  }

  @Test func `it is the same when it was in the database`() {
    #expect(EventClock(clock.text) == clock)
    for text in ["", "1", "1 x", "1 2 3"] { #expect(EventClock(text) == nil) }
  }
}
