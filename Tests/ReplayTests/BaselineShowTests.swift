import Foundation
import Testing

@testable import tollwatch

/// `tollwatch baseline show` on logs and on the database of a service, as a person runs it.
@Suite struct BaselineShowTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let simulated = try Tollwatch.run(
      [
        "simulate", "--seed", "1", "--days", "16", "--lines-a-day", "1500", "--out", ".",
      ], in: folder.path)
    #expect(simulated.status == 0, "\(simulated.report)")
  }

  private func run(_ arguments: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(
      arguments.split(separator: " ").map(String.init), in: folder.path,
      state: folder.path + "/state")
  }

  private struct Page: Decodable, Equatable {
    struct Week: Decodable, Equatable {
      struct Hour: Decodable, Equatable {
        var hourOfWeek: Int
        var mean: Double
        var low: Double
        var high: Double
        var knowledge: String
      }
      struct Judgement: Decodable, Equatable {
        var rule: String
        var verdict: String
        var numbers: [String]
      }
      var entity: String
      var zone: String
      var windowCount: Int
      var hours: [Hour]
      var judgements: [Judgement]
    }
    var weeks: [Week]
  }

  private func page(_ arguments: String) throws -> Page {
    let outcome = try run("baseline show \(arguments) --output json")
    #expect(outcome.status == 0, "\(outcome.report)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Page.self, from: outcome.output)
  }

  @Test func `a supplier's week is drawn with a row a day, and what it takes for an alert`() throws
  {
    let outcome = try run("baseline show northwind --config tollwatch.yaml --svg week.svg")
    #expect(outcome.status == 0, "\(outcome.report)")
    for day in LearntWeekReport.dayNames {
      let row = try #require(outcome.lines.first { $0.dropFirst().hasPrefix("\(day) ") })
      #expect(row.dropFirst(5).prefix(48).allSatisfy { "·▁▂▃▄▅▆▇█".contains($0) }, "\(row)")
    }
    #expect(outcome.lines.count { $0.hasPrefix(">") } == 1)
    #expect(outcome.text.contains("supplier-traffic-spike") && outcome.text.contains("opens at"))
    let drawing = try String(contentsOfFile: folder.path + "/week.svg", encoding: .utf8)
    let known = drawing.ranges(of: "class=\"band\"").count
    #expect(known > 120 && known + drawing.ranges(of: "class=\"unknown\"").count == 168)
  }

  @Test func `a key is known by all of its names, and who is not is told with what is near`() throws
  {
    let named = try page("northwind-shop --config tollwatch.yaml")
    let week = try #require(named.weeks.first)
    #expect(week.entity.contains("northwind-shop") && week.windowCount > 4000)
    let noon = try #require(week.hours.first { $0.hourOfWeek == 12 })
    let night = try #require(week.hours.first { $0.hourOfWeek == 2 })
    #expect(noon.mean > 2 * night.mean && noon.low <= noon.mean && noon.mean <= noon.high)
    let unknown = try run("baseline show northwind-shpo --config tollwatch.yaml")
    #expect(unknown.status == 66 && unknown.report.contains("near it are: northwind-shop"))
  }

  @Test func `a moment before the end knows what was known then`() throws {
    let then = try page("northwind --config tollwatch.yaml --at 2026-03-12T12:00:00Z")
    let now = try page("northwind --config tollwatch.yaml")
    #expect(then.weeks[0].windowCount < now.weeks[0].windowCount)
    let weekly = [then, now].map { $0.weeks[0].hours.count { $0.knowledge == "hour_of_week" } }
    #expect(weekly[0] == 0 && weekly[1] > 100)
  }

  @Test func `a service's database shows the week that a replay of its logs does`() throws {
    let text = try String(contentsOfFile: folder.path + "/tollwatch.yaml", encoding: .utf8)
    try folder.write(text + "store: service.sqlite\nbackfill: 3650d\n", to: "service.yaml")
    let early = try run("baseline show northwind --config service.yaml --db service.sqlite")
    #expect(early.status == 66, "\(early.report)")
    let service = try Tollwatch.Running(
      ["run", "--config", "service.yaml"], in: folder.path, state: folder.path + "/state")
    try service.wait(
      for: { status in
        status.lines > 0
          && status.sources.allSatisfy { $0.lagBytes == 0 && $0.waitingSegments == 0 }
      }, of: "service.yaml")
    kill(service.identifier, SIGTERM)
    #expect(try service.outcome().status == 0)
    let learnt = try page("northwind --config service.yaml --db service.sqlite").weeks[0]
    let replayed = try page("northwind --config service.yaml").weeks[0]
    #expect(learnt.entity == replayed.entity && learnt.zone == replayed.zone)
    // The service waits a while for late lines before it counts the last ones.
    #expect((0...12).contains(replayed.windowCount - learnt.windowCount))
    let known = Dictionary(uniqueKeysWithValues: replayed.hours.map { ($0.hourOfWeek, $0) })
    let differing = learnt.hours.count { known[$0.hourOfWeek] != $0 }
    #expect(learnt.hours.count > 140 && differing <= 2, "\(differing) hours differ")
  }

  @Test func `what cannot be is told at once`() throws {
    #expect(try run("baseline show northwind").report.contains("Name a LOG"))
    #expect(try run("baseline show northwind --db x.sqlite").report.contains("--config"))
    let then = try run("baseline show a --config t.yaml --db x.sqlite --at 2026-03-12T12:00:00Z")
    #expect(then.report.contains("--at goes with logs"))
    let both = try run("baseline show northwind --config tollwatch.yaml --db x.sqlite access.log")
    #expect(both.report.contains("not both"))
  }
}
