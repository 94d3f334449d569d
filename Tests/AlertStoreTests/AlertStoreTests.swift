import AccessLog
import Detection
import Foundation
import GRDB
import Testing

@testable import AlertStore

@Suite struct AlertStoreTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private static let batch = StoreBatch(
    alerts: [.bare, .full(), .full(revision: 2)],
    journal: [
      JournalRow(eventTime: EventTime(seconds: 2), kind: .rules, body: #"{"hash":"00"}"#),
      JournalRow(eventTime: EventTime(seconds: 1), kind: .gap, source: "edge"),
    ],
    coverage: [
      CoverageRow(
        source: "edge", kind: .analysed, startedAt: EventTime(seconds: 0),
        endedAt: EventTime(seconds: 60), parsed: 5, unparsed: 4, late: 3, unverified: 2),
      CoverageRow(
        source: "edge", kind: .gap, startedAt: EventTime(seconds: 60),
        endedAt: EventTime(seconds: 90), reason: "no checksum"),
    ],
    segmentFiles: ["edge": ["access.log.1.gz"]])

  @Test func `every field comes back as it was`() throws {
    let store = try folder.open()
    let changes = try store.write(Self.batch)
    #expect(try store.alerts() == [.bare, .full(revision: 2)])
    #expect(try store.history() == [.bare, .full(evidence: []), .full(revision: 2, evidence: [])])
    #expect(try store.journal() == Self.batch.journal)
    #expect(try store.coverage() == Self.batch.coverage)
    #expect(
      try store.evidence(of: "a1") == [
        StoredLine(line: .line(0), file: "access.log.1.gz"), StoredLine(line: .line(1), file: nil),
      ])
    #expect(try store.createdBy() == "test 1")
    #expect(changes.alerts == StoreChanges.Rows(added: 2, updated: 1))
    #expect(changes.history == StoreChanges.Rows(added: 3))
    #expect(changes.evidence == StoreChanges.Rows(added: 2))
    #expect(changes.journal == StoreChanges.Rows(added: 2))
    #expect(changes.coverage == StoreChanges.Rows(added: 2))
  }

  @Test func `it is all there when the file is opened again`() throws {
    try folder.open().write(Self.batch)
    let store = try folder.open()
    #expect(try store.alerts() == [.bare, .full(revision: 2)])
    #expect(try store.journal() == Self.batch.journal)
  }

  @Test func `a second replay leaves the file byte for byte as it was`() throws {
    func replay() throws -> StoreChanges {
      let store = try folder.open()
      try store.setFingerprintKeyID("key-1")
      let changes = try store.write(Self.batch)
      try store.close()
      return changes
    }
    #expect(try !replay().isEmpty)
    let bytes = try folder.bytes
    let second = try replay()
    #expect(second.isEmpty)
    #expect(second.olderRevisions == 1)
    #expect(try folder.bytes == bytes)
  }

  @Test func `a finished replay leaves one file`() throws {
    let store = try folder.open()
    try store.write(Self.batch)
    #expect(try folder.names.count == 3)
    try store.close()
    #expect(try folder.names == ["alerts.sqlite"])
  }

  @Test func `an older revision goes to the history alone`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.full(revision: 3)]))
    let changes = try store.write(
      StoreBatch(alerts: [.full(revision: 2, evidence: [.line(7)])]))
    #expect(try store.alerts() == [.full(revision: 3)])
    #expect(try store.history().map(\.revision) == [2, 3])
    #expect(changes.olderRevisions == 1)
    #expect(changes.alerts == StoreChanges.Rows())
    #expect(changes.evidence == StoreChanges.Rows())
  }

  @Test func `one revision judged anew replaces itself`() throws {
    let store = try folder.open()
    var alert = Alert.full()
    try store.write(StoreBatch(alerts: [alert]))
    alert.ruleHash = "hash-2"
    alert.supplier = nil
    let changes = try store.write(StoreBatch(alerts: [alert]))
    #expect(try store.alerts() == [alert])
    #expect(changes.alerts == StoreChanges.Rows(updated: 1))
    #expect(changes.history == StoreChanges.Rows(updated: 1))
    #expect(changes.evidence == StoreChanges.Rows())
  }

  @Test func `a later revision brings its own evidence, or keeps what was there`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.full()]))
    try store.write(StoreBatch(alerts: [.full(revision: 2, evidence: [])]))
    #expect(try store.alerts().first?.evidence == [.line(0), .line(1)])
    let changes = try store.write(
      StoreBatch(alerts: [.full(revision: 3, evidence: [.line(5)])]))
    #expect(try store.alerts().first?.evidence == [.line(5)])
    #expect(changes.evidence == StoreChanges.Rows(updated: 1, removed: 1))
  }

  @Test func `alerts come by the time of their revision, then by id`() throws {
    let store = try folder.open()
    try store.write(
      StoreBatch(alerts: [.full(id: "c"), .full(id: "a", revision: 2), .full(id: "b"), .bare]))
    #expect(try store.alerts().map(\.id) == ["a0", "b", "c", "a"])
  }

  @Test func `what is no finite number is absent`() throws {
    let store = try folder.open()
    var alert = Alert.full()
    alert.observed = .nan
    alert.score = .infinity
    alert.expectedHigh = -.infinity
    let batch = StoreBatch(alerts: [alert])
    try store.write(batch)
    let stored = try #require(try store.alerts().first)
    #expect(stored.observed.isNaN && stored.score.isNaN && stored.expectedHigh == nil)
    #expect(try store.write(batch).isEmpty)
  }

  @Test(arguments: [
    "'; DROP TABLE alerts; --", "\u{1B}[2J\u{7F}\u{202E}", "é e\u{301} 😀 \u{FFFF}\u{10FFFF}",
    #"\"{"a":1}"#, "%s%n %00", String(repeating: "x", count: 1 << 20),
  ])
  func `hostile text comes back as it was`(text: String) throws {
    let store = try folder.open()
    var alert = Alert.full()
    alert.entity = text
    alert.supplier = text
    alert.reason = text
    alert.evidence[0].line = text
    alert.evidence[0].source = text
    let batch = StoreBatch(
      alerts: [alert],
      journal: [JournalRow(eventTime: EventTime(seconds: 1), kind: .tick, source: text)],
      segmentFiles: [text: [text]])
    try store.write(batch)
    let stored = try #require(try store.alerts().first)
    #expect(Array(stored.entity.utf8) == Array(text.utf8))
    #expect(stored == alert)
    #expect(try store.journal() == batch.journal)
    #expect(try store.evidence(of: alert.id).first?.file == text)
    #expect(try store.write(batch).isEmpty)
  }

  @Test func `what follows a NUL is not lost`() throws {
    let store = try folder.open()
    var alert = Alert.full(id: "a\0b")
    alert.reason = "before\0after"
    let batch = StoreBatch(alerts: [alert])
    try store.write(batch)
    #expect(try store.alerts().first?.reason == "before\u{2400}after")
    #expect(try store.alerts().first?.evidence.count == 2)
    #expect(try store.write(batch).isEmpty)
  }

  @Test func `a second fingerprint key is refused`() throws {
    let store = try folder.open()
    #expect(try store.fingerprintKeyID() == nil)
    try store.setFingerprintKeyID("key-1")
    try store.setFingerprintKeyID("key-1")
    let fault = try #require(throws: StoreFault.self) { try store.setFingerprintKeyID("key-2") }
    #expect(fault.reason == .otherFingerprintKey(stored: "key-1", given: "key-2"))
    #expect("\(fault)".contains("key-1") && "\(fault)".contains("key-2"))
    #expect(try store.fingerprintKeyID() == "key-1")
  }

  @Test func `a batch that does not fit is refused whole, and a smaller one fits`() throws {
    let store = try folder.open(StoreSettings(bytesMax: 256 << 10))
    try store.write(Self.batch)
    let large = StoreBatch(alerts: (0..<2000).map { .full(id: "large-\($0)") })
    let fault = try #require(throws: StoreFault.self) { try store.write(large) }
    #expect(fault.reason == .full)
    #expect(try store.alerts() == [.bare, .full(revision: 2)])
    #expect(try store.write(StoreBatch(alerts: [.full(id: "small")])).alerts.added == 1)
    try store.close()
    #expect(try folder.value("PRAGMA integrity_check", as: String.self) == "ok")
    #expect(try folder.value("SELECT count(*) FROM alerts") == 3)
  }

  @Test func `one value that is refused takes its whole batch along`() throws {
    let store = try folder.open()
    let batch = StoreBatch(alerts: [.full(id: "good"), .full(id: "bad", revision: 0)])
    let fault = try #require(throws: StoreFault.self) { try store.write(batch) }
    #expect(fault.reason == .rejected)
    #expect(try store.alerts().isEmpty)
    #expect(try store.write(Self.batch).alerts.added == 2)
  }

  @Test func `a lock of another program is waited for, then reported`() throws {
    let store = try folder.open(StoreSettings(busyTimeoutMilliseconds: 1))
    var fault: StoreFault?
    try folder.sql { other in
      try other.inTransaction(.immediate) {
        do throws(StoreFault) { try store.write(Self.batch) } catch { fault = error }
        return .rollback
      }
    }
    #expect(fault?.reason == .inUse)
    #expect(try store.write(Self.batch).alerts.added == 2)
  }

  @Test func `a reader sees what is committed while the store is open`() throws {
    let store = try folder.open()
    try store.write(Self.batch)
    #expect(try folder.value("SELECT count(*) FROM alerts") == 2)
    #expect(try store.write(StoreBatch(alerts: [.full(id: "b")])).alerts.added == 1)
  }

  @Test func `a closed store says so`() throws {
    let store = try folder.open()
    try store.close()
    #expect(try #require(throws: StoreFault.self) { try store.write(Self.batch) }.reason == .closed)
    #expect(try #require(throws: StoreFault.self) { try store.alerts() }.reason == .closed)
    #expect(try #require(throws: StoreFault.self) { try store.close() }.reason == .closed)
  }

  @Test func `damage is reported as damage`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: (0..<200).map { .full(id: "alert-\($0)") }))
    try store.close()
    var bytes = try folder.bytes
    for index in 4096..<bytes.count { bytes[index] = 0xA5 }
    try bytes.write(to: URL(filePath: folder.path))
    let fault = try #require(throws: StoreFault.self) { try folder.open().alerts() }
    #expect(fault.reason == .damaged)
  }
}
