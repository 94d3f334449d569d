import GRDB

/// What holds for the whole database.
enum Meta: String {
  case createdBy = "created_by"
  /// Which secret the fingerprints were made with; the secret itself is never in a database.
  case fingerprintKeyID = "fingerprint_key_id"

  static func value(of key: Meta, in db: Database) throws -> String? {
    try String.fetchOne(
      db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [key.rawValue])
  }

  static func set(_ key: Meta, _ value: String, in db: Database) throws {
    try db.execute(
      sql: "INSERT INTO meta (key, value) VALUES (?, ?)", arguments: [key.rawValue, value.stored])
  }
}
