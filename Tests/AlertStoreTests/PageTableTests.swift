import AccessLog
import Detection
import Foundation
import GRDB
import Testing

@testable import AlertStore

@Suite struct PageTableTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  /// A page is its number and what it says.
  private func page(_ number: Int, _ content: [UInt8]) -> SnapshotPage {
    SnapshotPage(
      SnapshotPage.Name(section: "test", number: number), version: 1, content: content,
      hash: SipHash(key0: 1, key1: 2))
  }

  private func write(
    _ pages: [SnapshotPage], to store: AlertStore, asBase ordinal: Int64? = nil
  ) throws {
    var batch = StoreBatch()
    batch.checkpoint = Checkpoint(plan: "p", positions: [], state: [7], pages: pages)
    batch.journalBase = ordinal
    try store.write(batch)
  }

  private func state(_ pages: [SnapshotPage]) -> [UInt8] {
    [7] + pages.flatMap(\.bytes)
  }

  private func identifiers() throws -> [Int64] {
    try folder.sql { try Int64.fetchAll($0, sql: "SELECT id FROM checkpoint_pages ORDER BY id") }
  }

  @Test func `only pages that changed are written, and what they replace goes`() throws {
    let store = try folder.open()
    try write([page(0, [1]), page(1, [2]), page(2, [3])], to: store)
    let before = try identifiers()
    #expect(before.count == 3)
    let pages = [page(0, [1]), page(1, [9]), page(2, [3])]
    try write(pages, to: store)
    let after = try identifiers()
    #expect(after.count == 3 && Set(after).intersection(before).count == 2)
    // They stand in the order of writing: the new one is the last.
    #expect(try store.checkpoint()?.state == state([pages[0], pages[2], pages[1]]))
    try store.close()
  }

  @Test func `pages come back whole, in as many transactions as they need`() throws {
    let store = try folder.open()
    let large = [UInt8](repeating: 5, count: PageTable.sliceBytesMax * 2 / 3)
    let pages = (0..<5).map { page($0, large) } + (5..<300).map { page($0, [1]) }
    try write(pages, to: store)
    #expect(try store.checkpoint()?.state == state(pages))
    // All at once are dropped in several transactions, too.
    try write([], to: store)
    #expect(try identifiers().isEmpty)
    #expect(try store.checkpoint()?.state == [7])
    try store.close()
  }

  @Test func `a transaction takes no more pages than fill it`() throws {
    let store = try folder.open()
    let pages = (0..<3).map {
      page($0, [UInt8](repeating: UInt8($0), count: PageTable.sliceBytesMax * 2 / 3))
    }
    var ends: [Int] = []
    while ends.last ?? 0 < pages.count {
      try store.transaction { db in
        var table = try PageTable(db)
        ends.append(try table.writeSlice(of: pages, from: ends.last ?? 0, to: db))
      }
    }
    #expect(ends == [2, 3])
    try store.close()
  }

  @Test func `what a death left half written is made use of, or dropped`() throws {
    var store = try folder.open()
    try write([page(0, [1])], to: store)
    let left = [page(0, [2]), page(1, [3])]
    try store.transaction { db in
      var table = try PageTable(db)
      _ = try table.writeSlice(of: left, from: 0, to: db)
    }
    try store.close()
    store = try folder.open()
    #expect(try store.checkpoint()?.state == state([page(0, [1])]))
    let used = try #require(try identifiers().last)
    try write([page(0, [4]), page(1, [3])], to: store)
    let after = try identifiers()
    #expect(after.count == 2 && after.contains(used))
    #expect(try store.checkpoint()?.state == state([page(1, [3]), page(0, [4])]))
    try store.close()
  }

  @Test func `what a refused batch has done to pages is undone, and forgotten`() throws {
    let store = try folder.open(StoreSettings(bytesMax: 1 << 20))
    try write([page(0, [1])], to: store)
    let large = [UInt8](repeating: 5, count: 1 << 20)
    #expect(throws: StoreFault.self) { try write([page(0, [2]), page(1, large)], to: store) }
    #expect(try store.checkpoint()?.state == state([page(0, [1])]))
    try write([page(0, [2])], to: store)
    #expect(try identifiers().count == 1)
    #expect(try store.checkpoint()?.state == state([page(0, [2])]))
    try store.close()
  }

  @Test func `the beginning of a journal keeps its pages while checkpoints go on`() throws {
    let store = try folder.open()
    let base = [page(0, [1]), page(1, [2])]
    try write(base, to: store, asBase: 5)
    try write([page(0, [1]), page(1, [3])], to: store)
    #expect(try identifiers().count == 3)
    #expect(try AlertReader.open(path: folder.path).journalBase()?.state == state(base))
    try write([page(0, [8])], to: store, asBase: 6)
    #expect(try identifiers().count == 1)
    #expect(try AlertReader.open(path: folder.path).journalBase()?.state == state([page(0, [8])]))
    try store.close()
  }

  @Test func `a state of before there were pages is gone on with`() throws {
    try folder.sql { db in
      for migration in Migrations.all[..<(Migrations.versionOfPages - 1)] {
        try db.execute(sql: migration)
      }
      try db.execute(
        sql: """
          PRAGMA application_id = \(Migrations.applicationID);
          PRAGMA user_version = \(Migrations.versionOfPages - 1);
          INSERT INTO checkpoint VALUES (1, 'old', x'010203');
          INSERT INTO journal_base VALUES (1, 4, 'old', x'0405');
          """)
    }
    #expect(try AlertReader.open(path: folder.path).journalBase()?.state == [4, 5])
    let store = try folder.open()
    #expect(try store.checkpoint()?.state == [1, 2, 3])
    try write([page(0, [1])], to: store)
    #expect(try store.checkpoint()?.state == state([page(0, [1])]))
    #expect(try AlertReader.open(path: folder.path).journalBase()?.state == [4, 5])
    try store.close()
  }
}
