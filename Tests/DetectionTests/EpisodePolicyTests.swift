import Baselines
import Testing

@testable import AccessLog
@testable import Detection

/// What every kind takes: `for`, `resolve_after`, `during`, `group` and `inhibit`.
@Suite struct EpisodePolicyTests {
  /// More than `limit` requests a minute.
  private func rule(
    id: String = "limit", above limit: Double = 5, per: Per = .key,
    isAbove: Bool = true, isShadow: Bool = false, _ policy: EpisodePolicy
  ) -> Rule {
    Rule(
      id: id, title: "", per: per, isShadow: isShadow, policy: policy,
      detector: TestTallyDetector(
        tally: TallyPlan(
          kind: "threshold", windowMilliseconds: 60_000, limit: limit, isAbove: isAbove)))
  }

  @Test func `an alert that goes on is told again at twice its age each time`() {
    let requests = burst("k1", at: 0, count: 9 * 3600)
    func revisions(_ policy: EpisodePolicy) -> [Int64] {
      TestBench(rules: [rule(policy)]).run(requests).alerts.filter { $0.state == .open }
        .map { $0.revisedAt.seconds - monday }
    }
    let first: Int64 = 6
    #expect(revisions(EpisodePolicy()).filter { $0 > 120 } == [])
    let reminded = revisions(EpisodePolicy(remindAfterMilliseconds: 3_600_000)).filter { $0 > 120 }
    #expect(reminded == [3600, 7200, 14_400, 28_800].map { $0 + first })
  }

  /// `count` requests of a key, one a second from second `start` of Monday on.
  private func burst(_ key: String, at start: Int64, count: Int64 = 10) -> [TestRequest] {
    (0..<count).map { TestRequest(time: (monday + start + $0) * 1000, key: key) }
  }

  private func run(
    _ rules: [Rule], _ requests: [TestRequest], detectFrom: Int64? = nil
  ) -> TestBench.Outcome {
    let suppliers = ["north", "south"].map { KeyRegistry.Supplier(name: $0) }
    let keys = (0..<60).map { number in
      KeyRegistry.Key(identities: [.name("k\(number)")], supplier: number % 2)
    }
    let bench = TestBench(
      rules: rules, registry: KeyRegistry(suppliers: suppliers, keys: keys),
      detectFrom: detectFrom.map { EventTime(seconds: monday + $0) })
    return bench.run(requests.sorted { ($0.time, $0.key) < ($1.time, $1.key) })
  }

  private func seconds(_ alerts: [Alert]) -> [Int64] {
    alerts.map { $0.detectedAt.milliseconds / 1000 - monday }
  }

  // MARK: - for

  @Test func `trouble that passes is no alert, and what lasts is one from its first sign on`() {
    let policy = EpisodePolicy(forMilliseconds: 180_000)
    let short = run([rule(policy)], burst("k1", at: 0) + burst("k1", at: 100))
    #expect(short.alerts.isEmpty)
    let long = run(
      [rule(policy)], [0, 100, 200, 300].flatMap { burst("k1", at: $0) } + burst("k1", at: 2000))
    #expect(long.alerts.map(\.state) == [.open, .resolved])
    #expect(seconds(long.opened) == [206])
    #expect(long.opened.first?.startedAt == EventTime(seconds: monday - 54))
    #expect(long.alerts.last?.endedAt.map { $0.milliseconds / 1000 - monday } == 310)
  }

  @Test func `a quiet time lets it begin anew`() {
    let policy = EpisodePolicy(forMilliseconds: 180_000)
    let bursts = [0, 100, 400, 500].flatMap { burst("k1", at: $0) }
    #expect(run([rule(policy)], bursts).alerts.isEmpty)
  }

  @Test func `what lasted long enough before alerts are wanted is told from then on`() {
    let policy = EpisodePolicy(forMilliseconds: 60_000)
    let bursts = [0, 50, 100, 150, 200].flatMap { burst("k1", at: $0) }
    #expect(seconds(run([rule(policy)], bursts, detectFrom: 120).opened) == [151])
  }

  // MARK: - resolve_after

  @Test func `an alert is over when it was quiet for that long`() {
    let bursts = burst("k1", at: 0) + burst("k1", at: 400)
    #expect(run([rule(EpisodePolicy())], bursts).opened.count == 2)
    let policy = EpisodePolicy(resolveAfterMilliseconds: 600_000)
    let calm = run([rule(policy)], bursts + burst("k2", at: 3000, count: 1))
    #expect(calm.alerts.map(\.state) == [.open, .resolved])
    #expect(calm.alerts[1].revisedAt == EventTime(seconds: monday + 410 + 600))
  }

  // MARK: - during

  private static func hours(_ span: Range<Int64>) -> EpisodePolicy {
    EpisodePolicy(
      during: WeeklyHours(
        text: "then", zone: .utc,
        spans: [span.lowerBound * 1000..<span.upperBound * 1000]))
  }

