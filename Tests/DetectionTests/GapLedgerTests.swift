import Testing

@testable import Detection

@Suite struct GapLedgerTests {
  @Test(arguments: [
    (0, 100, false), (100, 101, true), (150, 160, true), (199, 300, true), (200, 300, false),
    (0, 300, true),
  ])
  func `a span has a gap where they overlap`(start: Int64, end: Int64, has: Bool) {
    #expect(Self.ledger.hasGap(from: start, to: end) == has)
    #expect((Self.ledger.firstGap(from: start, to: end) != nil) == has)
    #expect(Self.ledger.isComplete(from: start, to: end) == !has)
  }

  // A series that was read up to within a gap asked so, and for ever.
  @Test func `an empty span has none, wherever it lies`() {
    #expect(!Self.ledger.hasGap(from: 150, to: 150))
    #expect(Self.ledger.firstGap(from: 150, to: 150) == nil)
  }

  @Test func `gaps are found by their start, in whatever order they came`() {
    var ledger = Self.ledger
    ledger.add(start: 10, end: 20)
    #expect(ledger.firstGap(from: 0, to: 1000)?.start == 10)
    #expect(ledger.firstGap(from: 20, to: 1000)?.start == 100)
  }

  @Test func `what lies before the first record of a source is not complete`() {
    var ledger = GapLedger()
    ledger.sourceBegan(at: 50)
    #expect(!ledger.isComplete(from: 49, to: 60))
    #expect(ledger.isComplete(from: 50, to: 60))
  }

  private static var ledger: GapLedger {
    var ledger = GapLedger()
    ledger.add(start: 100, end: 200)
    return ledger
  }
}
