public import Detection
import GRDB
import Synchronization

/// Alerts, their history and evidence, the journal and the coverage in one SQLite database.
///
/// A batch is written whole or not at all, and survives a power cut once ``write(_:)`` returned.
/// Writing what is there already changes nothing. One store at a time writes to a file; others
/// may read it meanwhile, with any SQLite.
public final class AlertStore: Sendable {
  private let file: StoreFile
  private let queue: DatabaseQueue
  /// What the database has of pages; nil where that must be read.
  private let pages = Mutex<PageTable?>(nil)
  /// Read and set inside the queue alone, where nothing else runs.
  private let isClosed = Mutex(false)

  /// Opens the database at `path`, or makes it, readable by its owner alone.
  public static func open(
    path: String, createdBy: String, settings: StoreSettings = StoreSettings()
  ) throws(StoreFault) -> AlertStore {
    try AlertStore(path, createdBy, settings)
  }

  private init(_ path: String, _ createdBy: String, _ settings: StoreSettings) throws(StoreFault) {
    let file = try StoreFile(path: path)
    self.file = file
    queue = try StoreFault.catching(at: file.path) {
      let queue = try DatabaseQueue(path: file.path, configuration: settings.configuration)
      try file.checkUnmoved()
      try queue.writeWithoutTransaction { db in
        try Self.prepare(db, file.path, createdBy, settings)
      }
      return queue
    }
  }

  // The lock must outlive the connection.
  deinit { try? queue.close() }

  /// Writes all of `batch` in one transaction, and says what it changed. After a fault the
  /// database is as it was before, and may be written to again.
  ///
  /// A checkpoint is as whole as the rest, but its pages are on the disk before: in slices, between
  /// which others write.
  @discardableResult
  public func write(_ batch: StoreBatch) throws(StoreFault) -> StoreChanges {
    var pages: PageTable?
    guard batch.checkpoint != nil || batch.journalBase != nil else {
      return try writeAtOnce(batch, &pages)
    }
    // Where something fails it is read anew.
    pages = self.pages.withLock { $0.take() }
    if pages == nil { pages = try access { db in try PageTable(db) } }
    try writePages(of: batch, &pages)
    let changes = try writeAtOnce(batch, &pages)
    try dropUnused(&pages)
    self.pages.withLock { $0 = pages }
    return changes
  }

  private func writeAtOnce(
    _ batch: StoreBatch, _ pages: inout PageTable?
  ) throws(StoreFault) -> StoreChanges {
    try access { db in
      var changes = StoreChanges()
      // SQLite may roll back by itself, as on a full disk. Inside this block GRDB refuses
      // every further statement then, so that no rest is written without its transaction.
      try db.inTransaction(.immediate) {
        changes = try Self.write(batch, &pages, to: db)
        return .commit
      }
      return changes
    }
  }

  /// Nobody knows of these pages until the checkpoint is there.
  private func writePages(of batch: StoreBatch, _ table: inout PageTable?) throws(StoreFault) {
    let pages = table?.missing(of: batch.checkpoint?.pages ?? []) ?? []
    var next = 0
    while next < pages.count {
      try transaction { db in
        next = try table?.writeSlice(of: pages, from: next, to: db) ?? pages.count
      }
    }
  }

  private func dropUnused(_ table: inout PageTable?) throws(StoreFault) {
    var unused = table?.unused[...] ?? []
    while !unused.isEmpty {
      let some = unused.prefix(PageTable.dropCountMax)
      try transaction { db in try PageTable.drop(some, from: db) }
      unused = unused.dropFirst(some.count)
    }
    table?.forgetUnused()
  }

  /// Runs `body` in one transaction, which is rolled back where it throws.
  func transaction(_ body: (Database) throws -> Void) throws(StoreFault) {
    try access { db in
      try db.inTransaction(.immediate) {
        try body(db)
        return .commit
      }
    }
  }

  /// The latest revision of every alert with its evidence, by (`revised_at`, id).
  public func alerts() throws(StoreFault) -> [Alert] {
    try access { db in
      var evidence: [String: [EvidenceLine]] = [:]
      for (id, stored) in try EvidenceTable.lines(db) {
        evidence[id, default: []].append(stored.line)
      }
      return try self.alerts(db, from: "alerts").map { alert in
        var alert = alert
        alert.evidence = evidence[alert.id] ?? []
        return alert
      }
    }
  }

