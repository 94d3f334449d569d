import GRDB

extension AlertReader {
  /// What a service said of itself last; nil where none ever wrote to the database.
  public func service(_ key: String) throws -> String? {
    try read { db in
      guard version >= Migrations.versionOfService else { return nil }
      return try CheckpointTables.value(of: key, in: db)
    }
  }
}
