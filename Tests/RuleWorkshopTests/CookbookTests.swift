import Detection
import Foundation
import RuleFiles
import RuleWorkshop
import Testing

/// The rules of `Documentation/cookbook`: whoever copies one gets what it promises.
@Suite struct CookbookTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Documentation/cookbook")

  private static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  private static func file(_ name: String) throws -> SourceFile {
    SourceFile(name: name, bytes: Array(try Data(contentsOf: folder.appending(path: name))))
  }

  private static let shipped = [
    SourceFile(
      name: "named.yaml", text: "rules: [{id: key-traffic-drop, title: t, kind: drop, tests: []}]")
  ]

  @Test func `there are many, and all of them stand on the page`() throws {
    #expect(Self.names.count >= 20)
    let page = try String(contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
    for name in Self.names {
      let rule = try #require(try RuleLoader.load([Self.file(name)]).ruleSet.rules.first)
      #expect(page.contains("| [\(rule.id)](\(name)) | \(rule.title) |"), "\(name)")
    }
    #expect(page.split(separator: "\n").count { $0.hasPrefix("| [") } == Self.names.count)
  }

  @Test func `they can stand in one folder, without a warning`() throws {
    let files = try Self.names.map(Self.file)
    #expect(try RuleLoader.load(files, shipped: Self.shipped).warnings.isEmpty)
  }

  @Test(arguments: names)
  func `a rule is named as its file, says why and what to do, and is tested both ways`(
    name: String
  ) throws {
    let loaded = try RuleLoader.load([Self.file(name)], shipped: Self.shipped)
    let rule = try #require(loaded.ruleSet.rules.first { "\($0.id).yaml" == name })
    #expect(rule.why != nil && rule.runbook != nil)
    let tests = loaded.tests.filter { $0.ruleID == rule.id }
    #expect(tests.contains { $0.expectations.isEmpty })
    #expect(tests.contains { !$0.expectations.isEmpty })
    for test in tests {
      #expect(RuleTester(loaded.ruleSet).outcome(of: test).failures == [], "\(test.name)")
    }
  }
}
