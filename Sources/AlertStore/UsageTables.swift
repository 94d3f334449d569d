import AccessLog
import Detection
import GRDB

/// What one series sent in an hour of one file.
struct UsageTableRow: Hashable {
  var series: Int64
  var counts: UsageCounts
}

/// Rows of `usage_parts`, `usage_series` and `usage_hours`.
enum UsageTables {
  /// Writes the account that a file gives of an hour; `rows` are in the order of their series.
  static func write(
    _ rows: [UsageTableRow], hour: EventTime, part: Int64, to db: Database
  ) throws -> StoreChanges.Rows {
    let stored = try self.rows(of: hour, part, in: db)
    var changes = StoreChanges.Rows()
    guard stored != rows, requestCount(of: stored) <= requestCount(of: rows) else {
      return changes
    }
    if !stored.isEmpty {
      try db.cachedStatement(sql: "DELETE FROM usage_hours WHERE hour = ? AND part = ?")
        .execute(arguments: [hour.stored, part])
      changes.removed = stored.count
    }
    try insert(rows, hour: hour, part: part, to: db)
    changes.added = rows.count
    return changes
  }

  private static func requestCount(of rows: [UsageTableRow]) -> Int {
    rows.reduce(0) { $0 + $1.counts.requests }
  }

  private static func rows(
    of hour: EventTime, _ part: Int64, in db: Database
  ) throws -> [UsageTableRow] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT series, requests, client_errors, server_errors, throttled, bytes_in, bytes_out,
          last_at FROM usage_hours WHERE hour = ? AND part = ? ORDER BY series
        """)
    return try Row.fetchAll(statement, arguments: [hour.stored, part]).map {
      UsageTableRow(series: $0[0], counts: counts(of: $0, from: 1))
    }
  }

  /// The columns of a row from `requests` to `last_at`.
  static func counts(of row: Row, from first: Int) -> UsageCounts {
    var counts = UsageCounts()
    counts.requests = row[first]
    counts.clientErrors = row[first + 1]
    counts.serverErrors = row[first + 2]
    counts.throttled = row[first + 3]
    counts.bytesIn = row[first + 4]
    counts.bytesOut = row[first + 5]
    counts.last = row[first + 6]
    return counts
  }

  private static func insert(
    _ rows: [UsageTableRow], hour: EventTime, part: Int64, to db: Database
  ) throws {
    let statement = try db.cachedStatement(
      sql: "INSERT INTO usage_hours VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    for row in rows {
      let counts = row.counts
      let values: [DatabaseValue] = [
        hour.stored, part.databaseValue, row.series.databaseValue,
        counts.requests.databaseValue, counts.clientErrors.databaseValue,
        counts.serverErrors.databaseValue, counts.throttled.databaseValue,
        counts.bytesIn.databaseValue, counts.bytesOut.databaseValue, counts.last.databaseValue,
      ]
      statement.setUncheckedArguments(StatementArguments(values))
      try statement.execute()
    }
  }

  // MARK: - room

  static func rowCount(_ db: Database) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT count(*) FROM usage_hours") ?? 0
  }

  /// Gives how many rows went.
  static func dropOldestDay(_ db: Database) throws -> Int {
    try db.execute(
      sql: """
        DELETE FROM usage_hours
        WHERE hour < (SELECT min(hour) FROM usage_hours) + \(24 * UsageQuery.hourMilliseconds)
        """)
    return db.changesCount
  }

  /// Drops series and parts that no hour tells of.
  static func dropUnused(keepingParts parts: [Int64], _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM usage_series WHERE id NOT IN (SELECT series FROM usage_hours)")
    let kept = parts.map(String.init).joined(separator: ", ")
    try db.execute(
      sql: """
        DELETE FROM usage_parts
        WHERE id NOT IN (SELECT part FROM usage_hours) AND id NOT IN (\(kept))
        """)
  }

  // MARK: - series and parts

  private static let seriesColumns = [
    "key", "key_type", "supplier", "application", "api", "route", "version", "network",
  ]

  /// The number of `series`, new or known.
  static func id(of series: UsageSeries, in db: Database) throws -> Int64 {
    let texts = [
      series.key, series.key == nil ? nil : series.isAddress ? "client_ip" : "key",
      series.supplier, series.application, series.api, series.route, series.version,
      series.network,
    ]
    let arguments = StatementArguments(texts.map(\.stored))
    let condition = seriesColumns.map { "ifnull(\($0), '') = ifnull(?, '')" }
    let known = try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT id FROM usage_series WHERE \(condition.joined(separator: " AND "))"),
      arguments: arguments)
    if let known { return known }
    try db.cachedStatement(
      sql: """
        INSERT INTO usage_series (\(seriesColumns.joined(separator: ", ")))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: arguments)
    return db.lastInsertedRowID
  }

  /// The number of `file`, new or known. A file that was short when it was read last, and has
  /// grown since, is the same one.
  static func id(of file: UsageFile, _ hash: SipHash, in db: Database) throws -> Int64 {
    let digits = file.hash(ofFirst: file.head.count, hash) ?? ""
    if let known = try knownID(of: file, hash, in: db) {
      try db.execute(
        sql: """
          UPDATE usage_parts SET file = ?2, head_bytes = ?3, head_hash = ?4
          WHERE id = ?1 AND head_bytes < ?3
          """,
        arguments: [known, file.path.stored, file.head.count, digits])
      return known
    }
    try db.execute(
      sql: "INSERT INTO usage_parts (source, file, head_bytes, head_hash) VALUES (?, ?, ?, ?)",
      arguments: [file.source.stored, file.path.stored, file.head.count, digits])
    return db.lastInsertedRowID
  }

  /// The longest known beginning of the file, or the file that this is a beginning of.
  private static func knownID(
    of file: UsageFile, _ hash: SipHash, in db: Database
  ) throws -> Int64? {
    let lengths = try Int.fetchAll(
      db,
      sql: """
        SELECT DISTINCT head_bytes FROM usage_parts
        WHERE source = ? AND head_bytes <= ? ORDER BY head_bytes DESC
        """,
      arguments: [file.source.stored, file.head.count])
    for length in lengths {
      let known = try Int64.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT id FROM usage_parts WHERE source = ? AND head_hash = ? AND head_bytes = ?
            """),
        arguments: [file.source.stored, (file.hash(ofFirst: length, hash) ?? "").stored, length])
      if let known { return known }
    }
    return nil
  }
}
