import Testing

@testable import Report

@Suite struct TimeAxisTests {
  /// Saturday 21 November 2026, 09:00 UTC.
  private static let start: Int64 = 1_795_251_600

  @Test(
    arguments: [
      (3600, ["09:10", "09:20", "09:30", "09:40", "09:50"]),
      (86_400, ["12:00", "15:00", "18:00", "21:00", "11-22", "03:00", "06:00"]),
      (14 * 86_400, ["11-23", "11-25", "11-27", "11-29", "12-01", "12-03"]),
    ] as [(Int64, [String])])
  func `ticks stand at round times`(span: Int64, texts: [String]) {
    let axis = TimeAxis(start: Self.start, end: Self.start + span)
    #expect(axis.ticks.map(\.text) == texts)
  }

  @Test(arguments: [60, 3600, 86_400, 10_000_000, 1_000_000_000, 250_000_000_000] as [Int64])
  func `there are few ticks, in order and within`(span: Int64) {
    let ticks = TimeAxis(start: 0, end: span).ticks
    #expect(ticks.count <= 10)
    #expect(ticks.map(\.place) == ticks.map(\.place).sorted())
    #expect(ticks.allSatisfy { $0.place > 0 && $0.place < 1 })
  }

  @Test func `an empty span has none`() {
    #expect(TimeAxis(start: 5, end: 5).ticks.isEmpty)
  }
}
