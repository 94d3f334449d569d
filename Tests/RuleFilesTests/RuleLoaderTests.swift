import Detection
import Testing

@testable import RuleFiles

@Suite struct RuleLoaderTests {
  @Test(arguments: Detectors.all.map { $0.kind })
  func `every kind's example loads`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let file = SourceFile(name: "example.yaml", text: "rules:\n" + detector.example)
    let loaded = try RuleLoader.load([file])
    #expect(loaded.ruleSet.rules.count == 1)
    #expect(loaded.warnings.isEmpty)
  }
}
