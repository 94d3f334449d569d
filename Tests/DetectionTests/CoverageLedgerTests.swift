import Testing

@testable import AccessLog
@testable import Detection

@Suite struct CoverageLedgerTests {
  @Test(arguments: UInt64(1)...10)
  func `minutes are counted wherever they come`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var ledger = CoverageLedger()
    var counts: [Int64: [Int64]] = [:]
    for _ in 0..<2000 {
      let minute = monday / 60 + Int64(random.below(300))
      let kind = random.below(3)
      let time = minute * 60_000 + Int64(random.below(60_000))
      if kind == 0 { ledger.addParsed(at: time) }
      if kind == 1 { ledger.addUnparsed(at: time) }
      if kind == 2 { ledger.addLate(at: time) }
      counts[minute, default: [0, 0, 0]][kind] += 1
    }
    #expect(ledger.minutes.map(\.number) == counts.keys.sorted())
    for minute in ledger.minutes {
      #expect([minute.parsed, minute.unparsed, minute.late] == counts[minute.number])
    }
    let spans = ledger.spans(gaps: [])
    #expect(spans.reduce(Int64(0)) { $0 + $1.parsed + $1.unparsed + $1.late } == 2000)
    for (a, b) in zip(spans, spans.dropFirst()) {
      #expect(a.end <= b.start)
      #expect(b.start.seconds / day > a.start.seconds / day)
    }
  }

  @Test func `spans are cut at midnight and where bytes are missing, not where nobody asked`() {
    var ledger = CoverageLedger()
    for minute in [1430, 1439, 1440, 1441, 1443, 1450] as [Int64] {
      ledger.addParsed(at: monday * 1000 + minute * 60_000)
    }
    let gap = EngineStatistics.Gap(
      source: "edge", start: EventTime(seconds: monday + 1443 * 60 + 30),
      end: EventTime(seconds: monday + 1450 * 60 + 10))
    let spans = ledger.spans(gaps: [gap])
    #expect(spans.map { ($0.end.seconds - $0.start.seconds) / 60 } == [10, 4, 1])
    #expect(ledger.spans(gaps: []).count == 2)
  }

  @Test(arguments: UInt64(1)...10)
  func `what changed since it was taken makes the same ledger, a piece at a time`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var ledger = CoverageLedger()
    var kept: [Int64: CoverageSpan] = [:]
    var takenCount = 0
    for hour in 0..<120 {
      for _ in 0..<random.below(40) {
        let late = random.below(10) == 0 ? random.below(2000) : 0
        ledger.addParsed(at: monday * 1000 + Int64(hour * 60 - late) * 60_000)
      }
      let spans = ledger.takeChanged(gaps: [])
      takenCount += spans.count
      for span in spans { kept[span.start.seconds] = span }
      #expect(ledger.takeChanged(gaps: []).isEmpty)
    }
    // A late minute may have moved the beginning of its day.
    let spans = ledger.spans(gaps: [])
    #expect(spans.allSatisfy { kept[$0.start.seconds] == $0 })
    #expect(takenCount < 120 * spans.count / 2)
  }
}
