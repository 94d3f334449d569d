import Foundation
import Testing

/// What `alerts` says of a database that a replay wrote.
@Suite struct AlertsCommandTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder
  private let replayed: Tollwatch.Outcome

  /// One replay for all tests, which only look at what it left.
  private static let shared = Result {
    let folder = try TemporaryFolder()
    let path = folder.path + "/db.sqlite"
    let replayed = try fixture.replay("--db", path)
    return (database: try Data(contentsOf: URL(filePath: path)), replayed: replayed)
  }

  init() throws {
    folder = try TemporaryFolder()
    let shared = try Self.shared.get()
    replayed = shared.replayed
    try folder.write(shared.database, to: "db.sqlite")
  }

  private func alerts(_ words: String) throws -> Tollwatch.Outcome {
    try Tollwatch.run(["alerts"] + words.split(separator: " ").map(String.init), in: folder.path)
  }

  /// The last line that the replay printed for each alert, in the order of printing.
  private var lastLines: [String] {
    var last: [String: Int] = [:]
    for (index, line) in replayed.lines.enumerated() {
      last[String(line.dropFirst(7).prefix(32))] = index
    }
    return last.values.sorted().map { String(replayed.lines[$0]) }
  }

  @Test func `export writes the lines that the replay printed last`() throws {
    let outcome = try alerts("export --db db.sqlite")
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.lines.map(String.init) == lastLines)
  }

  @Test func `csv has a row an alert, under the names of the table`() throws {
    let outcome = try alerts("export --db db.sqlite --output csv")
    let rows = outcome.text.split(separator: "\r\n")
    #expect(rows.count == lastLines.count + 1)
    #expect(rows[0].hasPrefix("id,revision,rule_id,kind,severity,entity_type,entity,supplier"))
    #expect(rows[0].hasSuffix("application,revised_at,evidence_count"))
  }

  private static let filters: [(String, [String])] = [
    (
      "",
      ["over-tier", "supplier-traffic-spike", "orders-without-quotes", "supplier-traffic-spike"]
    ),
    ("--severity critical", ["over-tier"]), ("--rule orders*", ["orders-without-quotes"]),
    ("--kind spike --supplier castellan", ["supplier-traffic-spike"]),
    ("--entity bluefjord-erp", ["over-tier"]),
    ("--entity-type key", ["over-tier", "orders-without-quotes"]),
    ("--from 2026-03-20", ["over-tier", "supplier-traffic-spike"]),
    ("--from -24h", ["over-tier", "supplier-traffic-spike"]),
    ("--to 2026-03-19T12:00:00Z", ["supplier-traffic-spike"]), ("--limit 1", ["over-tier"]),
  ]

  @Test(arguments: filters)
  func `list shows what fits, the latest first`(words: String, rules: [String]) throws {
    let outcome = try alerts("list --db db.sqlite \(words)")
    #expect(outcome.status == 0, "\(outcome.report)")
    let told = outcome.lines.dropFirst().map { line in
      rules.first { line.contains("  \($0)  ") } ?? String(line)
    }
    #expect(told == rules)
  }

  @Test func `list has the same alerts for programs`() throws {
    let json = try alerts("list --db db.sqlite --limit 2 --output json")
    let exported = try alerts("export --db db.sqlite")
    #expect(json.lines.count == 2)
    for line in json.lines { #expect(exported.lines.contains(line)) }
    let csv = try alerts("list --db db.sqlite --limit 2 --output csv")
    #expect(
      csv.text.count { $0 == "\r\n" } == 3 && csv.text.hasPrefix("id,revision,rule_id"),
      "\(csv.text)")
  }

  @Test(arguments: ["--supplier nobody", "--state open", "--to 2020-01-01"])
  func `nothing found says what there would be`(words: String) throws {
    let outcome = try alerts("list --db db.sqlite \(words)")
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.report.contains("without the filters there are 4"), "\(outcome.report)")
  }

  @Test func `show tells everything of one alert`() throws {
    let line = try #require(replayed.lines.first { $0.contains("over-tier") })
    let id = String(line.dropFirst(7).prefix(32))
    let page = try alerts("show --db db.sqlite \(id.prefix(6).uppercased())")
    #expect(page.status == 0, "\(page.report)")
    #expect(page.text == (try alerts("show --db db.sqlite \(id)").text))
    for part in [
      "alert \(id)", "3 s a bar from 09:31:35Z", "usual at the end: at most 25",
      "over-tier (tier), critical", "supplier     bluefjord", "tier         bronze",
      "history", "  resolved  ", "access.log.gz:", "why ", "runbook ",
    ] { #expect(page.text.contains(part), "\(part) is not in \(page.text)") }
    #expect(!page.text.contains("was changed since"))
  }

  private static let refusals: [(String, Int32, String)] = [
    ("list --db missing.sqlite", 66, "no such database"), ("list", 64, "--db"),
    ("list --db db.sqlite --severity dire", 64, "there are: info"),
    ("list --db db.sqlite --state opn", 64, "did you mean 'open'"),
    ("list --db db.sqlite --from yesterday", 64, "-24h"),
    ("list --db db.sqlite --from 2026-03-02 --to 2026-03-01", 64, "after --from"),
    ("list --db db.sqlite --limit=-1", 64, "number of rows"),
    ("list --db notes.txt", 74, "not an SQLite database"),
    ("show --db db.sqlite zzz", 66, "begins with 'zzz'"), ("show --db db.sqlite", 64, "<id>"),
    ("export --db db.sqlite --output xml", 64, "csv"),
    ("list --db db.sqlite --kind spik", 64, "did you mean 'spike'"),
  ]

  @Test(arguments: refusals)
  func `what cannot be answered says why`(words: String, status: Int32, reason: String) throws {
    try folder.write(String(repeating: "It was a dark night. ", count: 9), to: "notes.txt")
    let outcome = try alerts(words)
    #expect(outcome.status == status, "\(outcome.report)")
    #expect(outcome.report.contains(reason), "\(outcome.report)")
    #expect(outcome.output.isEmpty)
  }

  @Test func `looking leaves no mark`() throws {
    let before = folder.files
    let bytes = try Data(contentsOf: URL(filePath: folder.path + "/db.sqlite"))
    for words in ["list --db db.sqlite", "export --db db.sqlite"] { _ = try alerts(words) }
    _ = try Tollwatch.run(["usage", "--db", "db.sqlite"], in: folder.path)
    #expect(folder.files == before)
    #expect(try Data(contentsOf: URL(filePath: folder.path + "/db.sqlite")) == bytes)
  }
}
