import Foundation
import Testing

/// `UPDATE_FIXTURES=1 swift test --filter ReplayTests` writes what the replays say now; look at
/// the difference before it is committed.
@Suite struct FixtureTests {
  private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1"

  @Test func `the fixtures and the binary are there`() {
    #expect(FileManager.default.isExecutableFile(atPath: Tollwatch.path))
    #expect(Fixture.all.contains { $0.name == Fixture.threeQuestions.name })
  }

  @Test(arguments: Fixture.all)
  func `a replay says what it said when a person last looked at it`(fixture: Fixture) throws {
    let outcome = try fixture.replay()
    #expect(outcome.status == 0, "\(outcome.report)")
    if Self.isUpdating { try outcome.output.write(to: URL(filePath: fixture.expectedPath)) }
    let expected = try fixture.contents("expected.jsonl")
    guard outcome.output != expected else { return }
    Attachment.record(outcome.text, named: "\(fixture.name)-actual.jsonl")
    let pairs = zip(outcome.lines, String(decoding: expected, as: UTF8.self).split(separator: "\n"))
    let first = pairs.enumerated().first { $0.element.0 != $0.element.1 }
    Issue.record(
      """
      \(fixture.name): line \(first.map { $0.offset + 1 } ?? 0) differs
      actual:   \(first?.element.0 ?? "\(outcome.lines.count) lines")
      expected: \(first?.element.1 ?? "another number of lines")
      """)
  }

  @Test(.enabled(if: !isUpdating), arguments: Fixture.all)
  func `every alert has its reason, its evidence and a line of its own`(fixture: Fixture) throws {
    let text = String(decoding: try fixture.contents("expected.jsonl"), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let alert = try #require(object)
      #expect((alert["reason"] as? String ?? "").count > 20)
      #expect(alert["evidence"] is [Any])
    }
  }

  /// A newcomer's first replay: each incident is told once, and nothing else.
  @Test func `three questions have their answers`() throws {
    let text = String(
      decoding: try Fixture.threeQuestions.contents("expected.jsonl"), as: UTF8.self)
    let opened = try text.split(separator: "\n").compactMap { line -> String? in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let alert = object, alert["revision"] as? Int == 1 else { return nil }
      #expect(alert["learning"] as? Bool == false)
      return ["rule_id", "entity_type", "entity"].map { alert[$0] as? String ?? "" }
        .joined(separator: " ")
    }
    #expect(
      opened.sorted() == [
        "orders-without-quotes key dorado-shop", "over-tier key bluefjord-erp",
        "supplier-traffic-spike supplier bluefjord", "supplier-traffic-spike supplier castellan",
      ])
  }
}
