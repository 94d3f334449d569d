import Detection
import Pipeline
import RuleFiles
import RuleWorkshop

/// A rule's test whose traffic is a log file: it is read as a replay reads logs.
enum LogTest {
  static func outcome(
    of test: RuleTest, _ log: RuleTest.Log, by tester: RuleTester
  ) async throws -> RuleTestOutcome {
    var options = ReplayOptions(format: log.format, logs: [log.path])
    options.registry = [log.registry].compactMap(\.self)
    let plan = try ReplayPlan(options, rules: RuleSet([tester.rule(of: test)]))
    var pipeline = plan.pipeline()
    var alerts: [Alert] = []
    try await LogWalk(plan).run(into: &pipeline) { alerts += $0 }
    let summary = pipeline.summary()
    var faults = summary.refusals.map { "the engine refused \($0.count) \($0.what)" }
    if summary.statistics.recordCount == 0 { faults.append("\(log.path) has no record") }
    return RuleTestOutcome(
      test: test, alerts: alerts, faults: faults, sleepReason: summary.sleepingRules.first?.reason)
  }
}
