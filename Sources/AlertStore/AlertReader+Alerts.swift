public import AccessLog
public import Detection
import GRDB

extension AlertReader {
  /// Calls `body` with the latest revision of each alert that `query` asks for, one after the
  /// other as they come from the database. What `body` throws ends the reading.
  public func forEachAlert(
    _ query: AlertQuery = AlertQuery(), _ body: (Alert) throws -> Void
  ) throws {
    let clauses = query.clauses
    try read { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT * FROM alerts" + clauses.sql + query.orderClause,
        arguments: clauses.arguments)
      while let row = try rows.next() {
        var alert = try self.alert(of: row)
        if query.includesEvidence {
          alert.evidence = try EvidenceTable.lines(db, of: alert.id).map(\.1.line)
        }
        try body(alert)
      }
    }
  }

  /// The alerts that `query` asks for; all of them in memory, so give it a ``AlertQuery/countMax``
  /// where there may be many.
  public func alerts(_ query: AlertQuery = AlertQuery()) throws -> [Alert] {
    var alerts: [Alert] = []
    try forEachAlert(query) { alerts.append($0) }
    return alerts
  }

  /// How many alerts there are, whatever ``AlertQuery/countMax`` says.
  public func alertCount(_ query: AlertQuery = AlertQuery()) throws -> Int {
    let clauses = query.clauses
    return try read { db in
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM alerts" + clauses.sql, arguments: clauses.arguments) ?? 0
    }
  }

  /// Identifiers that begin with `prefix`, in their order, at most `countMax` of them.
  public func alertIDs(beginningWith prefix: String, countMax: Int) throws -> [String] {
    try read { db in
      try String.fetchAll(
        db, sql: "SELECT id FROM alerts WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT ?2",
        arguments: [prefix.stored, countMax])
    }
  }

  /// Every revision of one alert in its order, without evidence.
  public func revisions(of id: String) throws -> [Alert] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM alert_history WHERE id = ? ORDER BY revision",
        arguments: [id.stored]
      ).map(alert)
    }
  }

  /// The evidence of one alert, in its order, with the files that held it.
  public func evidence(of id: String) throws -> [StoredLine] {
    try read { db in try EvidenceTable.lines(db, of: id).map(\.1) }
  }

  /// The journal in the order of writing.
  public func journal() throws -> [JournalRow] { try read(JournalTable.entries) }

  /// The coverage by source and time.
  public func coverage() throws -> [CoverageRow] { try read(CoverageTable.spans) }

  /// Which secret the fingerprints in it were made with; `nil` where nothing was written yet.
  public func fingerprintKeyID() throws -> String? {
    try read { db in try Meta.value(of: .fingerprintKeyID, in: db) }
  }

  /// Which Tollwatch made the database.
  public func createdBy() throws -> String? {
    try read { db in try Meta.value(of: .createdBy, in: db) }
  }

  /// The latest instant that the database knows of, for times that count back from the end:
  /// there is no clock in a look at the past.
  public func latestTime() throws -> EventTime? {
    try read { db in
      try Int64.fetchOne(
        db,
        sql: """
          SELECT max(latest) FROM (
            SELECT max(revised_at) AS latest FROM alerts
            UNION ALL SELECT max(ended_at) FROM coverage)
          """
      ).map(EventTime.init(milliseconds:))
    }
  }

  private func alert(of row: Row) throws -> Alert {
    guard let alert = AlertTable.alert(of: row) else {
      throw StoreFault(.damaged, path: path, detail: "an alert has an unknown word")
    }
    return alert
  }
}
