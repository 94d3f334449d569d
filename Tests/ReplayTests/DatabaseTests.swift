import Foundation
import GRDB
import Testing

/// What a replay leaves behind.
@Suite struct DatabaseTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `replaying twice into one database adds nothing and changes nothing`() throws {
    let path = folder.path + "/alerts.sqlite"
    let first = try Self.fixture.replay("--db", path)
    let rows = try rows(path)
    let second = try Self.fixture.replay("--db", path)
    #expect(first.status == 0 && second.status == 0, "\(first.report)\(second.report)")
    #expect(first.output == second.output)
    #expect(rows.contains { $0.hasPrefix("alerts:") })
    #expect(try self.rows(path) == rows)
  }

  @Test func `the database holds what standard output says`() throws {
    let path = folder.path + "/alerts.sqlite"
    let outcome = try Self.fixture.replay("--db", path)
    let ids = try read(path) { db in
      try String.fetchAll(db, sql: "SELECT id || ' ' || revision FROM alert_history")
    }
    let told = try outcome.lines.map { line in
      let alert = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return "\(alert?["id"] as? String ?? "") \(alert?["revision"] as? Int ?? 0)"
    }
    #expect(ids.sorted() == told.sorted())
  }

  @Test func `without a database nothing is written beside the logs`() throws {
    for name in ["tollwatch.yaml", "access.log.gz", "registry.yaml", "rules.yaml"] {
      try folder.write(Self.fixture.contents(name), to: name)
    }
    try folder.write(Self.fixture.contents("fingerprint_key"), to: "fingerprint_key")
    let before = folder.files
    let outcome = try Tollwatch.run(["replay", "--config", "tollwatch.yaml"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(folder.files == before)
  }

  /// The registry of the fixture holds the raw keys that its log shows.
  @Test func `a key occurs in no byte that a replay writes`() throws {
    let registry = String(decoding: try Self.fixture.contents("registry.yaml"), as: UTF8.self)
    let secrets = registry.matches(of: /\bsim_\w+/).map { Data($0.0.utf8) }
    #expect(secrets.count > 4)
    let log = try Shell.gunzip(Self.fixture.contents("access.log.gz"))
    let used = secrets.filter { log.range(of: $0) != nil }
    #expect(used.count > 4)
    let lines = "unreadable \(String(decoding: used[0], as: UTF8.self)) line\n"
    let broken = try folder.write(log + Data(lines.utf8), to: "access.log")
    let path = folder.path + "/alerts.sqlite"
    let json = try Self.fixture.replay([broken], in: folder, ["--db", path])
    let text = try Self.fixture.replay([broken], in: folder, ["--output", "text"])
    var written = [json.output, text.output, Data(json.report.utf8), Data(text.report.utf8)]
    for file in folder.files where file != broken {
      written.append(try Data(contentsOf: URL(filePath: file)))
    }
    #expect(written.count > 4)
    #expect(json.report.contains("1 unparsed"), "\(json.report)")
    for bytes in written {
      for secret in secrets { #expect(bytes.range(of: secret) == nil) }
    }
  }

  // MARK: - helpers

  /// Every row of every table, as text, in an order of its own.
  private func rows(_ path: String) throws -> [String] {
    try read(path) { db in
      let tables = try String.fetchAll(
        db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      return try tables.flatMap { table in
        try Row.fetchAll(db, sql: "SELECT * FROM \"\(table)\"").map { "\(table): \($0)" }.sorted()
      }
    }
  }

  private func read<Value>(_ path: String, _ value: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.readonly = true
    return try DatabaseQueue(path: path, configuration: configuration).read(value)
  }
}
