import AccessLog
import GRDB

/// Rows of `journal`. An entry that is there already is not added again.
enum JournalTable {
  static func write(_ entry: JournalRow, to db: Database) throws -> RowChange {
    try db.cachedStatement(
      sql: """
        INSERT INTO journal (event_time, kind, source, body) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    ).execute(arguments: [
      entry.eventTime.stored, entry.kind.rawValue.stored, entry.source.stored, entry.body.stored,
    ])
    return db.changesCount > 0 ? .added : .unchanged
  }

  /// All of it, in the order of writing.
  static func entries(_ db: Database) throws -> [JournalRow] {
    try Row.fetchAll(db, sql: "SELECT * FROM journal ORDER BY sequence").map { row in
      JournalRow(
        eventTime: EventTime(milliseconds: row["event_time"]),
        kind: JournalRow.Kind(rawValue: row["kind"]), source: row["source"], body: row["body"])
    }
  }
}
