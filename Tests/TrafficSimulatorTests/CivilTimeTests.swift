import Testing

@testable import TrafficSimulator

@Suite struct CivilTimeTests {
  @Test func `a day and its date belong together for four centuries`() {
    for day in -1000..<146_097 {
      let date = CivilTime(day: day)
      let again = CivilTime(year: date.year, month: date.month, dayOfMonth: date.dayOfMonth)
      #expect(again == date)
    }
  }

  @Test(arguments: [
    ("1970-01-01", 0, 3), ("2000-02-29", 11_016, 1), ("2026-03-07", 20_519, 5),
    ("2026-12-31", 20_818, 3),
  ])
  func `known days`(text: String, day: Int, weekday: Int) throws {
    let date = try #require(CivilTime(text: text))
    #expect(date.day == day)
    #expect(date.weekday == weekday)
    #expect(date.text == text)
    #expect(date.compactText == text.replacing("-", with: ""))
  }

  @Test(arguments: ["", "2026-02-30", "2026-3-7", "26-03-07", "2026-13-01", "2026-03-07T00", "x"])
  func `what is no date`(text: String) { #expect(CivilTime(text: text) == nil) }

  @Test func `a time as RFC 3339 writes it`() {
    #expect(CivilTime.rfc3339(second: 20_519 * 86_400 + 3661) == "2026-03-07T01:01:01Z")
  }
}
