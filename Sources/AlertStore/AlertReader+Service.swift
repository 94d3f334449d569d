import Foundation
import GRDB

extension AlertReader {
  /// What a service said of itself last; nil where none ever wrote to the database.
  public func service(_ key: String) throws -> String? {
    try read { db in
      guard version >= Migrations.versionOfService else { return nil }
      return try CheckpointTables.value(of: key, in: db)
    }
  }

  /// How far a service has read, by source and in the order of reading.
  public func positions() throws -> [ReadPosition] {
    try read { db in
      guard version >= Migrations.versionOfService else { return [] }
      return try CheckpointTables.positions(isCheckpoint: false, in: db)
    }
  }

  /// What a service goes on from; nil where none has written one that this version knows whole.
  public func checkpoint() throws -> Checkpoint? {
    try read { db in
      guard version >= Migrations.versionOfPages else { return nil }
      return try CheckpointTables.checkpoint(db)
    }
  }

  /// Where the journal begins; nil where it does with its service.
  public func journalBase() throws -> JournalBase? {
    try read { db in
      guard version >= Migrations.versionOfBase,
        let row = try Row.fetchOne(db, sql: "SELECT ordinal, plan, state FROM journal_base")
      else { return nil }
      let pages =
        version < Migrations.versionOfPages ? [] : try PageTable.bytes(isBase: true, in: db)
      return JournalBase(
        ordinal: row["ordinal"], plan: row["plan"], state: [UInt8](row["state"] as Data) + pages)
    }
  }

  /// The journal, each entry with its place in it.
  public func journal(behind ordinal: Int64) throws -> [JournalRow] {
    try read { db in try JournalTable.entries(behind: ordinal, db) }
  }
}
