import Detection
import Foundation
import RuleFiles
import RuleWorkshop
import ShippedRules
import Testing

@Suite struct ShippedRulesTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Rules")

  private static let files = ShippedRules.all.map {
    SourceFile(name: "Rules/\($0.name)", bytes: $0.bytes)
  }

  @Test func `the list has every file of the folder, and its bytes`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(ShippedRules.all.map(\.name) == names.filter { !$0.hasPrefix(".") }.sorted())
    for (name, bytes) in ShippedRules.all {
      #expect(try Data(contentsOf: Self.folder.appending(path: name)) == Data(bytes), "\(name)")
    }
  }

  @Test func `the pack loads without a warning`() throws {
    #expect(try RuleLoader.load(Self.files).warnings.isEmpty)
  }

  @Test func `every rule says when it speaks and when it does not`() throws {
    let loaded = try RuleLoader.load(Self.files)
    for rule in loaded.ruleSet.rules {
      let tests = loaded.tests.filter { $0.ruleID == rule.id }
      #expect(tests.contains { $0.expectations.isEmpty }, "\(rule.id)")
      #expect(tests.contains { !$0.expectations.isEmpty }, "\(rule.id)")
    }
  }

  @Test(arguments: try RuleLoader.load(files).tests.map(\.placedName))
  func `a shipped rule does what its tests say`(name: String) throws {
    let loaded = try RuleLoader.load(Self.files)
    let test = try #require(loaded.tests.first { $0.placedName == name })
    let outcome = RuleTester(loaded.ruleSet).outcome(of: test)
    #expect(outcome.failures == [])
  }
}

extension RuleTest {
  var placedName: String { "\(ruleID): \(name)" }
}
