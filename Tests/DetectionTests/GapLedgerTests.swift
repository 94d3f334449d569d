import Testing

@testable import Detection

@Suite struct GapLedgerTests {
  @Test(arguments: UInt64(1)...30)
  func `gaps are found as in a plain list`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var ledger = GapLedger()
    var list: [(start: Int64, end: Int64)] = []
    for _ in 0..<60 {
      let start = Int64(random.below(10_000))
      let end = start + Int64(random.below(300)) - 20
      ledger.add(start: start, end: end)
      if end > start { list.append((start, end)) }
      for _ in 0..<20 {
        let from = Int64(random.below(10_500))
        let to = from + Int64(random.below(400))
        let found = list.contains { $0.start < to && from < $0.end }
        // An empty span holds nothing, so nothing of it can be missing.
        #expect(ledger.hasGap(from: from, to: to) == (found && from < to), "seed \(seed)")
        let first = ledger.firstGap(from: from, to: to)
        #expect((first != nil) == (found && from < to), "seed \(seed)")
        if let first {
          #expect(first.start < to && from < first.end)
          let earliest = list.filter { $0.start < to && from < $0.end }.map(\.start).min() ?? 0
          #expect(first.start <= earliest, "seed \(seed)")
        }
        let last = list.filter { $0.start < to }.map(\.end).max() ?? .min
        // Later gaps that overlap the last one may prolong it.
        let end = ledger.lastGapEnd(before: to)
        #expect(end == last || (last >= to - 300 && end >= last), "seed \(seed)")
      }
    }
  }

  @Test func `nothing is complete before every source has begun`() {
    var ledger = GapLedger()
    #expect(ledger.isComplete(from: 5, to: 10))
    ledger.sourceBegan(at: 100)
    ledger.sourceBegan(at: 70)
    #expect(!ledger.isComplete(from: 99, to: 200))
    #expect(ledger.isComplete(from: 100, to: 200))
    ledger.add(start: 150, end: 160)
    #expect(!ledger.isComplete(from: 100, to: 200))
    #expect(ledger.isComplete(from: 160, to: 200))
    #expect(ledger.isComplete(from: 100, to: 150))
  }

  @Test func `a gap has no end while its source is silent`() {
    var ledger = GapLedger()
    ledger.open(source: 1, at: 50)
    ledger.open(source: 0, at: 80)
    #expect(ledger.hasGap(from: 1000, to: 1001) && !ledger.hasGap(from: 0, to: 50))
    #expect(ledger.firstGap(from: 60, to: 70)?.start == 50)
    ledger.close(source: 1, at: 60)
    #expect(ledger.hasGap(from: 55, to: 56) && !ledger.hasGap(from: 60, to: 80))
    #expect(ledger.hasGap(from: 1000, to: 1001))
    ledger.close(source: 0, at: 90)
    #expect(!ledger.hasGap(from: 90, to: 5000))
  }

  @Test func `gaps beyond the bound are counted, and merged ones need no room`() {
    var ledger = GapLedger(countMax: 3)
    for index in 0..<5 as Range<Int64> { ledger.add(start: index * 10, end: index * 10 + 2) }
    #expect(ledger.gaps.count == 3 && ledger.refusedCount == 2)
    ledger.add(start: 1, end: 13)
    #expect(ledger.gaps == [.init(start: 0, end: 13), .init(start: 20, end: 22)])
  }

  @Test func `thousands of gaps are looked up quickly`() {
    var ledger = GapLedger()
    for index in 0..<4096 as Range<Int64> { ledger.add(start: index * 10, end: index * 10 + 2) }
    var found = 0
    for index in 0..<200_000 as Range<Int64> where ledger.hasGap(from: index, to: index + 1) {
      found += 1
    }
    #expect(found == 8192)
  }
}
