import Detection
import Foundation
import RuleFiles
import Testing

@testable import RuleWorkshop

@Suite struct RulePageTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Documentation/RULES.md")

  /// `UPDATE_RULES=1` writes the page anew, to be looked at.
  @Test func `the page of the rule language says what the code reads`() throws {
    if ProcessInfo.processInfo.environment["UPDATE_RULES"] != nil {
      try Data(RulePage.text.utf8).write(to: Self.page)
    }
    let written = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(written == RulePage.text, "UPDATE_RULES=1 swift test --filter RulePageTests")
  }

  /// What stands on the page between the fences of YAML.
  private static let examples: [String] = RulePage.text.components(separatedBy: "```yaml\n")
    .dropFirst().compactMap { $0.components(separatedBy: "\n```").first }

  @Test func `the page has an example of each kind, and more`() {
    for kind in Detectors.all.map({ $0.kind }) {
      #expect(Self.examples.contains { $0.contains("kind: \(kind)\n") }, "\(kind)")
    }
    #expect(Self.examples.count == Detectors.all.count + RuleExamples.all.count)
  }

  @Test(arguments: examples)
  func `an example does what its tests say, which have an alert and none`(yaml: String) throws {
    let loaded = try RuleLoader.load([SourceFile(name: "example.yaml", text: yaml)])
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.tests.contains { $0.expectations.isEmpty })
    #expect(loaded.tests.contains { !$0.expectations.isEmpty })
    for test in loaded.tests {
      #expect(RuleTester(loaded.ruleSet).outcome(of: test).failures == [], "\(test.name)")
    }
  }

  @Test(arguments: Detectors.all.map { $0.kind })
  func `each key of a kind has a meaning, and each meaning a key`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    func paths(_ keys: [RuleKey], below path: String) -> [String] {
      keys.flatMap { ["\(path)\($0.name)"] + paths($0.inner, below: "\(path)\($0.name).") }
    }
    let known = paths(RuleLanguage.ownKeys(of: detector), below: "")
    #expect(known.sorted() == detector.meanings.keys.sorted())
    #expect(!detector.meanings.values.contains(""))
  }
}