  /// Every revision of every alert, by (`revised_at`, id, revision); evidence is kept for the
  /// latest ones alone, see ``alerts()``.
  public func history() throws(StoreFault) -> [Alert] {
    try access { db in try self.alerts(db, from: "alert_history") }
  }

  /// The evidence of one alert, in its order, with the files that held it.
  public func evidence(of alertID: String) throws(StoreFault) -> [StoredLine] {
    try access { db in try EvidenceTable.lines(db, of: alertID).map(\.1) }
  }

  /// The journal in the order of writing.
  public func journal() throws(StoreFault) -> [JournalRow] {
    try access(JournalTable.entries)
  }

  /// The journal behind an entry, in its order; each entry tells its place.
  public func journal(behind ordinal: Int64) throws(StoreFault) -> [JournalRow] {
    try access { db in try JournalTable.entries(behind: ordinal, db) }
  }

  /// Entries of the journal of certain kinds, in their order.
  public func journal(of kinds: [JournalRow.Kind]) throws(StoreFault) -> [JournalRow] {
    try access { db in try JournalTable.entries(of: kinds, db) }
  }

  /// Behind which entry the journal begins; nil where it does with its service.
  public func journalBase() throws(StoreFault) -> Int64? {
    try access { db in try Int64.fetchOne(db, sql: "SELECT ordinal FROM journal_base") }
  }

  /// How far each log was read by whatever was committed last.
  public func positions() throws(StoreFault) -> [ReadPosition] {
    try access { db in try CheckpointTables.positions(isCheckpoint: false, in: db) }
  }

  /// The coverage by source and time.
  public func coverage() throws(StoreFault) -> [CoverageRow] {
    try access(CoverageTable.spans)
  }

  /// What a service that was stopped goes on from; nil where there is nothing.
  public func checkpoint() throws(StoreFault) -> Checkpoint? {
    try access(CheckpointTables.checkpoint)
  }

  /// What a service said of itself last.
  public func service(_ key: String) throws(StoreFault) -> String? {
    try access { db in try CheckpointTables.value(of: key, in: db) }
  }

  /// Those of `alerts` of which the database does not have this revision.
  public func unknown(_ alerts: [Alert]) throws(StoreFault) -> [Alert] {
    try access { db in
      try alerts.filter { try !AlertTable.has($0.id, revision: $0.revision, in: db) }
    }
  }

  public func fingerprintKeyID() throws(StoreFault) -> String? {
    try access { db in try Meta.value(of: .fingerprintKeyID, in: db) }
  }

  /// Which Tollwatch made the database.
  public func createdBy() throws(StoreFault) -> String? {
    try access { db in try Meta.value(of: .createdBy, in: db) }
  }

  /// Binds the database to the key that its fingerprints are made with. A second key is
  /// refused: one client would look like two.
  public func setFingerprintKeyID(_ id: String) throws(StoreFault) {
    try access { [path = file.path] db in
      try db.inTransaction(.immediate) {
        guard let stored = try Meta.value(of: .fingerprintKeyID, in: db) else {
          try Meta.set(.fingerprintKeyID, id, in: db)
          return .commit
        }
        guard stored == id else {
          throw StoreFault(.otherFingerprintKey(stored: stored, given: id), path: path)
        }
        return .rollback
      }
    }
  }

  /// Moves everything into the one file and closes it. Where a reader is still at it, the
  /// write-ahead log stays beside it until that reader is done.
  public func close() throws(StoreFault) {
    try access { db in
      do {
        try db.checkpoint(.truncate)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
        // What is committed is safe in the write-ahead log.
      }
      isClosed.withLock { $0 = true }
    }
    try StoreFault.catching(at: file.path) { try queue.close() }
    file.release()
  }

  private static func prepare(
    _ db: Database, _ path: String, _ createdBy: String, _ settings: StoreSettings
  ) throws {
    let version = try checkOwner(db, path)
    // Both must come before the first table, and in this order.
    if version == 0 { try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL") }
    guard try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") == "wal" else {
      throw StoreFault(.inputOutput, path: path, detail: "no write-ahead log on this file system")
    }
    try settings.apply(to: db)
    try Migrations.run(db, from: version, createdBy: createdBy)
  }

