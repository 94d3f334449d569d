import AccessLog
import Detection
import Foundation
import Testing

@testable import AlertStore

@Suite struct AlertReaderTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private func fill(_ alerts: [Alert]) throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: alerts, segmentFiles: ["edge": ["access.log.1.gz"]]))
    try store.close()
  }

  private func refusal(_ path: String? = nil) -> StoreFault.Reason? {
    do throws(StoreFault) {
      _ = try AlertReader.open(path: path ?? folder.path)
      return nil
    } catch { return error.reason }
  }

  // MARK: - opening

  @Test func `reading leaves the folder and the file as they were`() throws {
    try fill([.bare, .full(), .full(revision: 2)])
    let bytes = try folder.bytes
    let reader = try AlertReader.open(path: folder.path)
    #expect(try reader.alerts().count == 2)
    #expect(try folder.names == ["alerts.sqlite"])
    #expect(try folder.bytes == bytes)
  }

  /// The file of a path with every character that means something in a URI.
  @Test(arguments: ["a b", "50%41", "what?mode=rw", "#1", "ünï", "file:x"])
  func `any path can be read`(name: String) throws {
    let path = folder.url.appending(path: name).path
    let store = try AlertStore.open(path: path, createdBy: "test")
    try store.write(StoreBatch(alerts: [.bare]))
    try store.close()
    #expect(try AlertReader.open(path: path).alerts() == [.bare])
  }

  @Test func `a reader sees what a running writer has committed`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.bare]))
    let reader = try AlertReader.open(path: folder.path)
    #expect(try reader.alerts() == [.bare])
    try store.write(StoreBatch(alerts: [.full()]))
    #expect(try reader.alerts().map(\.id) == ["a0", "a1"])
    // While a cursor is open the writer goes on, and the cursor sees what was there.
    var seen: [String] = []
    try reader.forEachAlert { alert in
      try store.write(StoreBatch(alerts: [.full(id: "b\(seen.count)")]))
      seen.append(alert.id)
    }
    #expect(seen == ["a0", "a1"])
    #expect(try reader.alertCount() == 4)
  }

  @Test func `a folder that is read-only can be read`() throws {
    try fill([.bare])
    chmod(folder.url.path, 0o500)
    defer { chmod(folder.url.path, 0o700) }
    #expect(try AlertReader.open(path: folder.path).alerts() == [.bare])
  }

  @Test func `a write while it is read without locks is noticed`() throws {
    try fill([.bare])
    let reader = try AlertReader.open(path: folder.path)
    #expect(try reader.alertCount() == 1)
    try fill([.full()])
    #expect(throws: StoreFault(.changed, path: folder.path)) { try reader.alertCount() }
    #expect(try AlertReader.open(path: folder.path).alertCount() == 2)
  }

  @Test func `what a writer that died left behind is read`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.bare]))
    let copy = try StoreFolder()
    for name in ["alerts.sqlite", "alerts.sqlite-wal"] {
      try FileManager.default.copyItem(
        at: folder.url.appending(path: name), to: copy.url.appending(path: name))
    }
    #expect(try AlertReader.open(path: copy.path).alerts() == [.bare])
    try store.close()
  }

  @Test func `a link to a database will do`() throws {
    try fill([.bare])
    let link = folder.url.appending(path: "link").path
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.path)
    #expect(try AlertReader.open(path: link).alerts() == [.bare])
  }

  @Test func `what is no database of ours is refused with its reason`() throws {
    #expect(refusal() == .missing)
    #expect(refusal("") == .notAFile)
    #expect(refusal(folder.url.path) == .notAFile)
    #expect(refusal(folder.path + "/below") == .missing)
    try Data().write(to: URL(filePath: folder.path))
    #expect(refusal() == .notOurs)
    try Data("It was a dark and stormy night.".utf8).write(to: URL(filePath: folder.path))
    #expect(refusal() == .notADatabase)
    try Data(repeating: 65, count: 8192).write(to: URL(filePath: folder.path))
    #expect(refusal() == .notADatabase)
    try FileManager.default.removeItem(atPath: folder.path)
    try folder.execute("CREATE TABLE alerts (id)")
    #expect(refusal() == .notOurs)
  }

  @Test func `a database of a later Tollwatch is refused`() throws {
    try fill([])
    let later = Migrations.all.count + 1
    try folder.execute("PRAGMA user_version = \(later)")
    #expect(refusal() == .newerVersion(found: later, known: later - 1))
  }

  // MARK: - reading

  /// Five alerts that differ in everything that can be asked for.
  private static let alerts: [Alert] = [
    alert("a", rule: "supplier-spike", "spike", .high, .supplier, "north", 10, 20, .resolved),
    alert("b", rule: "key-spike", "spike", .low, .key, "north-1", 15, nil, .open),
    alert("c", rule: "quotes", "precursor", .medium, .key, "south-1", 30, 40, .resolved),
    alert("d", rule: "over[tier]", "tier", .critical, .key, "sou?h-2", 35, nil, .shadow),
    alert("e", rule: "key-spike", "spike", .info, .clientIP, "192.0.2.7", 50, 60, .resolved),
  ]

  private static func alert(
    _ id: String, rule: String, _ kind: String, _ severity: Severity, _ type: EntityType,
    _ entity: String, _ start: Int64, _ end: Int64?, _ state: Alert.State
  ) -> Alert {
    Alert(
      id: id, revision: 1, ruleID: rule, kind: kind, ruleHash: "h", severity: severity,
      entityType: type, entity: entity,
      supplier: type == .clientIP ? nil : String(entity.prefix(5)),
      state: state, startedAt: EventTime(seconds: start), detectedAt: EventTime(seconds: start),
      endedAt: end.map { EventTime(seconds: $0) }, observed: 1, unit: "requests", score: 7,
      sampleSize: 1, isLearning: false, reason: "much", evidence: [.line(0)],
      revisedAt: EventTime(seconds: 100 - start))
  }

  private static let queries: [(String, @Sendable (inout AlertQuery) -> Void, String)] = [
    ("all", { _ in }, "edcba"), ("latest", { $0.order = .latestFirst }, "edcba"),
    ("from 20", { $0.from = EventTime(seconds: 20) }, "edcb"),
    ("from 19.999", { $0.from = EventTime(milliseconds: 19_999) }, "edcba"),
    ("to 30", { $0.to = EventTime(seconds: 30) }, "ba"),
    ("a span", { ($0.from, $0.to) = (EventTime(seconds: 41), EventTime(seconds: 50)) }, "db"),
    ("rule", { $0.rules = ["key-spike"] }, "eb"),
    ("two rules", { $0.rules = ["key-spike", "quotes"] }, "ecb"),
    ("star", { $0.rules = ["*-spike"] }, "eba"),
    ("star and bracket", { $0.rules = ["*[tier]"] }, "d"),
    ("question mark", { $0.entities = ["sou?h*"] }, "d"), ("kind", { $0.kinds = ["tier"] }, "d"),
    ("entity", { $0.entities = ["192.0.2.7"] }, "e"),
    ("type", { $0.entityTypes = [.supplier, .clientIP] }, "ea"),
    ("supplier", { $0.suppliers = ["north"] }, "ba"),
    ("no supplier", { $0.suppliers = ["N*"] }, ""),
    ("severity", { $0.severityMin = .high }, "da"),
    ("state", { $0.states = [.open, .shadow] }, "db"),
    ("id", { $0.ids = ["c"] }, "c"), ("quote", { $0.rules = ["' OR 1=1 --"] }, ""),
    ("together", { ($0.kinds, $0.severityMin) = (["spike"], .low) }, "ba"),
  ]

  @Test(arguments: queries)
  func `a query finds what it asks for`(
    name: String, edit: @Sendable (inout AlertQuery) -> Void, ids: String
  ) throws {
    try fill(Self.alerts)
    let reader = try AlertReader.open(path: folder.path)
    var query = AlertQuery()
    edit(&query)
    #expect(try reader.alerts(query).map(\.id).joined() == ids, "\(name)")
    #expect(try reader.alertCount(query) == ids.count)
    query.countMax = 1
    #expect(try reader.alerts(query).map(\.id).joined() == String(ids.prefix(1)))
  }

  @Test func `an alert is read back as its last revision was told`() throws {
    try fill([.full(), .full(revision: 2), .bare])
    let reader = try AlertReader.open(path: folder.path)
    #expect(try reader.alerts() == [.bare, .full(revision: 2)])
    var query = AlertQuery()
    query.includesEvidence = false
    #expect(try reader.alerts(query)[1].evidence.isEmpty)
    #expect(try reader.revisions(of: "a1").map(\.revision) == [1, 2])
    #expect(try reader.evidence(of: "a1").map(\.file) == ["access.log.1.gz", nil])
    #expect(try reader.latestTime() == EventTime(milliseconds: 1006))
  }

  @Test func `an identifier is found by how it begins`() throws {
    try fill(["ab1", "ab2", "b%"].map { .full(id: $0) })
    let reader = try AlertReader.open(path: folder.path)
    #expect(try reader.alertIDs(beginningWith: "ab", countMax: 9) == ["ab1", "ab2"])
    #expect(try reader.alertIDs(beginningWith: "ab2", countMax: 9) == ["ab2"])
    #expect(try reader.alertIDs(beginningWith: "", countMax: 2) == ["ab1", "ab2"])
    #expect(try reader.alertIDs(beginningWith: "%", countMax: 9).isEmpty)
  }

  @Test func `what the body throws ends the reading and passes through`() throws {
    struct Enough: Error {}
    try fill(Self.alerts)
    let reader = try AlertReader.open(path: folder.path)
    var count = 0
    #expect(throws: Enough.self) {
      try reader.forEachAlert { _ in
        count += 1
        if count == 2 { throw Enough() }
      }
    }
    #expect(count == 2)
    #expect(try reader.alertCount() == 5)
  }

  @Test func `a damaged database is a fault, not a crash`() throws {
    try fill((0..<200).map { .full(id: "a\($0)") })
    var bytes = try folder.bytes
    for offset in stride(from: 4096, to: bytes.count, by: 7) { bytes[offset] ^= 0x55 }
    try bytes.write(to: URL(filePath: folder.path))
    #expect(throws: StoreFault.self) {
      try AlertReader.open(path: folder.path).forEachAlert { _ in }
    }
  }
}
