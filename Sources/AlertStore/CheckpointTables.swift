import Foundation
import GRDB

/// Rows of `checkpoint`, `read_positions` and `service`.
enum CheckpointTables {
  private static let positions = TableWriter(
    table: "read_positions",
    columns: [
      "is_checkpoint", "source", "ordinal", "head_hash", "head_bytes", "offset", "tail_hash",
      "first_time", "finished",
    ],
    keyCount: 3)

  static func write(_ checkpoint: Checkpoint, to db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO checkpoint (id, plan, state) VALUES (1, ?1, ?2)
        ON CONFLICT DO UPDATE SET plan = ?1, state = ?2
        """
    ).execute(arguments: [checkpoint.plan.stored, Data(checkpoint.state)])
    try write(checkpoint.positions, isCheckpoint: true, to: db)
  }

  /// Writes how far each log was read, and touches only what differs.
  static func write(
    _ rows: [ReadPosition], isCheckpoint: Bool, to db: Database
  ) throws {
    var counts: [String: Int] = [:]
    for row in rows {
      let ordinal = counts[row.source, default: 0]
      counts[row.source] = ordinal + 1
      _ = try positions.write(
        [
          isCheckpoint.databaseValue, row.source.stored, ordinal.databaseValue,
          Int64(bitPattern: row.headHash).databaseValue, row.headBytes.databaseValue,
          row.offset.databaseValue, Int64(bitPattern: row.tailHash).databaseValue,
          row.firstTime?.databaseValue ?? .null, row.isFinished.databaseValue,
        ], to: db)
    }
    let known = try String.fetchAll(
      db, sql: "SELECT DISTINCT source FROM read_positions WHERE is_checkpoint = ?",
      arguments: [isCheckpoint])
    for source in known {
      try db.execute(
        sql: """
          DELETE FROM read_positions WHERE is_checkpoint = ? AND source = ? AND ordinal >= ?
          """,
        arguments: [isCheckpoint, source, counts[source] ?? 0])
    }
  }

  static func checkpoint(_ db: Database) throws -> Checkpoint? {
    guard let row = try Row.fetchOne(db, sql: "SELECT plan, state FROM checkpoint") else {
      return nil
    }
    return Checkpoint(
      plan: row["plan"], positions: try positions(isCheckpoint: true, in: db),
      state: [UInt8](row["state"] as Data) + (try PageTable.bytes(isBase: false, in: db)))
  }

  /// How far each log was read, by source and in the order of reading.
  static func positions(isCheckpoint: Bool, in db: Database) throws -> [ReadPosition] {
    try Row.fetchAll(
      db, sql: "SELECT * FROM read_positions WHERE is_checkpoint = ? ORDER BY source, ordinal",
      arguments: [isCheckpoint]
    ).map(position)
  }

  private static func position(_ row: Row) -> ReadPosition {
    ReadPosition(
      source: row["source"], headHash: UInt64(bitPattern: row["head_hash"]),
      headBytes: row["head_bytes"], offset: row["offset"],
      tailHash: UInt64(bitPattern: row["tail_hash"]), firstTime: row["first_time"],
      isFinished: row["finished"])
  }

  // MARK: - what the service says of itself

  static func write(_ value: String, for key: String, to db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO service (key, value) VALUES (?1, ?2)
        ON CONFLICT DO UPDATE SET value = ?2 WHERE value IS NOT ?2
        """
    ).execute(arguments: [key.stored, value.stored])
  }

  static func value(of key: String, in db: Database) throws -> String? {
    try String.fetchOne(
      db, sql: "SELECT value FROM service WHERE key = ?", arguments: [key.stored])
  }
}
