import AccessLog
import GRDB

/// Rows of `coverage`. Of two accounts of one span the one that parsed more lines stands,
/// whichever came first: a run that was stopped half-way must not undo a whole one.
enum CoverageTable {
  private static let writer = TableWriter(
    table: "coverage",
    columns: [
      "source", "kind", "started_at", "ended_at", "parsed", "unparsed", "late", "unverified",
      "reason",
    ], keyCount: 3,
    condition: """
      (?5, ?4, ?6, ?7, ?8, ifnull(?9, ''))
      > (parsed, ended_at, unparsed, late, unverified, ifnull(reason, ''))
      """)

  static func write(_ span: CoverageRow, to db: Database) throws -> RowChange {
    try writer.write(
      [
        span.source.stored, span.kind.rawValue.stored, span.startedAt.stored, span.endedAt.stored,
        span.parsed.databaseValue, span.unparsed.databaseValue, span.late.databaseValue,
        span.unverified.databaseValue, span.reason.stored,
      ], to: db)
  }

  /// By source and time.
  static func spans(_ db: Database) throws -> [CoverageRow] {
    try Row.fetchAll(db, sql: "SELECT * FROM coverage ORDER BY source, started_at, kind").map {
      row in
      CoverageRow(
        source: row["source"], kind: row["kind"] == "gap" ? .gap : .analysed,
        startedAt: EventTime(milliseconds: row["started_at"]),
        endedAt: EventTime(milliseconds: row["ended_at"]), parsed: row["parsed"],
        unparsed: row["unparsed"], late: row["late"], unverified: row["unverified"],
        reason: row["reason"])
    }
  }
}
