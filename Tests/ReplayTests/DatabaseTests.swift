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

  @Test func `lines without a checksum keep their file, and are those of their own run`() throws {
    let path = folder.path + "/alerts.sqlite"
    let whole = try Self.fixture.replay("--db", path)
    let broken = try Fixture(name: "corrupt-member").replay("--db", path)
    #expect(whole.status == 0 && broken.status == 0, "\(whole.report)\(broken.report)")
    func count(_ condition: String) throws -> Int {
      try read(path) { db in
        try Int.fetchOne(db, sql: "SELECT count(*) FROM evidence WHERE \(condition)") ?? -1
      }
    }
    #expect(try count("file IS NULL") == 0)
    #expect(try count("unverified") > 0)
    #expect(try count("NOT unverified") > 0)
  }

  @Test func `a reader who has enough costs no row`() throws {
    let path = folder.path + "/alerts.sqlite"
    let words = ["replay", "--config", Self.fixture.path + "/tollwatch.yaml", "--output", "json"]
    let command = ([Tollwatch.path] + words + ["--db", path]).joined(separator: " ")
    _ = try Shell.run(["sh", "-c", "XDG_STATE_HOME=\(folder.path)/state \(command) | true"])
    let count = try read(path) { try Int.fetchOne($0, sql: "SELECT count(*) FROM alerts") }
    #expect(count ?? 0 > 0)
  }

  @Test func `a report does not take the place of the database`() throws {
    let path = folder.path + "/same"
    let outcome = try Self.fixture.replay("--db", path, "--report", path)
    #expect(outcome.status == 64 && outcome.report.contains("replace"), "\(outcome.report)")
  }

  @Test func `a key that is not the database's finds no leaked key`() throws {
    let path = folder.path + "/alerts.sqlite"
    _ = try Self.fixture.replay("--db", path)
    let moved = folder.path + "/elsewhere"
    try FileManager.default.createDirectory(atPath: moved, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: path, toPath: moved + "/alerts.sqlite")
    let outcome = try Tollwatch.run(
      ["fingerprint", "--db", moved + "/alerts.sqlite"], in: folder.path)
    #expect(outcome.status == 66, "\(outcome.text)\(outcome.report)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: moved) == ["alerts.sqlite"])
  }
}
