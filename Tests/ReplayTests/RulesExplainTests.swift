import Foundation
import Testing

/// `tollwatch rules explain` on logs and on a database, as a person runs it.
@Suite struct RulesExplainTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let simulated = try Tollwatch.run(
      [
        "simulate", "--seed", "1", "--days", "3", "--lines-a-day", "4000", "--out", ".",
      ], in: folder.path)
    #expect(simulated.status == 0, "\(simulated.report)")
  }

  private func run(_ arguments: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(arguments.split(separator: " ").map(String.init), in: folder.path)
  }

  private struct Page: Decodable {
    struct Rule: Decodable {
      struct Number: Decodable {
        var seen: Double
      }
      var rule: String
      var verdict: String
      var alertId: String?
      var numbers: [Number]
    }
    var rules: [Rule]
  }

  private struct Told: Decodable {
    var id: String
    var ruleId: String
    var entity: String
    var detectedAt: String
    var revision: Int
    var observed: Double
  }

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  @Test func `every alert of a replay is explained with its own numbers`() throws {
    let replayed = try run("replay --config tollwatch.yaml --output json --db incident.sqlite")
    let alerts = try replayed.lines.map {
      try Self.decoder.decode(Told.self, from: Data($0.utf8))
    }.filter { $0.revision == 1 }
    #expect(!alerts.isEmpty)
    for alert in alerts.prefix(3) {
      let question = "--entity \(alert.entity) --at \(alert.detectedAt)"
      let outcome = try run("rules explain \(question) --config tollwatch.yaml --output json")
      #expect(outcome.status == 0, "\(outcome.report)")
      let page = try Self.decoder.decode(Page.self, from: outcome.output)
      let rule = try #require(page.rules.first { $0.rule == alert.ruleId })
      #expect(rule.verdict == "alert" && rule.alertId == alert.id)
      #expect(rule.numbers.contains { $0.seen == alert.observed })
      let stored = try run("rules explain \(question) --db incident.sqlite")
      #expect(stored.text.contains("alert \(alert.id.prefix(8)) since"))
      #expect(stored.text.contains("tollwatch rules explain --entity \(alert.entity) --at"))
    }
  }

  @Test func `every rule has its say, in lines that a terminal can show`() throws {
    let outcome = try run(
      "rules explain --entity northwind-shop --at 2026-03-08T12:00:00Z --config tollwatch.yaml")
    let verdicts = outcome.lines.filter { $0.first?.isWhitespace == false && $0.contains(" (") }
    #expect(verdicts.count == 6, "\(outcome.text)")
    #expect(outcome.text.contains("opens at"))
  }

  @Test func `who was never seen, and a rule that is not there, are told with what is near`() throws
  {
    let question = "rules explain --at 2026-03-08T12:00:00Z --config tollwatch.yaml --entity"
    let unknown = try run("\(question) northwind-shpo")
    #expect(unknown.status == 66 && unknown.report.contains("near it are: northwind-shop"))
    let rule = try run("\(question) northwind-shop --rule over-teir")
    #expect(rule.status == 64 && rule.report.contains("did you mean 'over-tier'?"))
    let early = try run(
      "rules explain --at 2020-01-01 --config tollwatch.yaml --entity northwind-shop")
    #expect(early.status == 66 && early.report.contains("no record came before"))
  }
}
