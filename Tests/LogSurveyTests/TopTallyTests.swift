import Testing

@testable import LogSurvey

@Suite struct TopTallyTests {
  @Test func `the most frequent come first, of equals the first seen`() {
    var tally = TopTally()
    for index: UInt32 in [5, 3, 3, 9, 5, 3] { tally.add(index) }
    #expect(tally.top(2).map(\.index) == [3, 5])
    #expect(tally.top(9).map(\.count) == [3, 2, 1])
  }

  @Test func `it stays small, and every addition is counted`() {
    var tally = TopTally(heldCountMax: 8)
    for index: UInt32 in 0..<10_000 {
      tally.add(index)
      tally.add(99_999)
    }
    #expect(tally.heldCount <= 8)
    #expect(tally.total == 20_000)
    #expect(tally.top(1).first?.index == 99_999)
    #expect(!tally.isExact)
    #expect(tally.top(8).reduce(0) { $0 + $1.count } + tally.otherCount == tally.total)
  }
}
