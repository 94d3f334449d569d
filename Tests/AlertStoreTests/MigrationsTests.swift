import Detection
import Foundation
import GRDB
import Testing

@testable import AlertStore

@Suite struct MigrationsTests {
  let folder: StoreFolder

  init() throws {
    folder = try StoreFolder()
    try folder.open().close()
  }

  @Test(arguments: ["alerts", "alert_history"])
  func `the columns of alerts are the promised ones, in this order`(table: String) throws {
    let names = try folder.sql { db in
      try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
    }
    #expect(
      names.joined(separator: ", ") == """
        id, revision, rule_id, kind, severity, entity_type, entity, supplier, tier, state, \
        started_at, detected_at, ended_at, observed, expected_low, expected_mid, expected_high, \
        unit, score, reason, rule_hash, sample_size, learning, application, revised_at
        """ + (table == "alerts" ? ", picture" : ""))
  }

  @Test func `the columns of alerts are the keys of its JSON`() throws {
    var bytes: [UInt8] = []
    Alert.full().writeJSON(into: &bytes)
    let text = String(decoding: bytes, as: UTF8.self)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(Set(AlertTable.columns + ["evidence"]) == Set(object.keys))
    let places = AlertTable.columns.compactMap { text.firstRange(of: "\"\($0)\":")?.lowerBound }
    #expect(places == places.sorted() && places.count == AlertTable.columns.count)
  }

  @Test func `every table is strict`() throws {
    let loose = try folder.sql { db in
      try String.fetchAll(
        db,
        sql: """
          SELECT name FROM pragma_table_list
          WHERE NOT strict AND type = 'table' AND name NOT LIKE 'sqlite_%'
          """)
    }
    #expect(loose.isEmpty)
  }

  @Test(arguments: [
    "UPDATE alerts SET observed = 'many'", "UPDATE alerts SET started_at = 'now'",
    "UPDATE alerts SET started_at = 1.5", "UPDATE alerts SET entity = NULL",
    "UPDATE alerts SET state = 'asleep'", "UPDATE alerts SET learning = 2",
    "UPDATE alerts SET severity = 'dire'", "UPDATE alerts SET revision = 0",
    "UPDATE evidence SET offset = 'x'", "UPDATE evidence SET alert_id = 'nobody'",
    "INSERT INTO alerts (id) VALUES (NULL)",
  ])
  func `a value of the wrong kind is refused`(sql: String) throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.full()]))
    try store.close()
    let error = try #require(throws: DatabaseError.self) {
      try folder.execute(sql)
    }
    #expect(error.resultCode == .SQLITE_CONSTRAINT)
  }

  @Test func `an alert takes its history and evidence along`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.full(), .full(revision: 2), .full(id: "b")]))
    try store.close()
    try folder.execute("DELETE FROM alerts WHERE id = 'a1'")
    #expect(try folder.value("SELECT count(*) FROM alert_history") == 1)
    #expect(try folder.value("SELECT count(*) FROM evidence") == 2)
  }

  /// A database of an older release takes the missing steps and keeps what it has.
  @Test(arguments: 1..<Migrations.all.count)
  func `every older database is brought up to date`(version: Int) throws {
    let old = try StoreFolder()
    try old.sql { db in
      for number in 0..<version { try db.execute(sql: Migrations.all[number]) }
      try db.execute(
        sql: """
          PRAGMA application_id = \(Migrations.applicationID); PRAGMA user_version = \(version);
          INSERT INTO meta (key, value) VALUES ('created_by', 'an older one');
          INSERT INTO journal (event_time, kind, body) VALUES (1, 'tick', '{}')
          """)
    }
    let reader = try AlertReader.open(path: old.path)
    #expect(reader.hasUsageTables == (version > 1))
    #expect(try reader.usage(by: .supplier).isEmpty && reader.usageHours() == nil)
    let store = try old.open()
    #expect(try store.createdBy() == "an older one")
    #expect(try store.journal().count == 1)
    try store.close()
    #expect(try old.value("PRAGMA user_version") == Migrations.all.count)
    let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)"
    #expect(try old.value(schema, as: String.self) == folder.value(schema, as: String.self))
  }

  @Test func `the header tells whose database it is and how old`() throws {
    #expect(try folder.value("PRAGMA application_id") == Int(Migrations.applicationID))
    #expect(try folder.value("PRAGMA user_version") == Migrations.all.count)
    #expect(try folder.value("PRAGMA journal_mode", as: String.self) == "wal")
    #expect(try folder.value("PRAGMA auto_vacuum") == 2)
  }

  @Test(arguments: [
    "SELECT * FROM alerts WHERE started_at > 0 ORDER BY started_at",
    "SELECT * FROM alerts WHERE rule_id = 'r' AND started_at > 0",
    "SELECT * FROM alerts WHERE entity_type = 'key' AND entity = 'k' ORDER BY started_at",
    "SELECT * FROM alert_history WHERE id = 'a' ORDER BY revision",
  ])
  func `what the pages will ask is answered from an index`(sql: String) throws {
    let plan = try folder.sql { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN \(sql)").map { $0["detail"] as String }
    }
    #expect(plan.count == 1 && plan[0].contains("USING INDEX"), "\(plan)")
  }
}
