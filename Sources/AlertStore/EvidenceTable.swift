public import Detection
import GRDB

/// Rows of `evidence`: the lines that the latest revision rests on.
enum EvidenceTable {
  private static let writer = TableWriter(
    table: "evidence",
    columns: [
      "alert_id", "ordinal", "source", "line", "line_hash", "unverified", "file", "offset",
      "segment_index",
    ], keyCount: 2)

  /// Puts the lines of `alert` in place of those that were there. A revision that brings none,
  /// such as the end of an episode, leaves them as they are.
  static func write(
    _ alert: Alert, filesFrom batch: StoreBatch, to db: Database
  ) throws -> StoreChanges.Rows {
    var rows = StoreChanges.Rows()
    guard !alert.evidence.isEmpty else { return rows }
    for (ordinal, line) in alert.evidence.enumerated() {
      let values = values(of: line, alert.id, ordinal, file: batch.file(of: line))
      rows.count(try writer.write(values, to: db))
    }
    try db.cachedStatement(sql: "DELETE FROM evidence WHERE alert_id = ? AND ordinal >= ?")
      .execute(arguments: [alert.id.stored, alert.evidence.count])
    rows.removed += db.changesCount
    return rows
  }

  static func lines(_ db: Database, of alertID: String? = nil) throws -> [(String, StoredLine)] {
    let condition = alertID == nil ? "?1 IS NULL" : "alert_id = ?1"
    let statement = try db.cachedStatement(
      sql: "SELECT * FROM evidence WHERE \(condition) ORDER BY alert_id, ordinal")
    let rows = try Row.fetchAll(statement, arguments: [alertID.stored])
    return rows.map { row in
      let line = EvidenceLine(
        source: row["source"], line: row["line"], lineHash: row["line_hash"],
        segmentIndex: row["segment_index"], offset: row["offset"],
        isUnverified: row["unverified"])
      return (row["alert_id"], StoredLine(line: line, file: row["file"]))
    }
  }

  private static func values(
    of line: EvidenceLine, _ alertID: String, _ ordinal: Int, file: String?
  ) -> [DatabaseValue] {
    [
      alertID.stored, ordinal.databaseValue, line.source.stored, line.line.stored,
      line.lineHash.stored, line.isUnverified.databaseValue, file.stored,
      line.offset.databaseValue, line.segmentIndex.databaseValue,
    ]
  }
}

/// A line of evidence and the file that held it when it was read.
public struct StoredLine: Hashable, Sendable {
  public var line: EvidenceLine
  public var file: String?

  public init(line: EvidenceLine, file: String?) {
    self.line = line
    self.file = file
  }
}
