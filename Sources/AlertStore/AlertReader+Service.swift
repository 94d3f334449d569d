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

  /// The journal, each entry with its place in it.
  public func journal(behind ordinal: Int64) throws -> [JournalRow] {
    try read { db in try JournalTable.entries(behind: ordinal, db) }
  }
}
