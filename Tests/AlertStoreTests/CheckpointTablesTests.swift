import Detection
import Testing

@testable import AlertStore

@Suite struct CheckpointTablesTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private func position(_ source: String, _ offset: Int64) -> ReadPosition {
    ReadPosition(
      source: source, headHash: .max - UInt64(offset), headBytes: 4096, offset: offset,
      tailHash: .max, firstTime: offset == 0 ? nil : 1, isFinished: offset == .max)
  }

  @Test func `what was kept comes back, the last of it`() throws {
    let store = try folder.open()
    #expect(try store.checkpoint() == nil)
    let old = Checkpoint(
      plan: "old", positions: [position("a", 7), position("a", 8), position("gone", 9)],
      state: [1, 2, 3])
    let new = Checkpoint(
      plan: "new", positions: [position("a", .max), position("b", 0), position("b", 5)],
      state: [0, 255])
    for checkpoint in [old, new] {
      var batch = StoreBatch()
      batch.checkpoint = checkpoint
      batch.positions = [position("a", 99)]
      try store.write(batch)
      #expect(try store.checkpoint() == checkpoint)
    }
    try store.close()
  }

  @Test func `the service's last word is read beside it`() throws {
    let store = try folder.open()
    for word in ["starting", "running"] {
      var batch = StoreBatch()
      batch.service = ["status": word]
      try store.write(batch)
    }
    #expect(try store.service("status") == "running")
    #expect(try AlertReader.open(path: folder.path).service("status") == "running")
    #expect(try store.service("other") == nil)
    try store.close()
  }

  @Test func `a revision is unknown until it is written`() throws {
    let store = try folder.open()
    try store.write(StoreBatch(alerts: [.full(revision: 1)]))
    let unknown = try store.unknown([.full(revision: 1), .full(revision: 2), .full(id: "b")])
    #expect(unknown.map(\.revision) == [2, 1])
    try store.close()
  }
}
