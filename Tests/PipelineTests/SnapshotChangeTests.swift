import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection
@testable import Pipeline

/// What is learnt belongs to a series, not to a rule's text, a row's place or a file's order.
@Suite struct SnapshotChangeTests {
  private static let hash = SipHash(key0: 1, key1: 2)
  private static let parser = BlockParser(
    readers: [SnapshotLineReader()], identityKinds: [.name, .name])

  private struct Setup {
    var rules = [spike("spike", more: 20)]
    var suppliers = ["north", "south"]
    var sources = ["a"]

    var registry: KeyRegistry {
      let keys = suppliers.enumerated().map { index, name in
        KeyRegistry.Key(identities: [.name("of-\(name)")], supplier: index, tier: 0)
      }
      return KeyRegistry(
        tiers: [.init(name: "bronze", limits: [.init(count: 5, periodSeconds: 1)])],
        suppliers: suppliers.map { .init(name: $0) }, keys: keys,
        contentHash: suppliers.joined())
    }

    var ruleSet: RuleSet { RuleSet(rules, contentHash: "\(rules.map(\.contentHash))") }
    var declarations: [SourceDeclaration] {
      sources.map { SourceDeclaration(name: $0, parser: SnapshotChangeTests.parser) }
    }
    var options: EngineOptions {
      EngineOptions(countsUsage: true, hash: SnapshotChangeTests.hash, fingerprint: { _ in "key" })
    }

    func pipeline() -> Pipeline {
      Pipeline(rules: ruleSet, registry: registry, sources: declarations, options: options)
    }

    func pipeline(restoring bytes: [UInt8]) throws -> Pipeline {
      try Pipeline(
        rules: ruleSet, registry: registry, sources: declarations, options: options,
        restoring: bytes)
    }
  }

  static func spike(
    _ id: String, more: Double, per: Per = .supplier, windows: [Int64] = [300_000]
  ) -> Rule {
    Rule(
      id: id, title: "", per: per,
      detector: SnapshotDetector(
        volume: VolumePlan(direction: .up, windows: windows, timesMin: 2, moreMin: more)),
      contentHash: "\(id) \(more) \(windows)")
  }

  /// Two requests a minute of each supplier, and `burst` more of the first in one minute.
  private func lines(
    minutes: Range<Int>, burst: (minute: Int, count: Int)? = nil, of name: String = "north"
  ) -> [UInt8] {
    var text = ""
    for minute in minutes {
      let start = SnapshotTraffic.monday + Int64(minute) * 60_000
      var names = ["north", "south", "north", "south"]
      if let burst, burst.minute == minute { names += Array(repeating: name, count: burst.count) }
      for (index, name) in names.enumerated() {
        text += "\(start + Int64(index) * 100)\tof-\(name)\t\tGET\t/v1/items\t200\t5\n"
      }
    }
    return Array(text.utf8)
  }

  private static let dayAndHalf = 36 * 60

  /// A day and a half of quiet traffic; then another setup goes on with a burst of 100.
  private func alerts(
    _ setup: Setup = Setup(), then changed: Setup, source: Int = 0,
    check: (borrowing Pipeline) -> Void = { _ in }
  ) throws -> [Alert] {
    var alerts: [Alert] = []
    var pipeline = setup.pipeline()
    pipeline.push(lines(minutes: 0..<Self.dayAndHalf), from: 0, into: &alerts)
    #expect(alerts.isEmpty)
    pipeline = try changed.pipeline(restoring: pipeline.snapshot())
    check(pipeline)
    let end = Self.dayAndHalf
    pipeline.push(
      lines(minutes: end..<end + 60, burst: (end + 10, 100)), from: source, into: &alerts)
    for source in changed.sources.indices { pipeline.finish(source, into: &alerts) }
    return alerts
  }

  @Test func `a rule whose threshold was edited keeps what was learnt`() throws {
    var changed = Setup()
    changed.rules = [Self.spike("spike", more: 50)]
    let found = try alerts(then: changed) { pipeline in
      #expect(pipeline.restored?.isWhole == false && pipeline.restored?.hasOtherRules == true)
      #expect(pipeline.restored?.newDefinitions == [])
    }
    #expect(found.first?.entity == "north")
    #expect(found == (try alerts(changed, then: changed)))
    changed.rules = [Self.spike("spike", more: 500)]
    #expect(try alerts(then: changed).isEmpty)
  }

  @Test func `a rule that counts something else starts anew, the others go on`() throws {
    var changed = Setup()
    changed.rules.append(Self.spike("other", more: 20, windows: [60_000]))
    let found = try alerts(then: changed) { pipeline in
      #expect(pipeline.restored?.newDefinitions.count == 2)
    }
    #expect(Set(found.map(\.ruleID)) == ["spike"])
  }

