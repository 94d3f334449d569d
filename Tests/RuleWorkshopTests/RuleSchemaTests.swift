import Detection
import Foundation
import ShippedRules
import Testing

@testable import RuleFiles
@testable import RuleWorkshop

@Suite struct RuleSchemaTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `the schema is JSON`() throws {
    let value = try JSONSerialization.jsonObject(with: Data(RuleSchema.text.utf8))
    #expect((value as? [String: Any])?["definitions"] != nil)
  }

  private static let good: [SourceFile] =
    ShippedRules.all.map { SourceFile(name: $0.name, bytes: $0.bytes) }
    + RuleExamples.all.map { SourceFile(name: $0.title, text: $0.yaml) }
    + Detectors.all.map { kind in
      SourceFile(name: kind.kind, text: RuleTemplate.text(of: kind, id: "mine"))
    }

  @Test(arguments: good.map(\.name))
  func `every rule that ships or is an example fits the schema`(name: String) throws {
    let file = try #require(Self.good.first { $0.name == name })
    #expect(try faults(of: file) == [])
  }

  /// What a schema can know of the faults that the loader tells.
  private static let visible = [
    "unknown key", "is for the kind", "not yet supported", "is missing", "must be a list",
  ]

  @Test func `what the loader refuses by its keys, the schema refuses`() throws {
    let folder = Self.tests.appending(path: "RuleFilesTests/Bad")
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    where name.hasPrefix("rule-") && name.hasSuffix(".yaml") {
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
      let file = SourceFile(name: name, bytes: bytes)
      let told = #expect(throws: Diagnostics.self) { try RuleLoader.load([file]) }
      let isVisible = (told?.all ?? []).contains { fault in
        Self.visible.contains { fault.message.contains($0) }
      }
      guard isVisible, let faults = try? faults(of: file) else { continue }
      #expect(!faults.isEmpty, "\(name)")
      count += 1
    }
    #expect(count >= 10)
  }

  @Test(arguments: [
    ("id: Not-Legal", "pattern"), ("window: 5 minutes", "anyOf"), ("per: customer", "anyOf"),
    ("at_least: {time: 2}", "additionalProperties"), ("within: 5m", "additionalProperties"),
    ("tests: [{name: a, feed: 1, expect: some}]", "anyOf"),
  ])
  func `a wrong value is marked`(line: String, keyword: String) throws {
    let start = line.hasPrefix("id") ? "" : "id: a, "
    let file = SourceFile(
      name: "a.yaml", text: "rules: [{\(start)title: A, kind: spike, \(line)}]")
    #expect(try faults(of: file).contains { $0.hasSuffix(keyword) })
  }

  private func faults(of file: SourceFile) throws -> [String] {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: YAMLDocument.byteCountMax, hidesSource: false)
    let root = try #require(YAMLDocument.parse(file, text: text ?? "", into: sink))
    return SchemaCheck(schema: RuleSchema.schema).faults(of: JSONValue(root))
  }
}

extension JSONValue {
  /// As an editor sees a node: plain scalars have the types of YAML 1.2.
  init(_ node: YAMLNode) {
    switch node.content {
    case .list(let nodes): self = .list(nodes.map { JSONValue($0) })
    case .mapping(let entries):
      self = .object(entries.map { Member(key: $0.key, value: JSONValue($0.value)) })
    case .scalar("true", .plain): self = .truth(true)
    case .scalar("false", .plain): self = .truth(false)
    case .scalar(let text, .plain): self = Double(text).map { .number($0) } ?? .text(text)
    case .scalar(let text, _): self = .text(text)
    }
  }
}
