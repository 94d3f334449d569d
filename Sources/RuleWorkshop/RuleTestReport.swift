public import Detection
import RuleFiles

/// The outcome of a run of tests as text, line by line.
public struct RuleTestReport: Sendable {
  public private(set) var passedCount = 0
  public private(set) var failedCount = 0

  public init() {}

  /// One line for a test, and below it what failed.
  ///
  ///     ok      key-traffic-spike: ten times the usual rate
  ///     FAILED  key-traffic-spike: an ordinary fortnight (Rules/key-traffic-spike.yaml:21:9)
  ///             expected no alert at all
  ///             opened 2026-01-18T00:05:00.000Z: key-1 of supplier sent …
  public mutating func text(of outcome: RuleTestOutcome) -> String {
    let test = outcome.test
    let name = "\(test.ruleID): \(test.name)"
    guard !outcome.hasPassed else {
      passedCount += 1
      return "ok      \(name)"
    }
    failedCount += 1
    let heading = "FAILED  \(name) (\(test.file):\(test.line):\(test.column))"
    return ([heading] + outcome.failures.map { "        \($0)" }).joined(separator: "\n")
  }

  /// Names the rules that have no test, and counts the tests.
  public func closing(untested: [Rule]) -> String {
    let names = untested.map { "no test  \($0.id)" }
    return (names + ["\(passedCount) passed, \(failedCount) failed"]).joined(separator: "\n")
  }
}
