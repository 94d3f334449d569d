import AccessLog
import Testing

@testable import Detection

/// A rule says something else of those that have labels in the registry.
@Suite struct RuleOverrideTests {
  private static func limit(
    _ above: Double, _ severity: Severity = .medium, per: Per = .key
  ) -> Rule {
    Rule(
      id: "limit", title: "", severity: severity, per: per,
      detector: TestTallyDetector(
        tally: TallyPlan(
          kind: "threshold", windowMilliseconds: 60_000, limit: above, isAbove: true)),
      contentHash: "base")
  }

  private static func rule(_ overrides: [([String: String], Rule)], per: Per = .key) -> Rule {
    var rule = limit(10, per: per)
    rule.overrides = overrides.map { labels, rule in
      RuleOverride(
        labels: labels.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: $0.value) },
        rule: rule)
    }
    return rule
  }

  private static let registry = KeyRegistry(
    tiers: [.init(name: "gold", limits: [])], suppliers: [.init(name: "north")],
    keys: [
      .init(identities: [.name("plain")]),
      .init(identities: [.name("trial")], labels: [.init(name: "plan", value: "trial")]),
      .init(
        identities: [.name("gold")], supplier: 0, tier: 0, environment: "test",
        labels: [.init(name: "plan", value: "trial")]),
      .init(
        identities: [.name("changed")], validTo: EventTime(seconds: monday + 3600),
        labels: [.init(name: "plan", value: "trial")]),
    ])

  /// Those of whom there is an alert if each sends `count` requests, with their severities.
  private func alerted(_ rule: Rule, count: Int64, at start: Int64 = 0) -> [String] {
    let names = ["changed", "gold", "plain", "trial"]
    let requests = names.flatMap { name in
      (0..<count).map { TestRequest(time: (monday + start) * 1000 + $0 * 20, key: name) }
    }.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
    let found = TestBench(rules: [rule], registry: Self.registry).run(requests)
    #expect(found.opened.allSatisfy { $0.ruleID == "limit" && $0.ruleHash == "base" })
    return found.opened.map { "\($0.entity) \($0.severity)" }.sorted()
  }

  @Test func `whoever has the label is judged by the override alone`() {
    let rule = Self.rule([(["plan": "trial"], Self.limit(3, .low))])
    #expect(alerted(rule, count: 5) == ["changed low", "gold low", "trial low"])
    #expect(alerted(rule, count: 12) == ["changed low", "gold low", "plain medium", "trial low"])
    let wider = Self.rule([(["plan": "trial"], Self.limit(50))])
    #expect(alerted(wider, count: 12) == ["plain medium"])
  }

  @Test func `the first that fits holds, and all labels of one must fit`() {
    let rule = Self.rule([
      (["plan": "trial", "tier": "gold"], Self.limit(50)), (["plan": "trial"], Self.limit(3, .low)),
      (["environment": "test"], Self.limit(1, .high)),
    ])
    #expect(alerted(rule, count: 12) == ["changed low", "plain medium", "trial low"])
  }

  @Test(arguments: [["supplier": "north"], ["tier": "gold"], ["environment": "test"]])
  func `what the registry knows besides is asked for alike`(labels: [String: String]) {
    #expect(alerted(Self.rule([(labels, Self.limit(3, .low))]), count: 5) == ["gold low"])
  }

  @Test func `alerts of two variants about one group are two, each with a name of its own`() {
    var rule = Self.rule([(["plan": "trial"], Self.limit(3, .low))])
    rule.policy.group = .global
    rule.overrides[0].rule.policy.group = .global
    let requests = ["plain", "trial"].flatMap { name in
      (0..<12).map { TestRequest(time: monday * 1000 + $0 * 20, key: name) }
    }.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
    let found = TestBench(rules: [rule], registry: Self.registry).run(requests).opened
    #expect(found.count == 2 && Set(found.map(\.id)).count == 2, "\(found.map(\.entity))")
  }

  @Test func `what a rule mutes its overrides mute, and a variant is named by whom it judges`() {
    var rule = Self.rule([
      (["plan": "trial"], Self.limit(3)), (["plan": "paid", "tier": "gold"], Self.limit(4)),
    ])
    rule.policy.inhibits = ["other"]
    #expect(rule.variants.allSatisfy { $0.policy.inhibits == ["other"] })
    #expect(
      rule.variants.map(\.variantName) == [
        "limit", "limit#plan=trial", "limit#plan=paid,tier=gold",
      ])
  }

  @Test func `a flood of keys too young to judge is their override's`() {
    var random = TestRandom(seed: 4)
    func traffic(_ key: String, _ windows: Range<Int64>, _ mean: Double) -> [TestRequest] {
      windows.flatMap { window in
        (0..<random.poisson(mean)).map { _ in
          TestRequest(time: (monday + window * 300 + Int64(random.below(300))) * 1000, key: key)
        }
      }
    }
    let day = Int64(288)
    let requests =
      (traffic("plain", 0..<16 * day, 4) + traffic("trial", 15 * day..<15 * day + 6, 200))
      .sorted { ($0.time, $0.key) < ($1.time, $1.key) }
    func opened(_ isMuted: Bool) -> Int {
      var rule = Rule.volume("spike", more: 30)
      var other = rule
      other.isShadow = isMuted
      rule.overrides = [RuleOverride(labels: [.init(name: "plan", value: "trial")], rule: other)]
      return TestBench(rules: [rule], registry: Self.registry).run(requests).opened
        .count { $0.state == .open && $0.entityType == .global }
    }
    #expect(opened(false) == 1)
    #expect(opened(true) == 0)
  }

  @Test func `labels hold as long as their row does`() {
    let rule = Self.rule([(["plan": "trial"], Self.limit(3, .low))])
    #expect(alerted(rule, count: 5, at: 7200) == ["gold low", "trial low"])
  }

  @Test func `a pair has the labels of its key`() {
    let per = Per(.key, and: .route)
    let rule = Self.rule([(["plan": "trial"], Self.limit(3, .low, per: per))], per: per)
    #expect(
      alerted(rule, count: 5) == ["changed", "gold", "trial"].map { "\($0), /v1/orders low" })
  }

  @Test func `a rule with overrides sleeps and is explained as one`() throws {
    let rule = Self.rule([(["plan": "trial"], Self.limit(3, .low))])
    let requests = (0..<5).map { TestRequest(time: monday * 1000 + Int64($0) * 20, key: "trial") }
    for (name, limit) in [("trial", 3.0), ("plain", 10.0)] {
      let all = requests + [TestRequest(time: monday * 1000 + 200, key: "plain")]
      var bench = TestBench(rules: [rule], registry: Self.registry)
      bench.inquiry = Inquiry(names: [name], time: EventTime(seconds: monday + 1))
      let outcome = bench.run(all)
      let told = try #require(outcome.explanation?.rules)
      #expect(told.count == 1 && outcome.summary.sleepingRules.isEmpty)
      #expect(told.first?.numbers.first?.opensAt == limit + 1, "\(told)")
      #expect(told.first?.reason?.contains("plan trial") == (name == "trial" ? true : nil))
    }
  }
}
