import GRDB

/// Writes rows of one table, and touches only what differs: a replay of the same logs into the
/// same database must leave no mark, not even in the file's pages.
struct TableWriter {
  private let insertion: String
  private let update: String

  /// The first `keyCount` columns are the key. An existing row gives way to another where
  /// `condition` holds, in which `?n` is the new value of column n, counted from 1.
  init(table: String, columns: [String], keyCount: Int, condition: String = "TRUE") {
    let places = columns.indices.map { "?\($0 + 1)" }
    let key = columns.indices.prefix(keyCount)
    let rest = columns.indices.dropFirst(keyCount)
    insertion = """
      INSERT INTO \(table) (\(columns.joined(separator: ", ")))
      VALUES (\(places.joined(separator: ", "))) ON CONFLICT DO NOTHING
      """
    update = """
      UPDATE \(table) SET \(rest.map { "\(columns[$0]) = \(places[$0])" }.joined(separator: ", "))
      WHERE \(key.map { "\(columns[$0]) = \(places[$0])" }.joined(separator: " AND "))
      AND (\(rest.map { columns[$0] }.joined(separator: ", ")))
      IS NOT (\(rest.map { places[$0] }.joined(separator: ", ")))
      AND (\(condition))
      """
  }

  func write(_ values: [DatabaseValue], to db: Database) throws -> RowChange {
    let arguments = StatementArguments(values)
    try db.cachedStatement(sql: insertion).execute(arguments: arguments)
    if db.changesCount > 0 { return .added }
    try db.cachedStatement(sql: update).execute(arguments: arguments)
    return db.changesCount > 0 ? .updated : .unchanged
  }
}

enum RowChange {
  case added, updated, unchanged
}

extension String {
  /// The text as SQLite takes it. Text ends at its first NUL there, and what follows would be
  /// lost to every reader, so that a NUL is kept as its visible symbol.
  var stored: DatabaseValue {
    guard utf8.contains(0) else { return databaseValue }
    let scalars = unicodeScalars.map { $0 == "\0" ? "\u{2400}" : $0 }
    return String(String.UnicodeScalarView(scalars)).databaseValue
  }
}

extension String? {
  var stored: DatabaseValue { self?.stored ?? .null }
}

extension Double? {
  /// NULL where it is no finite number, as in the canonical JSON.
  var stored: DatabaseValue {
    guard let self, self.isFinite else { return .null }
    return self.databaseValue
  }
}
