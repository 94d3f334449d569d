import Detection
import Foundation
import GRDB

/// Pages of states, each once: a checkpoint, and the state with which the journal begins, name
/// those that they are of.
///
/// What the tables hold is known to whoever writes them, so that a checkpoint costs what changed.
struct PageTable {
  /// Bytes of pages in one transaction, so that nobody who writes meanwhile waits for long.
  static let sliceBytesMax = 1 << 20
  /// Pages that are dropped in one transaction; they have some kilobytes.
  static let dropCountMax = 256

  /// What tells a page from every other.
  private struct Key: Hashable {
    var name: SnapshotPage.Name
    var checksum: UInt64
  }

  private var identifiers: [Key: Int64] = [:]
  /// Those of the checkpoint, and of the beginning of the journal.
  private var held: Set<Int64>
  private var heldAsBase: Set<Int64>

  /// As the database has it.
  init(_ db: Database) throws {
    held = try Self.contents(isBase: false, db)
    heldAsBase = try Self.contents(isBase: true, db)
    let rows = try Row.fetchCursor(
      db, sql: "SELECT section, number, checksum, id FROM checkpoint_pages")
    while let row = try rows.next() {
      let name = SnapshotPage.Name(section: row[0], number: row[1])
      identifiers[Key(name: name, checksum: UInt64(bitPattern: row[2]))] = row[3]
    }
  }

  private static func contents(isBase: Bool, _ db: Database) throws -> Set<Int64> {
    try Set(
      Int64.fetchAll(
        db, sql: "SELECT page FROM checkpoint_contents WHERE is_base = ?", arguments: [isBase]))
  }

  private func identifier(of page: SnapshotPage) -> Int64? {
    identifiers[Key(name: page.name, checksum: page.checksum)]
  }

  /// Those of `pages` that the database lacks.
  func missing(of pages: [SnapshotPage]) -> [SnapshotPage] {
    pages.filter { identifier(of: $0) == nil }
  }

  // MARK: - writing

  /// Writes of `pages` from `start` on as many as belong into one transaction, and gives where the
  /// next one begins.
  mutating func writeSlice(
    of pages: [SnapshotPage], from start: Int, to db: Database
  ) throws -> Int {
    var end = start
    var room = Self.sliceBytesMax
    while end < pages.count, room > 0 {
      room -= try write(pages[end], to: db)
      end += 1
    }
    return end
  }

  /// Gives how long the page is.
  private mutating func write(_ page: SnapshotPage, to db: Database) throws -> Int {
    let bytes = Data(page.bytes)
    try db.cachedStatement(
      sql: "INSERT INTO checkpoint_pages (section, number, checksum, bytes) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [
      page.name.section.stored, page.name.number, Int64(bitPattern: page.checksum), bytes,
    ])
    identifiers[Key(name: page.name, checksum: page.checksum)] = db.lastInsertedRowID
    return bytes.count
  }

  /// From now on these are the pages of the checkpoint; all of them are there.
  mutating func hold(_ pages: [SnapshotPage], in db: Database) throws {
    let wanted = Set(pages.compactMap(identifier))
    precondition(wanted.count == pages.count, "the pages of a checkpoint are written before it")
    for page in held.subtracting(wanted) {
      try db.cachedStatement(
        sql: "DELETE FROM checkpoint_contents WHERE is_base = 0 AND page = ?"
      ).execute(arguments: [page])
    }
    for page in wanted.subtracting(held) {
      try db.cachedStatement(
        sql: "INSERT INTO checkpoint_contents (is_base, page) VALUES (0, ?)"
      ).execute(arguments: [page])
    }
    held = wanted
  }

  /// The journal begins with what the checkpoint holds.
  mutating func holdAsBase(in db: Database) throws {
    try db.execute(
      sql: """
        DELETE FROM checkpoint_contents WHERE is_base = 1;
        INSERT INTO checkpoint_contents (is_base, page)
        SELECT 1, page FROM checkpoint_contents WHERE is_base = 0
        """)
    heldAsBase = held
  }

  // MARK: - dropping

  /// Pages that nobody holds any more; what a death left half written is among them.
  var unused: [Int64] {
    identifiers.values.filter { !held.contains($0) && !heldAsBase.contains($0) }.sorted()
  }

  static func drop(_ pages: ArraySlice<Int64>, from db: Database) throws {
    for page in pages {
      try db.cachedStatement(sql: "DELETE FROM checkpoint_pages WHERE id = ?")
        .execute(arguments: [page])
    }
  }

  /// What is unused was dropped.
  mutating func forgetUnused() {
    identifiers = identifiers.filter { held.contains($0.value) || heldAsBase.contains($0.value) }
  }

  // MARK: - reading

  /// The pages one behind the other.
  static func bytes(isBase: Bool, in db: Database) throws -> [UInt8] {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT bytes FROM checkpoint_contents JOIN checkpoint_pages ON id = page WHERE is_base = ?
        """, arguments: [isBase])
    var bytes: [UInt8] = []
    while let row = try rows.next() {
      try row.withUnsafeData(atIndex: 0) { if let data = $0 { bytes += data } }
    }
    return bytes
  }
}
