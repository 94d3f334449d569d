import AccessLog
import Detection
import Testing

@testable import AlertStore

@Suite struct AlertTableTests {
  /// However revisions are cut into batches, and however often and in which order they come,
  /// the database ends up with every revision and shows the latest.
  @Test(arguments: UInt64(1)...12)
  func `revisions in any order end up the same`(seed: UInt64) throws {
    var random = SeededNumbers(seed: seed)
    let folder = try StoreFolder()
    let store = try folder.open()
    let alerts = Self.revisions(&random)
    var added = 0
    for round in 0..<2 {
      for batch in Self.batches(of: alerts.shuffled(using: &random), &random) {
        let changes = try store.write(StoreBatch(alerts: batch))
        added += changes.history.added
        #expect(round == 0 || changes.history == StoreChanges.Rows(), "seed \(seed)")
        #expect(round == 0 || changes.alerts == StoreChanges.Rows(), "seed \(seed)")
      }
    }
    let bare = alerts.map(Self.withoutEvidence).sorted(by: Self.isEarlier)
    #expect(added == alerts.count, "seed \(seed)")
    #expect(try store.history() == bare, "seed \(seed)")
    #expect(
      try store.alerts().map(Self.withoutEvidence)
        == bare.filter { alert in
          !bare.contains { $0.id == alert.id && $0.revision > alert.revision }
        }, "seed \(seed)")
  }

  /// A few episodes of a few revisions each; neighbours share the time of their revision.
  private static func revisions(_ random: inout SeededNumbers) -> [Alert] {
    var alerts: [Alert] = []
    for episode in 0..<8 {
      for revision in 1...Int.random(in: 1...5, using: &random) {
        let lineCount = Int.random(in: 0...3, using: &random)
        var alert = Alert.full(
          id: "episode-\(episode)", revision: revision,
          evidence: (0..<lineCount).map { .line($0 + revision) })
        alert.observed = Double.random(in: -1e9...1e9, using: &random)
        alert.endedAt = Bool.random(using: &random) ? nil : EventTime(seconds: Int64(revision))
        alerts.append(alert)
      }
    }
    return alerts
  }

  private static func batches(
    of alerts: [Alert], _ random: inout SeededNumbers
  ) -> [[Alert]] {
    var batches: [[Alert]] = []
    var rest = alerts[...]
    while !rest.isEmpty {
      batches.append(Array(rest.prefix(Int.random(in: 1...6, using: &random))))
      rest = rest.dropFirst(batches[batches.count - 1].count)
    }
    return batches
  }

  private static func withoutEvidence(_ alert: Alert) -> Alert {
    var alert = alert
    alert.evidence = []
    return alert
  }

  private static func isEarlier(_ a: Alert, _ b: Alert) -> Bool {
    (a.revisedAt, a.id, a.revision) < (b.revisedAt, b.id, b.revision)
  }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
private struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