  /// The number of migrations that the database has seen; nothing is written before this.
  private static func checkOwner(_ db: Database, _ path: String) throws -> Int {
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let tableCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    let isFresh = application == 0 && version == 0 && tableCount == 0
    guard isFresh || (application == Migrations.applicationID && version > 0) else {
      throw StoreFault(.foreignApplication, path: path)
    }
    guard version <= Migrations.all.count else {
      throw StoreFault(
        .newerVersion(found: version, known: Migrations.all.count), path: path)
    }
    return version
  }

  private static func write(
    _ batch: StoreBatch, _ pages: inout PageTable?, to db: Database
  ) throws -> StoreChanges {
    var changes = StoreChanges()
    for alert in batch.alerts { try write(alert, of: batch, to: db, &changes) }
    if let end = batch.journalEnd { try JournalTable.removeAll(behind: end, from: db) }
    for entry in batch.journal { changes.journal.count(try JournalTable.write(entry, to: db)) }
    for span in batch.coverage { changes.coverage.count(try CoverageTable.write(span, to: db)) }
    if let positions = batch.positions {
      try CheckpointTables.write(positions, isCheckpoint: false, to: db)
    }
    if let checkpoint = batch.checkpoint {
      try CheckpointTables.write(checkpoint, to: db)
      try pages?.hold(checkpoint.pages, in: db)
    }
    if let ordinal = batch.journalBase {
      try JournalTable.begin(behind: ordinal, in: db)
      try pages?.holdAsBase(in: db)
    }
    for (key, value) in batch.service { try CheckpointTables.write(value, for: key, to: db) }
    return changes
  }

  /// The row of `alerts` comes first, because history and evidence refer to it.
  private static func write(
    _ alert: Alert, of batch: StoreBatch, to db: Database, _ changes: inout StoreChanges
  ) throws {
    let values = AlertTable.values(of: alert)
    let change = try AlertTable.latest.write(AlertTable.latestValues(of: alert), to: db)
    changes.alerts.count(change)
    changes.history.count(try AlertTable.history.write(values, to: db))
    if change == .unchanged, try AlertTable.revision(of: alert.id, in: db) != alert.revision {
      changes.olderRevisions += 1
    } else {
      changes.evidence += try EvidenceTable.write(alert, filesFrom: batch, to: db)
    }
  }

  private func alerts(_ db: Database, from table: String) throws -> [Alert] {
    let rows = try Row.fetchAll(
      db, sql: "SELECT * FROM \(table) ORDER BY revised_at, id, revision")
    return try rows.map { row in
      guard let alert = AlertTable.alert(of: row) else {
        throw StoreFault(.damaged, path: file.path, detail: "an alert has an unknown word")
      }
      return alert
    }
  }

  /// Runs `body` alone on the connection. GRDB must not be asked once it is closed: it traps.
  private func access<Result>(
    _ body: (Database) throws -> Result
  ) throws(StoreFault) -> Result {
    try StoreFault.catching(at: file.path) {
      try queue.writeWithoutTransaction { db in
        if isClosed.withLock({ $0 }) { throw StoreFault(.closed, path: file.path) }
        return try body(db)
      }
    }
  }
}

/// Bounds of one store.
public struct StoreSettings: Hashable, Sendable {
  /// The database never grows beyond this; a batch that would need more is refused whole.
  public var bytesMax: Int64?
  /// How long a write waits for another program's lock.
  public var busyTimeoutMilliseconds: Int

  public init(bytesMax: Int64? = nil, busyTimeoutMilliseconds: Int = 5000) {
    self.bytesMax = bytesMax
    self.busyTimeoutMilliseconds = busyTimeoutMilliseconds
  }

  /// The write-ahead log is cut back to this after a checkpoint.
  private static let logBytesMax = 64 << 20

  fileprivate var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Double(busyTimeoutMilliseconds) / 1000)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
    }
    return configuration
  }

  fileprivate func apply(to db: Database) throws {
    try db.execute(
      sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = \(Self.logBytesMax)")
    guard let bytesMax else { return }
    let pageBytes = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
    // A value below the present size has no effect but to keep that size.
    _ = try Int64.fetchOne(db, sql: "PRAGMA max_page_count = \(max(bytesMax / pageBytes, 1))")
  }
}
