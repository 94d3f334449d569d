import AccessLog
import Detection
import Testing

@testable import RuleFiles

@Suite struct RuleLoaderTests {
  private static func load(_ text: String) throws(Diagnostics) -> LoadedRules {
    try RuleLoader.load([SourceFile(name: "rules.yaml", text: text)])
  }

  private static func rule(_ body: String) throws -> Rule {
    try #require(try load("rules:\n" + body).ruleSet.rules.first)
  }

  @Test(arguments: Detectors.all.map { $0.kind })
  func `every kind's example loads`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let file = SourceFile(name: "example.yaml", text: "rules:\n" + detector.example)
    let loaded = try RuleLoader.load([file])
    #expect(loaded.ruleSet.rules.count == 1)
    #expect(loaded.warnings.isEmpty)
  }

  @Test func `a rule with every field`() throws {
    let rule = try Self.rule(
      """
        - id: orders-2
          title: Orders of all suppliers
          kind: spike
          per: supplier
          measure: requests
          match: ["GET,POST /v*/orders", ANY /v*/orders/**]
          where: 'status != 429'
          window: [2h, 5m, 30m]
          direction: both
          at_least: {times: 2.5, more: 1_000}
          min_samples: 20
          severity: high
          shadow: true
          why: |
            A leaked key.
          runbook: Ask.
      """)
    #expect(rule.id == "orders-2")
    #expect(rule.per == .supplier)
    #expect(rule.severity == .high)
    #expect(rule.minSamples == 20)
    #expect(rule.isShadow)
    #expect(rule.why == "A leaked key.\n")
    #expect(rule.filter.matchers.map(\.methods) == [["GET", "POST"], []])
    #expect(rule.filter.matchers.map(\.glob.text) == ["/v*/orders", "/v*/orders/**"])
    #expect(rule.filter.expression?.text == "status != 429")
    guard case .volume(let plan) = rule.detector.plan else { throw Surprise() }
    #expect(plan.windows == [300_000, 1_800_000, 7_200_000])
    #expect(plan.direction == .both)
    #expect(plan.timesMin == 2.5)
    #expect(plan.moreMin == 1000)
  }

  @Test func `a precursor`() throws {
    let rule = try Self.rule(
      """
        - {id: p, title: P, kind: precursor, target: POST /v*/orders, same: 'query["sku"]',
           precursors: [{match: GET /v*/quotes, count: 2}], within: 10m, mode: strict}
      """)
    guard case .precursor(let plan) = rule.detector.plan else { throw Surprise() }
    #expect(plan.target.methods == ["POST"])
    #expect(plan.steps.map(\.count) == [2])
    #expect(plan.withinMilliseconds == 600_000)
    #expect(plan.same == .query("sku"))
    #expect(plan.mode == .strict)
  }

  @Test func `six lines are enough`() throws {
    let rule = try Self.rule("  - {id: a, title: A, kind: tier}\n")
    #expect(rule.per == .key)
    #expect(rule.severity == .medium)
    #expect(rule.filter == RequestFilter())
    #expect(rule.minSamples == nil)
    #expect(!rule.isShadow)
  }

  @Test(arguments: [
    ("{id: a, title: A, kind: spike, per: key}", "{per: key, kind: spike, title: B, id: a}", true),
    ("{id: a, title: A, kind: spike}", "{id: a, title: A, kind: spike, why: x, runbook: y}", true),
    ("{id: a, title: A, kind: spike}", "{id: a, title: A, kind: spike, tests: []}", true),
    ("{id: a, title: A, kind: spike}", "{id: b, title: A, kind: spike}", false),
    ("{id: a, title: A, kind: spike}", "{id: a, title: A, kind: drop}", false),
    (
      "{id: a, title: A, kind: spike, window: 5m}", "{id: a, title: A, kind: spike, window: 6m}",
      false
    ),
    ("{id: a, title: A, kind: spike}", "{id: a, title: A, kind: spike, shadow: true}", false),
  ])
  func `the hash is that of what can change a verdict`(
    one: String, other: String, areEqual: Bool
  ) throws {
    let first = try Self.rule("  - \(one)")
    let second = try Self.rule("  - \(other)")
    #expect((first.contentHash == second.contentHash) == areEqual)
    #expect(first.contentHash.utf8.count == 16)
  }

  @Test func `the hash is the same in every process`() throws {
    let rule = try Self.rule("  - {id: a, title: A, kind: spike}")
    #expect(rule.contentHash == "1312d9388bda9bf6")
  }

  @Test func `a file with the name of a shipped one replaces it`() throws {
    let shipped = [
      SourceFile(name: "Rules/a.yaml", text: "rules: [{id: a, title: Shipped, kind: spike}]"),
      SourceFile(name: "Rules/b.yaml", text: "rules: [{id: b, title: Shipped, kind: spike}]"),
    ]
    let own = [
      SourceFile(name: "/etc/rules.d/a.yaml", text: "rules: [{id: a, title: Own, kind: drop}]")
    ]
    let loaded = try RuleLoader.load(own, shipped: shipped)
    #expect(loaded.ruleSet.rules.map(\.title) == ["Own", "Shipped"])
    #expect(loaded.ruleSet.contentHash.utf8.count == 16)
    let clash = [
      SourceFile(name: "c.yaml", text: "rules: [{id: a, title: Clash, kind: drop}]")
    ]
    #expect(throws: Diagnostics.self) { try RuleLoader.load(clash, shipped: shipped) }
  }

  @Test func `faults of all files are reported together`() {
    let files = ["b.yaml", "a.yaml"].map { SourceFile(name: $0, text: "rules: [{id: x}]") }
    let error = #expect(throws: Diagnostics.self) { try RuleLoader.load(files) }
    #expect(error?.all.map(\.file) == ["a.yaml", "a.yaml", "a.yaml", "b.yaml", "b.yaml"])
  }

  @Test func `an empty file is a warning`() throws {
    let loaded = try RuleLoader.load([SourceFile(name: "a.yaml", text: "# nothing yet\n")])
    #expect(loaded.warnings.map(\.headline) == ["a.yaml: warning: has no rules"])
  }

  @Test func `a missing path is a fault of that path`() {
    let error = #expect(throws: Diagnostics.self) {
      try RuleLoader.load(paths: ["/nonexistent/rules.d"])
    }
    #expect(error?.all.map(\.file) == ["/nonexistent/rules.d"])
  }

  @Test func `tests are values that a runner can follow`() throws {
    let loaded = try Self.load(
      """
      rules:
        - id: a
          title: A
          kind: spike
          window: [30m, 5m]
          tests:
            - name: ten times the usual rate
              feed: (300x288)x14 3000x6
              expect: [{window: 4032, state: open, reason: times as many}]
            - {name: an ordinary fortnight, feed: (300x288)x15 _x12, expect: none, step: 1m}
        - id: p
          title: P
          kind: precursor
          target: POST /o
          precursors: [{match: GET /q}]
          tests:
            - name: no quote
              start: 2026-02-01
              tier: {rate_per_second: 5, burst: 10}
              lines:
                - {at: "10:00:03", request: "GET /q?sku=1", status: 404, times: 2, every: 500ms}
                - {at: 2026-02-03T00:00:00Z, request: POST /o, key: k}
              expect: [{at: "10:01", state: resolved, entity: k}]
      """)
    let first = try #require(loaded.tests.first)
    #expect(first.ruleID == "a")
    #expect(first.name == "ten times the usual rate")
    #expect((first.line, first.column) == (7, 9))
    guard case .feed(let feed) = first.input else { throw Surprise() }
    #expect(feed.start == EventTime(seconds: 1_767_571_200))
    #expect(feed.stepMilliseconds == 300_000)
    #expect(feed.stepCount == 4038)
    #expect(
      feed.runs == [
        RuleTest.Run(value: 300, stepCount: 4032), RuleTest.Run(value: 3000, stepCount: 6),
      ])
    #expect(
      first.expectations == [
        RuleTest.Expectation(moment: .window(4032), state: .open, reason: "times as many")
      ])
    #expect(loaded.tests[1].expectations.isEmpty)
    let last = loaded.tests[2]
    #expect(last.tier?.limits == [KeyRegistry.RateLimit(count: 5, periodSeconds: 1)])
    guard case .lines(let lines) = last.input else { throw Surprise() }
    #expect(lines.map(\.time.seconds) == [1_769_940_003, 1_770_076_800])
    #expect(lines.map(\.target) == ["/q?sku=1", "/o"])
    #expect(lines.map(\.times) == [2, 1])
    #expect(lines.map(\.everyMilliseconds) == [500, 1000])
    #expect(lines.map(\.key) == [nil, "k"])
    #expect(
      last.expectations == [
        RuleTest.Expectation(
          moment: .at(EventTime(seconds: 1_769_940_060)), state: .resolved, entity: "k")
      ])
  }
}

/// A value has another case than it should.
struct Surprise: Error {
  @Test(arguments: [
    ("title: x\nlogsource: {category: webserver}\ndetection: {condition: a}\n", "a Sigma rule"),
    ("type: leaky\nname: a/b\nfilter: \"evt.Meta.service == 'http'\"\n", "a CrowdSec scenario"),
  ])
  func `a rule of another tool is told what it would be here`(text: String, kin: String) {
    let fault = #expect(throws: Diagnostics.self) {
      try RuleLoader.load([SourceFile(name: "foreign.yaml", text: text)])
    }
    #expect(fault?.all.count == 1 && fault?.description.contains("this is \(kin)") == true)
    // With its id as it is the copy would clash with the shipped rule.
    #expect(
      fault?.description.contains("| sed s/key-traffic-spike/my-rule/ > my-rule.yaml") == true)
  }
}
