import AccessLog
import Detection
import Foundation
import GRDB
import Testing

@testable import AlertStore

/// A folder of one test, removed with it.
final class StoreFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "alert-store-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var path: String { url.appending(path: "alerts.sqlite").path }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
  }

  var bytes: Data {
    get throws { try Data(contentsOf: URL(filePath: path)) }
  }

  func open(_ settings: StoreSettings = StoreSettings()) throws -> AlertStore {
    try AlertStore.open(path: path, createdBy: "test 1", settings: settings)
  }

  /// Another SQLite connection, as a reader or a meddler would have it.
  func sql<Result>(_ body: (Database) throws -> Result) throws -> Result {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.writeWithoutTransaction(body)
  }

  func execute(_ sql: String) throws { try self.sql { try $0.execute(sql: sql) } }

  /// The first value that `sql` gives.
  func value<Value: DatabaseValueConvertible>(
    _ sql: String, as type: Value.Type = Int.self
  ) throws -> Value? {
    try self.sql { try Value.fetchOne($0, sql: sql) }
  }

  /// The reason why the file is not opened.
  func refusal() -> StoreFault.Reason? {
    do throws(StoreFault) {
      try AlertStore.open(path: path, createdBy: "test").close()
      return nil
    } catch {
      return error.reason
    }
  }
}

extension Alert {
  /// An alert in which every field has a value of its own.
  static func full(
    id: String = "a1", revision: Int = 1, evidence: [EvidenceLine] = [.line(0), .line(1)]
  ) -> Alert {
    Alert(
      id: id, revision: revision, ruleID: "rule-1", kind: "spike", ruleHash: "hash-1",
      severity: .critical, entityType: .clientIP, entity: "192.0.2.7", supplier: "northwind",
      tier: "bronze", application: "web-shop", state: .resolved,
      startedAt: EventTime(milliseconds: 1001), detectedAt: EventTime(milliseconds: 1002),
      endedAt: EventTime(milliseconds: 1003), observed: 1840.125, expectedLow: 170.1,
      expectedMid: 210.2, expectedHigh: 250.3, unit: "requests per 5 min", score: 6.5,
      sampleSize: 12, isLearning: true, reason: "much more than usual",
      evidence: evidence, revisedAt: EventTime(milliseconds: 1004 + Int64(revision)))
  }

  /// One in which all that may be absent is absent.
  static let bare = Alert(
    id: "a0", revision: 1, ruleID: "rule-0", kind: "drop", ruleHash: "", severity: .info,
    entityType: .global, entity: "", state: .open, startedAt: EventTime(milliseconds: -5),
    detectedAt: EventTime(milliseconds: 0), observed: 0, unit: "", score: 0, sampleSize: 0,
    isLearning: false, reason: "", revisedAt: EventTime(milliseconds: 0))
}

extension EvidenceLine {
  static func line(_ index: Int, of source: String = "edge") -> EvidenceLine {
    EvidenceLine(
      source: source, line: "GET /v1/orders/\(index)", lineHash: "hash-\(index)",
      segmentIndex: index, offset: Int64(index) * 1000 + 1, isUnverified: index % 2 == 1)
  }
}
