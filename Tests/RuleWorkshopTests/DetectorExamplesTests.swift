import Detection
import RuleFiles
import RuleWorkshop
import Testing

/// The example of each kind of rule is a rule file's worth of promise: it brings its tests.
@Suite struct DetectorExamplesTests {
  @Test(arguments: Detectors.all.map { $0.kind })
  func `a kind's example fires on its own test, and a quiet series never does`(
    kind: String
  ) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let file = SourceFile(name: "\(kind).yaml", text: "rules:\n" + detector.example)
    let loaded = try RuleLoader.load([file])
    #expect(loaded.tests.contains { $0.expectations.isEmpty })
    #expect(loaded.tests.contains { !$0.expectations.isEmpty })
    let tester = RuleTester(loaded.ruleSet)
    for test in loaded.tests {
      let outcome = tester.outcome(of: test)
      #expect(outcome.failures == [], "\(test.name)")
      #expect(outcome.alerts.allSatisfy { $0.kind == kind })
    }
  }
}
