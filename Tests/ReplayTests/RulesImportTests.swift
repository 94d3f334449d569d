import Foundation
import Testing

/// `tollwatch rules import` and `tollwatch rules check --registry`, as a person runs them.
@Suite struct RulesImportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(arguments.split(separator: " ").map(String.init), in: folder.path)
  }

  private func write(_ category: String, to name: String) throws {
    try folder.write(
      """
      title: Backup files
      logsource: {category: \(category)}
      detection: {selection: {c-uri|endswith: [.bak, .old]}, condition: selection}
      """, to: name)
  }

  @Test func `what is printed is a rule file, and what was not taken is listed`() throws {
    try write("webserver", to: "sigma/backup.yml")
    let taken = try run("rules import --from sigma sigma")
    #expect(taken.status == 0 && taken.report.contains("1 of 1 taken"), "\(taken.report)")
    try folder.write(taken.output, to: "my/backup.yaml")
    let checked = try run("rules check my")
    #expect(checked.status == 0 && checked.text.contains("1 rule, no faults"))
    try write("process_creation", to: "sigma/other.yml")
    let other = try run("rules import --from sigma sigma")
    #expect(other.status == 1 && other.text == taken.text)
    #expect(other.report.contains("not taken: sigma/other.yml:1: Backup files: its log source"))
    #expect(other.report.contains("1 of 2 taken"))
  }

  @Test func `a file that is no YAML, and another tool, are told`() throws {
    try folder.write("a: [", to: "broken.yml")
    #expect(try run("rules import --from sigma broken.yml").status == 78)
    #expect(try run("rules import --from snort broken.yml").status == 64)
  }

  @Test func `a check with a registry tells rules that can never alert`() throws {
    try folder.write(
      "rules: [{id: mine, title: t, kind: threshold, per: supplier, above: 5}]\n", to: "mine.yaml")
    try folder.write("keys: [{key: shop}]\n", to: "registry.yaml")
    let outcome = try run("rules check --registry registry.yaml mine.yaml")
    #expect(outcome.status == 0 && outcome.text.contains("1 rule, no faults"))
    #expect(outcome.report.contains("'mine' can never alert: no key of the registry belongs to"))
  }
}
