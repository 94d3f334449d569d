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

  @Test func `what is not there is told with what is near`() throws {
    let (outcome, _) = try trace(["dorrado", "--config", Self.fixture.path + "/tollwatch.yaml"])
    #expect(outcome.status == 66)
    #expect(outcome.report.contains("near it are: dorado"), "\(outcome.report)")
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
}
