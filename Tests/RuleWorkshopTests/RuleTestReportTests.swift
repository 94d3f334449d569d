import Detection
import Testing

@testable import RuleFiles
@testable import RuleWorkshop

@Suite struct RuleTestReportTests {
  private func outcome(faults: [String]) -> RuleTestOutcome {
    let test = RuleTest(
      name: "it", ruleID: "r", input: .lines([]), expectations: [], file: "r.yaml", line: 7,
      column: 9)
    return RuleTestOutcome(
      test: test, alerts: [], faults: faults, sleepReason: "it slept")
  }

  @Test func `a test that passed takes one line`() {
    var report = RuleTestReport()
    #expect(report.text(of: outcome(faults: [])) == "ok      r: it")
    #expect(report.closing(untested: []) == "1 passed, 0 failed")
  }

  @Test func `a test that failed says where it stands and what failed`() {
    var report = RuleTestReport()
    #expect(
      report.text(of: outcome(faults: ["one", "two"])) == """
        FAILED  r: it (r.yaml:7:9)
                one
                two
                the rule judged nothing: it slept
        """)
    #expect(report.failedCount == 1)
  }

  @Test func `rules without a test are listed before the sum`() throws {
    let file = SourceFile(name: "r.yaml", text: "rules: [{id: a, title: t, kind: spike}]")
    let rules = try RuleLoader.load([file]).ruleSet.rules
    #expect(RuleTestReport().closing(untested: rules) == "no test  a\n0 passed, 0 failed")
  }
}
