import AccessLog
import Detection
import Testing

@testable import RuleFiles

/// The tables of keys that nobody can find out by letting the code read.
@Suite struct RuleLanguageTests {
  private func node(_ text: String) throws -> YAMLNode {
    let file = SourceFile(name: "a.yaml", text: text)
    return try #require(YAMLDocument.parse(file, text: text, into: sink))
  }

  private let sink = DiagnosticSink(file: "a.yaml", showing: nil)

  private func fields(_ text: String) throws -> FieldReader {
    let node = try node(text)
    return try #require(FieldReader(node, as: "it", sink: sink))
  }

  @Test(arguments: Detectors.all.map { $0.kind })
  func `a rule is asked for the keys of the table, and for no others`(kind: String) throws {
    let detector = try #require(Detectors.detector(kind: kind))
    let node = try node("{id: a, title: A, kind: \(kind)}")
    var reader = try #require(RuleReader(node, sink: sink))
    _ = reader.rule()
    let refused = RuleLanguage.keysWithoutEffect(at: kind).map(\.name)
    let table = RuleLanguage.keys(of: detector).map(\.name)
    #expect(Set(reader.fields.known) == Set(table + refused))
    #expect(Set(table).isDisjoint(with: refused))
  }

  @Test func `a test, its lines and what it expects are asked for the keys of their tables`() throws
  {
    let reader = RuleTestReader(ruleID: "a", plan: .tier(Tier()), sink: sink)
    var test = try fields("{name: a, feed: 1, expect: none}")
    _ = reader.test(&test)
    #expect(Set(test.known) == Set(RuleLanguage.test.map(\.name)))
    var line = try fields("{at: \"10:00:00\", request: GET /}")
    _ = reader.line(line.mark, RuleTest.defaultStart, &line)
    #expect(Set(line.known) == Set(RuleLanguage.line.map(\.name)))
    var expectation = try fields("{at: \"10:00:00\"}")
    _ = reader.expectation(RuleTest.defaultStart, nil, &expectation)
    #expect(Set(expectation.known) == Set(RuleLanguage.expectation.map(\.name)))
    var mark = try fields("{name: a, at: \"10:00:00\"}")
    _ = reader.mark(RuleTest.defaultStart, &mark)
    #expect(Set(mark.known) == Set(RuleLanguage.mark.map(\.name)))
    var tier = try fields("{rate_per_second: 5}")
    _ = TierReader.tier(name: "a", &tier)
    #expect(Set(tier.known) == Set(RuleLanguage.tier.map(\.name)))
  }

  @Test func `every key has a meaning`() {
    func meanings(_ keys: [RuleKey]) -> [String] {
      keys.flatMap { [$0.meaning] + meanings($0.inner) }
    }
    #expect(!meanings(RuleLanguage.common).contains(""))
  }
}
