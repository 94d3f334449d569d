public import AccessLog
public import Detection
import GRDB

extension AlertReader {
  /// Whether the database is of a Tollwatch that keeps usage.
  public var hasUsageTables: Bool { version > 1 }

  /// Usage added up by `dimension`, the most requests first and then by name.
  public func usage(
    by dimension: UsageQuery.Dimension, _ query: UsageQuery = UsageQuery()
  ) throws -> [UsageTotal] {
    let names = dimension.columns
    return try totals(names, query)
  }

  /// All of it in one sum; `nil` where nothing fits.
  public func totalUsage(_ query: UsageQuery = UsageQuery()) throws -> UsageTotal? {
    let total = try totals([], query).first
    return total.flatMap { $0.counts.requests > 0 ? $0 : nil }
  }

  /// Requests of the callers and suppliers of `query` of which no more than these were kept.
  public func overflowCount(_ query: UsageQuery) throws -> Int {
    var own = UsageQuery()
    (own.from, own.to) = (query.from, query.to)
    (own.consumers, own.suppliers) = (query.consumers, query.suppliers)
    own.isOfOverflow = true
    return try totalUsage(own)?.counts.requests ?? 0
  }

  /// Usage by any of the series' columns.
  public func usage(columns: [String], _ query: UsageQuery) throws -> [UsageTotal] {
    precondition(columns.allSatisfy(Self.seriesColumns.contains), "a column of usage_series")
    return try totals(columns, query)
  }

  /// The first and the last hour that there is usage of, by their starts.
  public func usageHours() throws -> ClosedRange<EventTime>? {
    guard hasUsageTables else { return nil }
    return try read { db in
      // Two questions, each of which the primary key answers at once.
      let first = try Int64.fetchOne(db, sql: "SELECT min(hour) FROM usage_hours")
      let last = try Int64.fetchOne(db, sql: "SELECT max(hour) FROM usage_hours")
      guard let first, let last else { return nil }
      return EventTime(milliseconds: first)...EventTime(milliseconds: last)
    }
  }

  /// Calls `body` with what each hour of `query` sums up to, in the order of time.
  public func forEachUsageHour(
    _ query: UsageQuery = UsageQuery(), _ body: (EventTime, UsageCounts) throws -> Void
  ) throws {
    guard hasUsageTables else { return }
    let (hours, series) = query.conditions
    try read { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT hour, \(Self.sums) FROM usage_hours JOIN usage_series ON usage_series.id = series
          \(hours.joined(with: series)) GROUP BY hour ORDER BY hour
          """,
        arguments: StatementArguments(hours.values + series.values))
      while let row = try rows.next() {
        try body(EventTime(milliseconds: row[0]), UsageTables.counts(of: row, from: 1))
      }
    }
  }

  private static let seriesColumns = [
    "key", "key_type", "supplier", "application", "api", "route", "version", "network",
  ]

  private static let sums = """
    sum(requests), sum(client_errors), sum(server_errors), sum(throttled),
    \(bytesSum("bytes_in")), \(bytesSum("bytes_out")), max(last_at)
    """

  /// SQLite's `sum` fails where whole numbers overflow, and a log may claim any size.
  private static func bytesSum(_ column: String) -> String {
    "CAST(min(total(\(column)), 9e18) AS INTEGER)"
  }

  /// What found no room is none that is told apart.
  private static func distinct(_ column: String) -> String {
    "count(DISTINCT nullif(\(column), '\(UsageSeries.otherName)'))"
  }

  /// The hours of a series are added up first, so that names are looked up once a series.
  private func totals(_ columns: [String], _ query: UsageQuery) throws -> [UsageTotal] {
    guard hasUsageTables else { return [] }
    let (hours, series) = query.conditions
    let names = columns.map { $0 + ", " }.joined()
    // Of nothing there is no row; an older SQLite knows no HAVING without groups.
    let group = "GROUP BY \(columns.isEmpty ? "''" : columns.joined(separator: ", "))"
    let order = (["\(columns.count + 1) DESC"] + columns).joined(separator: ", ")
    let sql = """
      SELECT \(names)\(Self.sums), \(Self.distinct("key")), \(Self.distinct("route")),
        \(Self.distinct("network"))
      FROM (
        SELECT series, sum(requests) AS requests, sum(client_errors) AS client_errors,
          sum(server_errors) AS server_errors, sum(throttled) AS throttled,
          \(Self.bytesSum("bytes_in")) AS bytes_in, \(Self.bytesSum("bytes_out")) AS bytes_out,
          max(last_at) AS last_at
        FROM usage_hours \(hours.sql) GROUP BY series
      ) JOIN usage_series ON usage_series.id = series
      \(series.sql) \(group)
      ORDER BY \(order)
      \(query.countMax.map { "LIMIT \(max(0, $0))" } ?? "")
      """
    return try read { db in
      let rows = try Row.fetchCursor(
        db, sql: sql, arguments: StatementArguments(hours.values + series.values))
      var totals: [UsageTotal] = []
      while let row = try rows.next() {
        totals.append(
          UsageTotal(
            names: columns.indices.map { row[$0] },
            counts: UsageTables.counts(of: row, from: columns.count),
            consumerCount: row[columns.count + 7], routeCount: row[columns.count + 8],
            networkCount: row[columns.count + 9]))
      }
      return totals
    }
  }
}
