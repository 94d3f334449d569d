import Foundation
import Testing

/// `tollwatch rules test` on rule files with logs beside them, as a person runs it.
@Suite struct RulesTestCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let lines = (0..<50).map { second in
      let time = "02/Mar/2026:08:00:\(String("0\(second)".suffix(2))) +0000"
      return "192.0.2.1 - shop [\(time)] \"GET /v1/quotes HTTP/1.1\" 200 5 \"-\" \"-\"\n"
    }
    try folder.write(lines.joined(), to: "my/logs/burst.log")
    try folder.write(
      "suppliers: {acme: {}}\nkeys: [{key: shop, name: acme-shop, supplier: acme}]\n",
      to: "my/registry.yaml")
  }

  private func test(_ tests: String, _ options: [String] = []) throws -> Tollwatch.Outcome {
    let text = """
      rules:
        - id: limit
          title: t
          kind: threshold
          per: supplier
          window: 1m
          above: 40
          tests:
            - {name: a burst, log: logs/burst.log, registry: registry.yaml, \(tests)}
        - {id: untested, title: t, kind: threshold, above: 5}
      """
    try folder.write(text, to: "my/rules.yaml")
    return try Tollwatch.run(["rules", "test"] + options + ["my/rules.yaml"], in: folder.path)
  }

  @Test func `a log beside the rules is read as a replay reads it`() throws {
    let outcome = try test(
      #"start: 2026-03-02T00:00:00Z, "#
        + #"expect: [{at: "08:00:41", entity: acme, reason: sent 41 requests in 1 min}]"#)
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.report)")
    #expect(outcome.text.contains("ok      limit: a burst"))
    #expect(outcome.text.contains("no test  untested"))
    #expect(outcome.text.contains("1 passed, 0 failed"))
  }

  @Test func `a log that shows something else fails the test, on the page for servers too`() throws
  {
    let outcome = try test("format: combined, expect: none", ["--junit", "junit.xml"])
    #expect(outcome.status == 1)
    #expect(outcome.text.contains("expected no alert at all"))
    let page = try String(contentsOfFile: folder.path + "/junit.xml", encoding: .utf8)
    #expect(page.contains("<failure message=\"expected no alert at all\">"))
    #expect(page.contains("classname=\"untested\""))
  }

  @Test func `a log that is not there is told with the test that asks for it`() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/my/logs/burst.log")
    let outcome = try test("expect: none")
    #expect(outcome.status == 66 && outcome.report.contains("my/rules.yaml:9: "))
    #expect(outcome.report.contains("my/logs/burst.log"))
  }

  @Test func `a page that cannot be written is told`() throws {
    let outcome = try test("expect: none", ["--junit", "no/such/folder/junit.xml"])
    #expect(outcome.status == 74 && outcome.report.contains("no/such/folder/junit.xml: "))
  }
}
