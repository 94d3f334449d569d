import AccessLog
import Detection
import GRDB

/// Rows of `alerts` and `alert_history`.
enum AlertTable {
  static let columns = [
    "id", "revision", "rule_id", "kind", "severity", "entity_type", "entity", "supplier", "tier",
    "state", "started_at", "detected_at", "ended_at", "observed", "expected_low", "expected_mid",
    "expected_high", "unit", "score", "reason", "rule_hash", "sample_size", "learning",
    "application", "revised_at",
  ]

  /// The row is the latest revision: an older one never takes its place.
  static let latest = TableWriter(
    table: "alerts", columns: columns + ["picture"], keyCount: 1, condition: "revision <= ?2")

  static let history = TableWriter(table: "alert_history", columns: columns, keyCount: 2)

  /// The values of ``latest``: those of the history, and what draws the alert.
  static func latestValues(of alert: Alert) -> [DatabaseValue] {
    values(of: alert) + [alert.picture.flatMap(StoredPicture.text).stored]
  }

  static func values(of alert: Alert) -> [DatabaseValue] {
    [
      alert.id.stored, alert.revision.databaseValue, alert.ruleID.stored, alert.kind.stored,
      alert.severity.rawValue.stored, alert.entityType.rawValue.stored, alert.entity.stored,
      alert.supplier.stored, alert.tier.stored, alert.state.rawValue.stored,
      alert.startedAt.stored, alert.detectedAt.stored, alert.endedAt?.stored ?? .null,
      Double?(alert.observed).stored, alert.expectedLow.stored, alert.expectedMid.stored,
      alert.expectedHigh.stored, alert.unit.stored, Double?(alert.score).stored,
      alert.reason.stored, alert.ruleHash.stored, alert.sampleSize.databaseValue,
      alert.isLearning.databaseValue, alert.application.stored, alert.revisedAt.stored,
    ]
  }

  static func has(_ id: String, revision: Int, in db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT 1 FROM alert_history WHERE id = ? AND revision = ?"),
      arguments: [id.stored, revision]) ?? false
  }

  static func revision(of id: String, in db: Database) throws -> Int? {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT revision FROM alerts WHERE id = ?"), arguments: [id.stored])
  }

  /// The alert of a row, without its evidence; `nil` where a word is not known here.
  static func alert(of row: Row) -> Alert? {
    guard let severity = Severity(rawValue: row["severity"]),
      let entityType = EntityType(rawValue: row["entity_type"]),
      let state = Alert.State(rawValue: row["state"])
    else { return nil }
    return Alert(
      id: row["id"], revision: row["revision"], ruleID: row["rule_id"], kind: row["kind"],
      ruleHash: row["rule_hash"], severity: severity, entityType: entityType,
      entity: row["entity"], supplier: row["supplier"], tier: row["tier"],
      application: row["application"], state: state, startedAt: time(row["started_at"]),
      detectedAt: time(row["detected_at"]), endedAt: (row["ended_at"] as Int64?).map(time),
      observed: row["observed"] ?? .nan, expectedLow: row["expected_low"],
      expectedMid: row["expected_mid"], expectedHigh: row["expected_high"], unit: row["unit"],
      score: row["score"] ?? .nan, sampleSize: row["sample_size"], isLearning: row["learning"],
      reason: row["reason"], revisedAt: time(row["revised_at"]),
      // A database of an older Tollwatch has no such column, nor has the history.
      picture: (row["picture"] as String?).flatMap(StoredPicture.picture))
  }

  private static func time(_ milliseconds: Int64) -> EventTime {
    EventTime(milliseconds: milliseconds)
  }
}

extension EventTime {
  var stored: DatabaseValue { milliseconds.databaseValue }
}
