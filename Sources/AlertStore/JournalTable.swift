import AccessLog
import GRDB

/// Rows of `journal`. An entry that is there already is not added again, but one that comes with
/// its place takes it from whatever is there.
enum JournalTable {
  static func write(_ entry: JournalRow, to db: Database) throws -> RowChange {
    guard entry.ordinal == nil else { return try replace(entry, in: db) }
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

  private static func replace(_ entry: JournalRow, in db: Database) throws -> RowChange {
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO journal (sequence, event_time, kind, source, body)
        VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      entry.ordinal, entry.eventTime.stored, entry.kind.rawValue.stored, entry.source.stored,
      entry.body.stored,
    ])
    return .added
  }

  static func removeAll(behind ordinal: Int64, from db: Database) throws {
    try db.execute(sql: "DELETE FROM journal WHERE sequence > ?", arguments: [ordinal])
  }

  /// The checkpoint becomes the beginning. What tells of configurations and of archives that came
  /// late stays: there is little of it.
  static func begin(behind ordinal: Int64, in db: Database) throws {
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO journal_base (id, ordinal, plan, state)
        SELECT 1, ?, plan, state FROM checkpoint
        """, arguments: [ordinal])
    let kinds: [JournalRow.Kind] = [.tick, .excluded, .rejoined, .gap, .mark]
    let places = kinds.map { _ in "?" }.joined(separator: ", ")
    try db.execute(
      sql: "DELETE FROM journal WHERE sequence <= ? AND kind IN (\(places))",
      arguments: [ordinal] + StatementArguments(kinds.map(\.rawValue.stored)))
  }

  /// All of it, in the order of writing.
  static func entries(_ db: Database) throws -> [JournalRow] {
    try entries(behind: .min, db).map { entry in
      var entry = entry
      entry.ordinal = nil
      return entry
    }
  }

  /// With their places.
  static func entries(behind ordinal: Int64, _ db: Database) throws -> [JournalRow] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM journal WHERE sequence > ? ORDER BY sequence", arguments: [ordinal]
    ).map(entry)
  }

  static func entries(of kinds: [JournalRow.Kind], _ db: Database) throws -> [JournalRow] {
    let places = kinds.map { _ in "?" }.joined(separator: ", ")
    return try Row.fetchAll(
      db, sql: "SELECT * FROM journal WHERE kind IN (\(places)) ORDER BY sequence",
      arguments: StatementArguments(kinds.map(\.rawValue.stored))
    ).map(entry)
  }

  private static func entry(_ row: Row) -> JournalRow {
    JournalRow(
      ordinal: row["sequence"], eventTime: EventTime(milliseconds: row["event_time"]),
      kind: JournalRow.Kind(rawValue: row["kind"]), source: row["source"], body: row["body"])
  }
}
