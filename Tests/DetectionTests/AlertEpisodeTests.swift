import Testing

@testable import AccessLog
@testable import Detection

@Suite struct AlertEpisodeTests {
  private static let rule = Rule.volume("spike")

  private func verdict(
    at second: Int64, lasting seconds: Int64 = 300, observed: Double = 100, expected: Double = 10,
    score: Double = 7, kind: String = "spike", entity: UInt32 = 0
  ) -> Verdict {
    Verdict(
      rule: 0, entity: Entity(type: .key, index: entity), startedAt: (second - seconds) * 1000,
      detectedAt: second * 1000, kind: kind, observed: observed, expectedLow: 0,
      expectedMid: expected, expectedHigh: 2 * expected, unit: "requests", score: score,
      sampleSize: 5, isLearning: false, reason: "because", resolveAfter: 900_000)
  }

  /// Reports the verdicts, then looks whether the episodes are over, second by second.
  private func run(
    _ verdicts: [Verdict], _ table: EpisodeTable = EpisodeTable(),
    evidence: [EvidenceLine] = []
  ) -> [Alert] {
    var table = table
    var alerts: [Alert] = []
    var deadlines: [(slot: Int, time: Int64)] = []
    func resolve(through now: Int64) {
      var waiting: [(slot: Int, time: Int64)] = []
      for deadline in deadlines {
        var at = deadline.time
        while at <= now {
          guard let next = table.resolveIfQuiet(deadline.slot, resolveAfter: 900_000, now: at)
          else { break }
          at = next
        }
        if at > now { waiting.append((deadline.slot, at)) }
      }
      deadlines = waiting
    }
    for verdict in verdicts {
      resolve(through: verdict.detectedAt)
      let outcome = table.report(
        verdict, rule: Self.rule, labels: EpisodeTable.Labels(entity: "k\(verdict.entity.index)"),
        evidence: evidence, now: verdict.detectedAt)
      if case .opened(let slot) = outcome {
        deadlines.append((slot, verdict.detectedAt + verdict.resolveAfter))
      }
      table.drain(into: &alerts)
    }
    resolve(through: .max / 2)
    table.drain(into: &alerts)
    return alerts
  }

  @Test func `an episode opens, is extended and resolves after its quiet time`() {
    let alerts = run([verdict(at: monday), verdict(at: monday + 300), verdict(at: monday + 1100)])
    #expect(alerts.map(\.revision) == [1, 2])
    #expect(alerts.map(\.state) == [.open, .resolved])
    #expect(alerts[1].endedAt == EventTime(seconds: monday + 1100))
    #expect(alerts[1].revisedAt == EventTime(seconds: monday + 2000))
    #expect(Set(alerts.map(\.id)).count == 1 && alerts[0].id.utf8.count == 32)
  }

  @Test func `identifiers are those of the version, the rule, the entity and the start`() {
    let first = run([verdict(at: monday)])[0].id
    #expect(run([verdict(at: monday, observed: 999, score: 20)])[0].id == first)
    #expect(run([verdict(at: monday, entity: 1)])[0].id != first)
    #expect(run([verdict(at: monday + 1)])[0].id != first)
    #expect(run([verdict(at: monday + 300, lasting: 600)])[0].id == first)
    // It must not change from one release to the next: stores are keyed by it.
    #expect(first == "0d1896596877077b913fc29fa99260ce")
  }

