import Detection
import RuleFiles
import RuleWorkshop
import Testing

@Suite struct RuleTesterTests {
  /// Runs the one test of a rule; `fields` are further lines of the rule, `test` those of the
  /// test.
  private func outcome(
    _ kind: String = "spike", _ fields: String = "window: 5m", test: String
  ) throws -> RuleTestOutcome {
    let text =
      "rules:\n  - id: r\n    title: t\n    kind: \(kind)\n"
      + fields.split(separator: "\n").map { "    \($0)\n" }.joined()
      + "    tests:\n      - name: it\n"
      + test.split(separator: "\n").map { "        \($0)\n" }.joined()
    let loaded = try RuleLoader.load([SourceFile(name: "r.yaml", text: text)])
    return RuleTester(loaded.ruleSet).outcome(of: try #require(loaded.tests.first))
  }

  private static let spike = "feed: (9x288)x2 90x3 9x12"

  // MARK: - expectations

  @Test(arguments: [
    "{window: 576, state: open}", "{window: 577, state: open}",
    "{window: 576, state: open, entity: key-1, reason: key-1 of supplier sent}",
    "{at: \"2026-01-07T00:05:00Z\", state: open}", "{window: 590, state: resolved}",
    "{at: \"2026-01-07T03:00:00Z\", state: resolved}",
  ])
  func `an expectation is met`(expected: String) throws {
    let outcome = try outcome(test: "\(Self.spike)\nexpect: [\(expected)]")
    #expect(outcome.failures == [])
    #expect(outcome.hasPassed)
  }

  @Test(arguments: [
    ("{window: 575}", "expected an open alert when window 575 closed"),
    ("{window: 590}", "expected an open alert when window 590 closed"),
    ("{window: 576, entity: key-2}", "about 'key-2'"),
    ("{window: 576, reason: no such words}", "its reason with 'no such words'"),
    ("{window: 577, state: resolved}", "expected a resolved alert when window 577 closed"),
    ("{at: \"2026-01-06T23:59:00Z\"}", "expected an open alert at 2026-01-06T23:59:00.000Z"),
  ])
  func `an expectation that is not met fails, and tells what happened`(
    expected: String, message: String
  ) throws {
    let outcome = try outcome(test: "\(Self.spike)\nexpect: [\(expected)]")
    #expect(!outcome.hasPassed)
    #expect(outcome.failures[0].contains(message))
    #expect(outcome.failures.contains { $0.contains("opened 2026-01-07T00:0") })
  }

  @Test func `an alert fails a test that expects none`() throws {
    let outcome = try outcome(test: "\(Self.spike)\nexpect: none")
    #expect(outcome.failures.first == "expected no alert at all")
    #expect(outcome.failures.count == 2)
  }

  @Test func `an alert that no expectation names fails the test`() throws {
    let twice = "feed: (9x288)x2 90x3 9x24 120x3 9x12\nexpect: [{window: 576}]"
    let outcome = try outcome(test: twice)
    #expect(outcome.failures.first == "expected no other alert")
  }

  @Test func `without traffic that the rule takes, the failure says so`() throws {
    let outcome = try outcome(
      "precursor", "target: POST /orders\nprecursors: [{match: GET /quotes}]",
      test: "lines: [{at: \"08:00:00\", request: GET /other}]\nexpect: [{at: \"09:00:00\"}]")
    #expect(
      outcome.failures.suffix(2) == [
        "there was no alert", "the rule judged nothing: no request matches POST /orders",
      ])
  }

  // MARK: - traffic

  @Test(arguments: [
    "per: supplier", "per: application", "per: global", "per: client_ip", "per: network",
    "per: route", "per: api", "per: version", "match: POST /v*/orders/{id}/*",
    "match: GET,PUT /**", "where: 'status < 400'",
  ])
  func `a feed is counted by every rule`(field: String) throws {
    let outcome = try outcome(
      "spike", "window: 5m\n\(field)", test: "\(Self.spike)\nexpect: [{window: 577}]")
    #expect(outcome.failures == [])
  }

  @Test func `a feed may say what its requests are`() throws {
    let fields = "window: 5m\nwhere: 'status == 404 && query[\"q\"] == \"7\"'"
    let open = "\(Self.spike)\nexpect: [{window: 577}]"
    #expect(try outcome("spike", fields, test: open).hasPassed == false)
    let told = "request: \"GET /find?q=7\"\nstatus: 404\n\(open)"
    #expect(try outcome("spike", fields, test: told).failures == [])
  }

  @Test func `a shadow rule is tested like any other`() throws {
    let outcome = try outcome(
      "spike", "window: 5m\nshadow: true", test: "\(Self.spike)\nexpect: [{window: 577}]")
    #expect(outcome.failures == [])
  }

  @Test(arguments: ["4 4 4 4", "12x1 _x2 1", "0x30 5 0x30 5", "_x3 5", "5 _x3"])
  func `no request of a feed gets lost`(feed: String) throws {
    let outcome = try outcome(test: "step: 1h\nfeed: \(feed)\nexpect: none")
    #expect(outcome.failures == [])
  }

  @Test func `silence at the end of a feed is silence`() throws {
    let outcome = try outcome(
      "drop", "window: 1h", test: "feed: (60x24)x16 0x3\nexpect: [{window: 384}]")
    #expect(outcome.failures == [])
  }

  @Test(arguments: ["_x3", "_x3 60x3", "_x1 60x3", "_x30 60x3"])
  func `a gap is no silence`(end: String) throws {
    let outcome = try outcome("drop", "window: 1h", test: "feed: (60x24)x16 \(end)\nexpect: none")
    #expect(outcome.failures == [])
  }

  @Test func `silence behind a gap is silence`() throws {
    let outcome = try outcome(
      "drop", "window: 1h", test: "feed: (60x24)x16 _x3 0x4\nexpect: [{window: 389}]")
    #expect(outcome.failures == [])
  }

  @Test func `lines are sent in the order of their times`() throws {
    let lines = """
      lines:
        - {at: "08:00:05", request: POST /orders}
        - {at: "08:00:04", request: GET /quotes}
        - {at: "08:00:00", request: GET /other}
      expect: none
      """
    let fields =
      "target: POST /orders\nprecursors: [{match: GET /quotes}]\nwithin: 3s\nmode: strict"
    #expect(try outcome("precursor", fields, test: lines).failures == [])
  }

  @Test func `a line may have a key of its own, with anything in it`() throws {
    let lines = """
      tier: {rate_per_second: 1}
      lines:
        - {at: "08:00:00", request: GET /a, times: 50, every: 1ms, key: "a \\"b\\" é\\\\"}
        - {at: "08:00:00", request: GET /a, times: 1}
      expect: [{at: "08:00:01", entity: "a \\"b\\" é\\\\"}]
      """
    #expect(try outcome("tier", "over: 1s", test: lines).failures == [])
  }

  @Test func `times that no gateway writes are told`() throws {
    let outcome = try outcome(
      test: "lines: [{at: \"1980-01-01T00:00:00Z\", request: GET /a, times: 3}]\nexpect: none")
    #expect(outcome.failures.first?.contains("times that no gateway writes") == true)
  }

  @Test func `a rule without tests is named`() throws {
    let file = SourceFile(
      name: "r.yaml",
      text: "rules: [{id: a, title: t, kind: spike}, {id: b, title: t, kind: drop}]")
    let loaded = try RuleLoader.load([file])
    #expect(RuleTester(loaded.ruleSet).untested(by: loaded.tests).map(\.id) == ["a", "b"])
  }
}
