import Detection
import RuleFiles
import Testing

@testable import RuleWorkshop

@Suite struct RuleTemplateTests {
  @Test(arguments: Detectors.all.map { $0.kind })
  func `a new rule of each kind loads and passes its tests`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let text = RuleTemplate.text(of: detector, id: "mine")
    let loaded = try RuleLoader.load([SourceFile(name: "mine.yaml", text: text)])
    #expect(loaded.ruleSet.rules.map(\.id) == ["mine"])
    #expect(loaded.warnings.isEmpty)
    #expect(!loaded.tests.isEmpty)
    for test in loaded.tests {
      #expect(RuleTester(loaded.ruleSet).outcome(of: test).failures == [], "\(test.name)")
    }
  }

  /// Somebody will take the sign of a comment away.
  @Test(arguments: Detectors.all.map { $0.kind })
  func `what stands in a comment can be used`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let text = RuleTemplate.text(of: detector, id: "mine").split(separator: "\n")
      .map { $0.hasPrefix("    # ") ? "    " + $0.dropFirst(6) : $0 }.joined(separator: "\n")
    #expect(!text.contains("…"))
    #expect(try RuleLoader.load([SourceFile(name: "mine.yaml", text: text)]).warnings.isEmpty)
  }
}
