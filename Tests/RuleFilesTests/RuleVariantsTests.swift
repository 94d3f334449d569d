import Detection
import Testing

@testable import RuleFiles

@Suite struct RuleVariantsTests {
  private static let file = SourceFile(
    name: "r.yaml",
    text: """
      rules:
        - {id: other, title: t, kind: threshold, above: 7}
        - id: spike
          title: t
          kind: spike
          window: [5m, 30m]
          at_least: {times: 2, more: 20}
        - {id: limit, title: t, kind: threshold, above: 7}
      """)

  private func rule(_ id: String, _ edits: (String, String)...) throws -> Rule {
    let variants = try #require(RuleVariants(of: id, in: [Self.file]))
    return try variants.rule(
      with: edits.map {
        RuleEdit(path: $0.0.split(separator: ".").map(String.init), value: $0.1)
      })
  }

  private func plan(_ id: String, _ edits: (String, String)...) throws -> VolumePlan {
    let variants = try #require(RuleVariants(of: id, in: [Self.file]))
    let rule = try variants.rule(
      with: edits.map {
        RuleEdit(path: $0.0.split(separator: ".").map(String.init), value: $0.1)
      })
    guard case .volume(let plan) = rule.detector.plan else { throw Missing() }
    return plan
  }

  private struct Missing: Error {}

  @Test func `without an edit it is the rule of the file`() throws {
    let loaded = try RuleLoader.load([Self.file]).ruleSet.rules
    for rule in loaded {
      #expect(try self.rule(rule.id).contentHash == rule.contentHash)
    }
  }

  @Test func `a value takes the place of another, of a list, and of one that is not there`() throws
  {
    #expect(try plan("spike", ("at_least.times", "5")).timesMin == 5)
    #expect(try plan("spike", ("at_least.times", "5")).moreMin == 20)
    #expect(try plan("spike", ("window", "2h")).windows == [7_200_000])
    #expect(
      try rule("limit", ("where", "status >= 500")).filter.expression?.text == "status >= 500")
    #expect(try rule("limit", ("severity", "high")).severity == .high)
  }

  @Test func `a value that the rule cannot have is told at the rule's place`() throws {
    for (key, value) in [("abvoe", "1"), ("above", "x"), ("below", "3"), ("above.more", "3")] {
      let error = #expect(throws: Diagnostics.self) { try rule("limit", (key, value)) }
      #expect(error?.description.hasPrefix("r.yaml:8:") == true, "\(String(describing: error))")
    }
  }

  @Test func `a rule that is not there has no variants`() {
    #expect(RuleVariants(of: "limt", in: [Self.file]) == nil)
  }
}
