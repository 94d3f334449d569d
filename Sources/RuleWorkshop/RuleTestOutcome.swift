public import Detection
public import RuleFiles

/// What a rule made of the traffic of one of its tests, and where that is not what was expected.
public struct RuleTestOutcome: Sendable {
  public let test: RuleTest
  /// All revisions, in the order in which the engine told them.
  public let alerts: [Alert]
  /// Sentences; none where the test passed.
  public let failures: [String]

  public var hasPassed: Bool { failures.isEmpty }

  /// - Parameters:
  ///   - faults: what kept the traffic from the engine; a test with any has failed.
  ///   - sleepReason: why the rule judged nothing; told where the test failed.
  public init(test: RuleTest, alerts: [Alert], faults: [String], sleepReason: String?) {
    self.test = test
    self.alerts = alerts
    let check = ExpectationCheck(test: test, episodes: AlertHistory.histories(of: alerts))
    let failures = faults + check.failures
    let hint = sleepReason.map { ["the rule judged nothing: \($0)"] } ?? []
    self.failures = failures.isEmpty ? [] : failures + hint
  }
}