  @Test func `outside of its hours a rule says nothing`() {
    let bursts = [0, 1000, 2000].flatMap { burst("k1", at: $0) }
    #expect(seconds(run([rule(Self.hours(900..<1500))], bursts).opened) == [1006])
    #expect(seconds(run([rule(Self.hours(1007..<1500))], bursts).opened) == [1008])
  }

  @Test func `too little is told of windows that lie within the hours as a whole`() {
    let requests = burst("k1", at: 0, count: 600) + burst("k2", at: 0, count: 2000)
    let found = run(
      [rule(above: 30, isAbove: false, Self.hours(700..<1500))], requests)
    #expect(seconds(found.opened) == [780])
    #expect(found.opened.map(\.entity) == ["k1"])
  }

  // MARK: - group

  @Test func `a storm of keys is one alert for each of their suppliers, with their number`() {
    let policy = EpisodePolicy(group: .supplier)
    let storm = (0..<50).flatMap { burst("k\($0)", at: 0) } + burst("k1", at: 3000, count: 1)
    let found = run([rule(policy)], storm)
    #expect(found.opened.map(\.entity).sorted() == ["north", "south"])
    #expect(found.opened.allSatisfy { $0.entityType == .supplier })
    #expect(found.opened.allSatisfy { $0.reason.hasPrefix("25 keys; the worst: k") })
    #expect(found.alerts.count == 4)
    let one = run([rule(EpisodePolicy(group: .global))], storm)
    #expect(one.opened.map(\.entity) == ["all traffic"])
    #expect(one.opened.first?.reason.hasPrefix("50 keys; the worst: k") == true)
  }

  @Test func `an alert that spreads to twice as many is told again, and one key is no group`() {
    let policy = EpisodePolicy(resolveAfterMilliseconds: 900_000, group: .supplier)
    let requests =
      burst("k0", at: 0) + burst("k2", at: 100) + (2..<20).flatMap { burst("k\($0 * 2)", at: 300) }
      + burst("k1", at: 5000, count: 1)
    let found = run([rule(policy)], requests).alerts
    let counts = found.map { $0.reason.prefix { $0 != ";" } }
    #expect(counts[0].hasPrefix("k0 of north sent"))
    #expect(counts.dropFirst() == ["2 keys", "20 keys", "20 keys"])
    #expect(found.map(\.state) == [.open, .open, .open, .resolved])
  }

  @Test func `who belongs to nobody has an alert of its own`() {
    let found = run([rule(EpisodePolicy(group: .supplier))], burst("stranger", at: 0))
    #expect(found.opened.map(\.entity) == ["stranger"])
    #expect(found.opened.map(\.entityType) == [.key])
  }

  // MARK: - inhibit

  private var outage: Rule {
    rule(id: "outage", above: 12, per: .supplier, EpisodePolicy(inhibits: ["limit"]))
  }

  @Test func `while a supplier has an alert its keys have none`() {
    // k1 and k3 are of south, k0 of north.
    let storm = ["k0", "k1", "k3"].flatMap { burst($0, at: 0, count: 8) }
    let alone = run([rule(EpisodePolicy())], storm)
    #expect(alone.opened.map(\.entity).sorted() == ["k0", "k1", "k3"])
    // The supplier is beyond its limit one second after its keys are beyond theirs.
    let early = run([rule(EpisodePolicy()), outage], storm)
    #expect(Set(early.opened.map(\.entity)) == ["k0", "k1", "k3", "south"])
    let found = run([rule(above: 6, EpisodePolicy()), outage], storm)
    #expect(found.opened.map(\.entity).sorted() == ["k0", "south"])
    #expect(found.summary.inhibitedCount > 0)
  }

  @Test func `alerts of one moment are kept quiet in whatever order they are found`() {
    let storm = ["k1", "k3"].flatMap { burst($0, at: 0, count: 8) }
    for id in ["a", "z"] {
      let source = rule(id: id, above: 12, per: .supplier, EpisodePolicy(inhibits: ["limit"]))
      let found = run([source, rule(above: 6, EpisodePolicy())], storm)
      #expect(found.opened.map(\.entity) == ["south"], "\(id)")
    }
  }

  @Test func `what nobody hears of keeps nobody quiet`() {
    let storm = ["k1", "k3"].flatMap { burst($0, at: 0, count: 8) }
    let shadow = rule(
      id: "outage", above: 12, per: .supplier, isShadow: true, EpisodePolicy(inhibits: ["limit"]))
    #expect(run([rule(above: 6, EpisodePolicy()), shadow], storm).opened.count == 3)
    let pending = rule(
      id: "outage", above: 12, per: .supplier,
      EpisodePolicy(forMilliseconds: 600_000, inhibits: ["limit"]))
    let found = run([rule(above: 6, EpisodePolicy()), pending], storm)
    #expect(found.opened.map(\.entity).sorted() == ["k1", "k3"])
  }

  @Test func `it is over with the alert`() {
    let requests = ["k1", "k3"].flatMap { burst($0, at: 0, count: 8) } + burst("k1", at: 2000)
    let found = run([rule(above: 6, EpisodePolicy()), outage], requests)
    #expect(found.opened.map(\.entity) == ["south", "k1"])
  }
}
