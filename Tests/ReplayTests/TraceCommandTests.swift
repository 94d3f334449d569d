import Foundation
import Testing

/// `trace` on logs and on the database of the same logs.
@Suite struct TraceCommandTests {
  private static let fixture = Fixture.threeQuestions
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func trace(_ words: [String]) throws -> (Tollwatch.Outcome, [String: Any]) {
    let outcome = try Tollwatch.run(
      ["trace", "--output", "json", "--fingerprint-key", Self.fixture.path + "/fingerprint_key"]
        + words, in: folder.path)
    let object = try? JSONSerialization.jsonObject(with: outcome.output) as? [String: Any]
    return (outcome, object ?? [:])
  }

  @Test func `logs and their database tell the same of a supplier`() throws {
    let config = ["--config", Self.fixture.path + "/tollwatch.yaml"]
    let database = folder.path + "/alerts.sqlite"
    let replay = try Self.fixture.replay("--db", database)
    let alert = try #require(
      replay.lines.lazy.compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }.first { $0["supplier"] is String })
    let supplier = try #require(alert["supplier"] as? String)
    let (fromLogs, logs) = try trace([supplier] + config)
    let (fromStore, stored) = try trace([supplier, "--db", database])
    #expect(fromLogs.status == 0, "\(fromLogs.report)")
    #expect(fromStore.status == 0, "\(fromStore.report)")
    for field in ["kind", "requests", "client_errors", "server_errors", "throttled"] {
      #expect("\(logs[field] ?? "none")" == "\(stored[field] ?? "")", "\(field)")
    }
    #expect((logs["hours"] as? [Any])?.count == (stored["hours"] as? [Any])?.count)
    let ids = { (object: [String: Any]) in
      (object["alerts"] as? [[String: Any]])?.compactMap { $0["id"] as? String } ?? []
    }
    #expect(!ids(logs).isEmpty)
    #expect(ids(logs) == ids(stored))
    let text = try Tollwatch.run(["trace", supplier, "--db", database], in: folder.path)
    #expect(text.text.contains("requests by an hour, UTC"))
  }

  @Test func `shares are of all requests, also of those that name nobody`() throws {
    let lines = ["shop", "-", "-", "-"].map {
      "192.0.2.1 - \($0) [02/Mar/2026:01:00:09 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"curl\""
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "access.log")
    let outcome = try Tollwatch.run(
      ["trace", "--format", "combined", "192.0.2.1", "access.log"], in: folder.path)
    #expect(outcome.text.contains("\nkeys\n  1    25 %  shop\n"), "\(outcome.text)")
  }

  @Test func `what is not there is told with what is near`() throws {
    let (outcome, _) = try trace(["dorrado", "--config", Self.fixture.path + "/tollwatch.yaml"])
    #expect(outcome.status == 66)
    #expect(outcome.report.contains("near it are: dorado"), "\(outcome.report)")
  }

  /// Ten requests of a key from one network, twenty without a key from another.
  private func database() throws -> String {
    let lines = (0..<30).map {
      let (address, user) = $0 < 10 ? ("192.0.2.\($0 + 1)", "shop") : ("192.0.7.200", "-")
      return "\(address) - \(user) [02/Mar/2026:01:\($0 + 10):09 +0000] \"GET / HTTP/1.1\" 200 5 "
        + "\"-\" \"curl\""
    }
    try folder.write(lines.joined(separator: "\n") + "\n", to: "access.log")
    let replay = try Tollwatch.run(
      ["replay", "--format", "combined", "--db", "db.sqlite", "access.log"], in: folder.path)
    #expect(replay.status == 0, "\(replay.report)")
    return "db.sqlite"
  }

  private static let places: [(entity: String, requests: Int, note: String)] = [
    ("192.0.2.0/24", 10, ""), ("192.0.0.0/16", 30, ""), ("0.0.0.0/0", 30, ""),
    ("192.0.2.0/26", 10, "this is all of 192.0.2.0/24"),
    ("192.0.2.3", 10, "this is all of 192.0.2.0/24"),
    ("192.0.7.200", 20, "without a key"), ("192.0.7.1", 20, "this is all of 192.0.7.0/24"),
  ]

  @Test(arguments: places)
  func `a database answers for networks of any size, and says for which`(
    entity: String, requests: Int, note: String
  ) throws {
    let (outcome, object) = try trace([entity, "--db", try database()])
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(object["requests"] as? Int == requests)
    let told = object["note"] as? String ?? ""
    #expect(note.isEmpty ? told.isEmpty : told.contains(note), "\(told)")
    #expect(object["first_seen_precision"] as? String == "hour")
    let none = try trace(["203.0.113.0/24", "--db", "db.sqlite"]).0
    #expect(none.status == 66, "\(none.report)")
  }

  @Test func `a key of the registry that was silent is told as that`() throws {
    let log = try folder.write(Data(Self.hostile.utf8), to: "a.log")
    try folder.write(
      "keys:\n  - {key: quiet-1, name: quiet, supplier: northwind}\n", to: "registry.yaml")
    for (entity, words) in [
      ("quiet", "the key 'quiet' of northwind"), ("northwind", "the supplier"),
    ] {
      let outcome = try Tollwatch.run(
        ["trace", entity, "--format", "combined", "--registry", "registry.yaml", log],
        in: folder.path)
      #expect(outcome.status == 66 && outcome.report.contains(words), "\(outcome.report)")
    }
  }

  private static let wrong: [(words: String, status: Int32)] = [
    ("trace", 64), ("trace a", 64), ("trace a --db x.sqlite b.log", 64),
    ("trace a --db missing.sqlite", 66), ("trace a missing.log", 66),
    ("trace a --kind thing b.log", 64), ("trace a --from -24h b.log", 64),
  ]

  @Test(arguments: wrong)
  func `the status says what was wrong`(words: String, status: Int32) throws {
    let outcome = try Tollwatch.run(
      words.split(separator: " ").map(String.init), in: folder.path)
    #expect(outcome.status == status, "\(outcome.report)")
    #expect(outcome.output.isEmpty)
  }

  private static let hostile = """
    192.0.2.7 - bob [02/Mar/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "x\u{9b}\u{202e}y"
    backend.internal - eve [02/Mar/2026:10:00:01 +0000] "GET /a HTTP/1.1" 200 1 "-" "z"

    """

  @Test func `no control of a client's text leaves with the answer`() throws {
    let log = try folder.write(Data(Self.hostile.utf8), to: "a.log")
    let (outcome, object) = try trace(["192.0.2.7", "--format", "combined", log])
    #expect(outcome.status == 0 && object["requests"] as? Int == 1, "\(outcome.report)")
    #expect(!outcome.text.unicodeScalars.contains { $0 == "\u{9b}" || $0 == "\u{202e}" })
    #expect(outcome.text.contains("\\u009b\\u202e"), "\(outcome.text)")
  }

  @Test func `what is no address is none of a client's`() throws {
    let log = try folder.write(Data(Self.hostile.utf8), to: "a.log")
    let (outcome, object) = try trace(
      ["foo", "--kind", "address", "--format", "combined", log])
    #expect(object["requests"] as? Int ?? 0 == 0, "\(outcome.text)\(outcome.report)")
  }

  @Test func `a span that ends before it begins holds nothing`() throws {
    let log = try folder.write(Data(Self.hostile.utf8), to: "a.log")
    let (outcome, _) = try trace(
      ["bob", "--format", "combined", "--from", "2026-03-03", "--to", "2026-03-01", log])
    #expect([0, 64].contains(outcome.status), "\(outcome.status) \(outcome.report)")
  }

  @Test func `from an address one comes to the alerts of its keys`() throws {
    let database = folder.path + "/alerts.sqlite"
    _ = try Self.fixture.replay("--db", database)
    let stored = try trace(["10.0.3.94", "--db", database]).1
    let configuration = Self.fixture.path + "/tollwatch.yaml"
    let logged = try trace(["10.0.3.94", "--config", configuration]).1
    for object in [stored, logged] {
      let alerts = object["alerts"] as? [[String: Any]] ?? []
      #expect(alerts.contains { $0["rule_id"] as? String == "over-tier" }, "\(object)")
    }
  }

  @Test func `a raw key is found in a database by its name in the registry`() throws {
    let database = folder.path + "/alerts.sqlite"
    _ = try Self.fixture.replay("--db", database)
    let registry = Self.fixture.path + "/registry.yaml"
    let text = String(decoding: try Self.fixture.contents("registry.yaml"), as: UTF8.self)
    let row = try #require(text.firstMatch(of: /key: (sim_\w+).*name: ([\w-]+)/))
    let (outcome, object) = try trace(
      [String(row.1), "--db", database, "--registry", registry])
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(object["name"] as? String == String(row.2), "\(outcome.text)")
  }

  @Test func `a raw key is found by its name where the secret is not beside the database`() throws {
    let database = folder.path + "/alerts.sqlite"
    _ = try Self.fixture.replay("--db", database)
    let text = String(decoding: try Self.fixture.contents("registry.yaml"), as: UTF8.self)
    let row = try #require(text.firstMatch(of: /key: (sim_\w+).*name: ([\w-]+)/))
    let outcome = try Tollwatch.run(
      [
        "trace", String(row.1), "--output", "json", "--db", database, "--registry",
        Self.fixture.path + "/registry.yaml",
      ], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.report)")
    #expect(outcome.text.contains(String(row.2)))
  }
}
