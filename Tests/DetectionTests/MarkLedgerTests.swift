import AccessLog
import Testing

@testable import Detection

@Suite struct MarkLedgerTests {
  private func mark(_ name: String, _ second: Int64) -> Mark {
    Mark(name: name, time: EventTime(seconds: second))
  }

  @Test func `the last mark of a name is found, whenever it was told`() {
    var ledger = MarkLedger()
    for mark in [mark("deploy", 30), mark("campaign", 20), mark("deploy", 10)] { ledger.add(mark) }
    #expect(ledger.last(named: "deploy", through: 9_999) == nil)
    #expect(ledger.last(named: "deploy", through: 10_000) == 10_000)
    #expect(ledger.last(named: "deploy", through: 29_999) == 10_000)
    #expect(ledger.last(named: "deploy", through: .max) == 30_000)
    #expect(ledger.last(named: "campaign", through: .max) == 20_000)
  }

  @Test func `the order in which marks are told does not matter, nor how often`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let marks = (0..<200).map { _ in
      mark(["a", "b", "c"][Int(random.next() % 3)], Int64(random.next() % 50))
    }
    var (one, other) = (MarkLedger(), MarkLedger())
    for mark in marks { one.add(mark) }
    for mark in marks.reversed() + marks { other.add(mark) }
    #expect(one.marks == other.marks, "seed \(seed)")
  }

  @Test func `the oldest are forgotten and counted where there are too many`() {
    var ledger = MarkLedger()
    for second in 0..<Int64(MarkLedger.markCountMax) + 3 { ledger.add(mark("deploy", second)) }
    #expect(ledger.marks.count == MarkLedger.markCountMax)
    #expect(ledger.droppedCount == 3)
    #expect(ledger.marks.first == mark("deploy", 3))
  }

  @Test(arguments: [
    ("deploy", true), ("v2-4", true), ("", false), ("Deploy", false), ("a b", false),
    (String(repeating: "a", count: 101), false),
  ])
  func `names are words`(name: String, isLegal: Bool) {
    #expect(Mark.isLegal(name: name) == isLegal)
  }
}