  @Test func `a rule with a longer window finds the shorter one's counts`() throws {
    var changed = Setup()
    changed.rules = [Self.spike("spike", more: 20, windows: [300_000, 1_800_000, 86_400_000])]
    #expect(try alerts(then: changed).first?.entity == "north")
  }

  @Test func `a supplier is known by its name, wherever its row stands`() throws {
    var changed = Setup()
    changed.suppliers = ["east", "south", "north"]
    let found = try alerts(then: changed) { pipeline in
      #expect(pipeline.restored?.hasOtherRegistry == true)
    }
    #expect(found.first?.entity == "north" && found.first?.supplier == "north")
    changed.suppliers = ["east", "south"]
    #expect(try alerts(then: changed).isEmpty)
  }

  @Test func `another registry and other rules are journaled`() throws {
    var changed = Setup()
    changed.rules = [Self.spike("spike", more: 50)]
    changed.suppliers.append("west")
    _ = try alerts(then: changed) { pipeline in
      #expect(pipeline.journal.map(\.kind) == [.rules, .registry, .rules, .registry])
    }
  }

  @Test func `a source is known by its name, and a new one may join`() throws {
    var changed = Setup()
    changed.sources = ["0", "a"]
    let found = try alerts(then: changed, source: 1) { pipeline in
      #expect(pipeline.restored?.newSources == ["0"])
      #expect(pipeline.clock(of: 0) == nil && pipeline.clock(of: 1) != nil)
    }
    #expect(found.first?.entity == "north")
  }

  @Test func `a source that is gone takes its waiting lines along`() throws {
    var both = Setup()
    both.sources = ["a", "b"]
    var pipeline = both.pipeline()
    var alerts: [Alert] = []
    pipeline.push(lines(minutes: 0..<10), from: 0, into: &alerts)
    pipeline.push(lines(minutes: 0..<10) + Array("half a".utf8), from: 1, into: &alerts)
    #expect(pipeline.waitingCount == 80)
    let restored = try Setup().pipeline(restoring: pipeline.snapshot())
    #expect(restored.waitingCount == 40 && restored.restored?.goneSources == ["b"])
    let again = try Setup().pipeline(restoring: restored.snapshot())
    #expect(again.waitingCount == 40 && again.restored?.isWhole == true)
  }

  // MARK: - episodes

  /// A burst that is still going on when the setup changes.
  private func burst(then changed: Setup) throws -> [Alert] {
    var alerts: [Alert] = []
    var pipeline = Setup().pipeline()
    let end = Self.dayAndHalf
    pipeline.push(lines(minutes: 0..<end), from: 0, into: &alerts)
    pipeline.push(lines(minutes: end..<end + 11, burst: (end + 3, 100)), from: 0, into: &alerts)
    let tick = EventTime(milliseconds: SnapshotTraffic.monday + Int64(end + 11) * 60_000)
    pipeline.apply(JournalEntry(.tick, time: tick), into: &alerts)
    #expect(!alerts.isEmpty && alerts.allSatisfy { $0.state == .open })
    alerts = []
    pipeline = try changed.pipeline(restoring: pipeline.snapshot())
    pipeline.push(lines(minutes: end + 11..<end + 90), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    return alerts
  }

  @Test func `an episode goes on where its rule was edited, and ends where it is gone`() throws {
    let expected = try burst(then: Setup())
    #expect(expected.map(\.state) == [.resolved])
    var changed = Setup()
    changed.rules = [Self.spike("spike", more: 50)]
    #expect(try burst(then: changed) == expected)
    changed.rules = [Self.spike("another", more: 20)]
    let ended = try burst(then: changed)
    #expect(ended.map(\.state) == [.resolved] && ended.map(\.id) == expected.map(\.id))
    #expect(ended[0].endedAt == expected[0].endedAt)
  }

  @Test func `usage goes on under the names of today's registry`() throws {
    var alerts: [Alert] = []
    var pipeline = Setup().pipeline()
    pipeline.push(lines(minutes: 0..<30), from: 0, into: &alerts)
    let tick = EventTime(milliseconds: SnapshotTraffic.monday + 30 * 60_000)
    pipeline.apply(JournalEntry(.tick, time: tick), into: &alerts)
    var changed = Setup()
    changed.suppliers = ["south", "north"]
    pipeline = try changed.pipeline(restoring: pipeline.snapshot())
    pipeline.push(lines(minutes: 30..<60), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    let harvest = pipeline.takeUsage(andOpenHour: true)
    let rows = harvest.hours.flatMap(\.rows)
    #expect(rows.map(\.counts.requests) == [120, 120])
    for series in harvest.newSeries { #expect(series.key == "of-\(series.supplier ?? "")") }
  }
}
