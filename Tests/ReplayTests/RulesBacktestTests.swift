import Foundation
import Testing

/// `tollwatch rules backtest` and `tollwatch replay --diff` on logs, as a person runs them.
@Suite struct RulesBacktestTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(Self.log, to: "access.log")
    try folder.write(limit(7), to: "old/limit.yaml")
    try folder.write(limit(9), to: "new/limit.yaml")
  }

  /// Three days from a Monday on of one key that sends every two minutes and once as much in three; and of others
  /// that send 4 to 12 requests within seconds, one each hour.
  private static let log: String = {
    var requests = (0..<2160).map { (second: $0 * 120, key: "steady") }
    requests += (0..<200).map { (second: 216_400 + $0, key: "steady") }
    for count in 4...12 {
      requests += (0..<count).map { (second: count * 3600 + $0, key: "burst-\(count)") }
    }
    requests.sort { ($0.second, $0.key) < ($1.second, $1.key) }
    return requests.map { request in
      let (day, second) = (request.second / 86_400 + 2, request.second % 86_400)
      let time = [second / 3600, second / 60 % 60, second % 60].map { String("0\($0)".suffix(2)) }
      return "192.0.2.1 - \(request.key) [0\(day)/Mar/2026:\(time.joined(separator: ":")) +0000] "
        + "\"GET /v1/quotes HTTP/1.1\" 200 5 \"-\" \"-\"\n"
    }.joined()
  }()

  private func limit(_ above: Int) -> String {
    "rules: [{id: limit, title: A limit, kind: threshold, window: 5m, above: \(above)}]\n"
  }

  private func run(_ arguments: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(arguments.split(separator: " ").map(String.init), in: folder.path)
  }

  private struct Told: Decodable {
    var ruleId: String
    var entity: String
    var startedAt: String
    var detectedAt: String
    var revision: Int
  }

  private struct Row: Decodable, Hashable {
    var entity: String
    var startedAt: String
    var detectedAt: String
  }

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()

  /// What a replay finds by one rule, sorted.
  private func replayed(_ rules: String, rule: String) throws -> [Row] {
    let outcome = try run("replay --rules \(rules) --output json access.log")
    #expect(outcome.status == 0, "\(outcome.report)")
    return try outcome.lines.map { try Self.decoder.decode(Told.self, from: Data($0.utf8)) }
      .filter { $0.revision == 1 && $0.ruleId == rule }
      .map { Row(entity: $0.entity, startedAt: $0.startedAt, detectedAt: $0.detectedAt) }
      .sorted { ($0.detectedAt, $0.entity) < ($1.detectedAt, $1.entity) }
  }

  // MARK: - backtest

  private struct Backtest: Decodable {
    struct Setting: Decodable {
      struct Entity: Decodable { var alerts: Int }
      var values: [String: String]
      var alerts: Int
      var alertsADay: Double
      var entities: [Entity]
      var episodes: [Row]
    }
    var days: Double
    var settings: [Setting]
  }

  @Test func `each setting finds what a replay with it alone finds`() throws {
    let outcome = try run(
      "rules backtest --rules old --rule limit --sweep above=5,7,9,1000 --output json access.log")
    #expect(outcome.status == 0, "\(outcome.report)")
    let page = try Self.decoder.decode(Backtest.self, from: outcome.output)
    #expect(page.settings.map { $0.values["above"] } == [nil, "5", "7", "9", "1000"])
    #expect(page.days > 2.9 && page.days < 3)
    for setting in page.settings {
      let above = Int(setting.values["above"] ?? "7") ?? 0
      try folder.write(limit(above), to: "one/limit.yaml")
      let alone = try replayed("one", rule: "limit")
      let found = setting.episodes.sorted {
        ($0.detectedAt, $0.entity) < ($1.detectedAt, $1.entity)
      }
      #expect(found == alone, "above \(above)")
      #expect(setting.alerts == alone.count)
      #expect(abs(setting.alertsADay - Double(alone.count) / page.days) < 1e-9)
      #expect(setting.entities.reduce(0) { $0 + $1.alerts } == alone.count)
    }
    let counts = page.settings.dropFirst().map(\.alerts)
    #expect(counts == counts.sorted(by: >) && counts[0] > counts[2] && counts[2] > counts[3])
  }

  @Test func `a learning rule that shares its counting with others is judged as if alone`() throws {
    let outcome = try run(
      "rules backtest --rule key-traffic-spike --sweep at_least.times=2..10 --output json access.log"
    )
    #expect(outcome.status == 0, "\(outcome.report)")
    let page = try Self.decoder.decode(Backtest.self, from: outcome.output)
    #expect(page.settings.count == 10)
    let alone = try replayed("old", rule: "key-traffic-spike")
    #expect(!alone.isEmpty)
    #expect(Set(page.settings[0].episodes) == Set(alone))
    #expect(page.settings[0].episodes == page.settings[1].episodes)
  }

  @Test func `people get a table of settings, and of which alerts those are`() throws {
    let outcome = try run(
      "rules backtest --rules old --rule limit --sweep above=5..1000 access.log")
    let head = outcome.lines.filter { $0.hasPrefix("above=") }.map { $0.prefix { $0 != " " } }
    #expect(head.first == "above=5" && head.last == "above=1000" && head.count == 8)
    #expect(outcome.text.contains("which, by the settings in the order above"))
    #expect(outcome.text.contains("●") && outcome.text.contains("; the limit is"))
  }

  @Test(arguments: [
    ("--rule limt --sweep above=1..9", 64, "did you mean 'limit'?"),
    ("--rule limit --sweep abvoe=1..9", 78, "with abvoe=1: old/limit.yaml:1:"),
    ("--rule limit --sweep above=9..1", 64, "--sweep: a range goes from the smaller"),
    ("--rule limit --sweep above=1..99:1 --sweep window=1m..1d", 64, "settings; at most 256"),
  ])
  func `what cannot be tried is told before a line is read`(
    options: String, status: Int32, words: String
  ) throws {
    let outcome = try run("rules backtest --rules old \(options) access.log")
    #expect(outcome.status == status && outcome.report.contains(words), "\(outcome.report)")
    #expect(outcome.text.isEmpty)
  }

  // MARK: - diff

  private struct Diff: Decodable {
    struct Rule: Decodable {
      var rule: String
      var change: String
      var oldAlerts: Int
      var newAlerts: Int
      var gone: Int
      var come: Int
    }
    struct Moved: Decodable {
      var old: [Row]
      var new: [Row]
    }
    var rules: [Rule]
    var gone: [Row]
    var come: [Row]
    var moved: [Moved]
  }

  private func diff(_ paths: String) throws -> Diff {
    let outcome = try run("replay --output json --diff \(paths) access.log")
    #expect(outcome.status == 0, "\(outcome.report)")
    return try Self.decoder.decode(Diff.self, from: outcome.output)
  }

  @Test func `a stricter limit loses alerts, and each is one that the old rules found`() throws {
    let page = try diff("old new")
    let (old, new) = (
      try replayed("old", rule: "limit"), try replayed("new", rule: "limit")
    )
    let limit = try #require(page.rules.first { $0.rule == "limit" })
    #expect(limit.change == "changed" && limit.come == 0 && limit.gone > 0)
    #expect((limit.oldAlerts, limit.newAlerts) == (old.count, new.count))
    #expect(Set(page.gone).isSubset(of: old) && Set(page.gone).isDisjoint(with: new))
    #expect(Set(page.moved.flatMap(\.old)).isSubset(of: old))
    #expect(Set(page.moved.flatMap(\.new)).isSubset(of: new))
    let others = page.rules.filter { $0.rule != "limit" }
    #expect(others.count == 6 && others.allSatisfy { $0.change == "same" })
    #expect(others.allSatisfy { $0.gone + $0.come == 0 && $0.oldAlerts == $0.newAlerts })
  }

  @Test func `the other way round the lost alerts come`() throws {
    #expect(try Set(diff("new old").come) == Set(diff("old new").gone))
  }

  @Test func `a rule may come and go, and equal rules differ in nothing`() throws {
    try folder.write("rules: [{id: b, title: B, kind: threshold, above: 9}]\n", to: "b/b.yaml")
    let page = try diff("old b")
    #expect(page.rules.first { $0.rule == "limit" }?.change == "removed")
    #expect(page.rules.first { $0.rule == "b" }?.change == "added")
    let same = try diff("old old")
    #expect(same.gone.isEmpty && same.come.isEmpty && same.moved.isEmpty)
    #expect(same.rules.contains { $0.oldAlerts > 0 })
  }

  @Test func `logs may stand behind the two, and one alone is refused`() throws {
    let outcome = try run(
      "replay --diff old new access.log --output text")
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.text.contains("old and new, from"))
    #expect(try run("replay --diff old --output json access.log").status == 64)
    #expect(try run("replay --diff old new --db x.sqlite access.log").status == 64)
  }
}