  @Test func `two episodes of one rule and entity never share an identifier`() {
    // The second is found in a window that reaches back to the first one's start.
    let second = monday + 7200
    let alerts = run([
      verdict(at: monday), verdict(at: second, lasting: 7500),
      verdict(at: second + 7200, lasting: 14_700),
    ])
    let opened = alerts.filter { $0.revision == 1 }
    #expect(opened.count == 3 && Set(opened.map(\.id)).count == 3)
    #expect(opened[1].startedAt == EventTime(seconds: monday))
    for (a, b) in zip(opened, opened.dropFirst()) { #expect(a.detectedAt <= b.startedAt) }
  }

  @Test(
    arguments: [
      // Observed values of a spike, and how many revisions are told besides the last.
      ([100, 150, 199], 1), ([100, 200], 2), ([100, 200, 399, 400], 3), ([100, 100, 100, 100], 1),
      ([100, 50, 120], 1), ([0, 0, 0], 1),
    ] as [([Double], Int)])
  func `growth is told when it has doubled`(observed: [Double], count: Int) {
    let verdicts = observed.enumerated().map {
      verdict(at: monday + Int64($0.offset) * 300, observed: $0.element)
    }
    #expect(run(verdicts).count == count + 1)
  }

  @Test func `silence that goes on is told once, not each window`() {
    let verdicts = (0..<100 as Range<Int64>).map {
      verdict(
        at: monday + $0 * 300, observed: 0, expected: 50 + Double($0 % 2), score: 20 + Double($0),
        kind: "drop")
    }
    #expect(run(verdicts).map(\.revision) == [1, 2])
    let deeper = [
      verdict(at: monday, observed: 20, expected: 50, kind: "drop"),
      verdict(at: monday + 300, observed: 0, expected: 90, score: 9, kind: "drop"),
    ]
    #expect(run(deeper).map(\.revision) == [1, 2, 3])
  }

  @Test func `growth with less certainty is not told`() {
    let alerts = run([
      verdict(at: monday, score: 9), verdict(at: monday + 300, observed: 500, score: 8),
    ])
    #expect(alerts.count == 2)
  }

  @Test func `what began before the time to tell from is told when it goes on after it`() {
    var table = EpisodeTable()
    table.detectFrom = (monday + 1000) * 1000
    let all = [verdict(at: monday), verdict(at: monday + 600), verdict(at: monday + 1200)]
    let alerts = run(all, table)
    #expect(alerts.map(\.revision) == [1, 2])
    #expect(alerts[0].detectedAt == EventTime(seconds: monday + 1200))
    #expect(alerts[0].startedAt == EventTime(seconds: monday - 300))
    #expect(run(Array(all[..<2]), table).isEmpty)
    #expect(alerts[0].id == run(all)[0].id)
  }

  @Test func `open episodes are bounded and counted`() {
    var table = EpisodeTable(openCountMax: 3)
    for entity in 0..<5 as Range<UInt32> {
      let verdict = verdict(at: monday, entity: entity)
      _ = table.report(
        verdict, rule: Self.rule, labels: .init(entity: "k\(entity)"), evidence: [],
        now: verdict.detectedAt)
    }
    #expect(table.refusedCount == 2)
    var alerts: [Alert] = []
    table.drain(into: &alerts)
    #expect(alerts.map(\.entity).sorted() == ["k0", "k1", "k2"])
  }

  @Test func `past ends are bounded`() {
    // With room for two, the third pushes out the first.
    let table = EpisodeTable(endCountMax: 2)
    let verdicts = (0..<6 as Range<Int64>).map {
      verdict(at: monday + $0 * 3600, entity: UInt32($0 % 3))
    }
    let alerts = run(verdicts, table)
    #expect(Set(alerts.map(\.id)).count == 6)
  }

  @Test func `evidence has at most ten lines, each once`() {
    func line(_ number: Int) -> EvidenceLine {
      EvidenceLine(
        source: "s", line: "line \(number)", lineHash: "\(number)", segmentIndex: 0,
        offset: Int64(number))
    }
    let lines = (0..<8).map(line)
    let alerts = run(
      [verdict(at: monday), verdict(at: monday + 300)], evidence: lines)
    #expect(alerts.last?.evidence == lines)
    let many = run([verdict(at: monday)], evidence: (0..<30).map(line))
    #expect(many[0].evidence == (0..<10).map(line))
  }

  @Test func `where nothing follows, each episode ends with its last trouble, told or not`() {
    var table = EpisodeTable()
    for entity in [4, 2] as [UInt32] {
      let verdict = verdict(at: monday + Int64(entity), entity: entity)
      _ = table.report(
        verdict, rule: Self.rule, labels: .init(entity: "k\(entity)"), evidence: [],
        now: verdict.detectedAt)
    }
    var alerts: [Alert] = []
    table.drain(into: &alerts)
    table.resolveAll(now: monday * 1000)
    table.drain(into: &alerts)
    #expect(alerts.map(\.state) == [.open, .open, .resolved, .resolved])
    #expect(alerts.suffix(2).map(\.entity) == ["k2", "k4"])
    #expect(alerts.suffix(2).map(\.endedAt) == alerts.suffix(2).map(\.detectedAt))
    #expect(!table.isOpen(EpisodeKey(rule: 0, entity: Entity(type: .key, index: 4))))
  }

  @Test func `a rule in shadow stays there`() {
    var rule = Self.rule
    rule.isShadow = true
    var table = EpisodeTable()
    let verdict = verdict(at: monday)
    _ = table.report(
      verdict, rule: rule, labels: .init(entity: "k"), evidence: [], now: verdict.detectedAt)
    _ = table.resolveIfQuiet(0, resolveAfter: 900_000, now: verdict.detectedAt + 900_000)
    var alerts: [Alert] = []
    table.drain(into: &alerts)
    #expect(alerts.map(\.state) == [.shadow, .shadow])
    #expect(alerts.last?.endedAt != nil)
  }

  @Test func `revisions of one moment leave by identifier`() {
    var table = EpisodeTable()
    for entity in [7, 3, 9, 1, 4, 8] as [UInt32] {
      let verdict = verdict(at: monday, entity: entity)
      _ = table.report(
        verdict, rule: Self.rule, labels: .init(entity: "k\(entity)"), evidence: [],
        now: verdict.detectedAt)
    }
    var alerts: [Alert] = []
    table.drain(into: &alerts)
    #expect(alerts.map(\.id) == alerts.map(\.id).sorted())
  }
}
