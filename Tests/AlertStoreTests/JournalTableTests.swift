import AccessLog
import Testing

@testable import AlertStore

@Suite struct JournalTableTests {
  @Test func `an entry that differs in anything is another one`() throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    let first = JournalRow(eventTime: EventTime(seconds: 1), kind: .gap)
    var entries = [first, first, first, first, first]
    entries[1].eventTime = EventTime(seconds: 2)
    entries[2].kind = .tick
    entries[3].source = "edge"
    entries[4].body = #"{"a":1}"#
    #expect(try store.write(StoreBatch(journal: entries)).journal.added == 5)
    #expect(try store.write(StoreBatch(journal: entries.reversed())).isEmpty)
    #expect(try store.journal() == entries)
  }

  @Test func `an entry takes the place that it names, and what was undone goes`() throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    func tick(_ ordinal: Int64, _ seconds: Int64) -> JournalRow {
      JournalRow(ordinal: ordinal, eventTime: EventTime(seconds: seconds), kind: .tick)
    }
    try store.write(StoreBatch(journal: [tick(1, 1), tick(2, 2), tick(3, 3)]))
    try store.write(StoreBatch(journal: [tick(2, 20)]))
    #expect(try store.journal(behind: 1) == [tick(2, 20), tick(3, 3)])
    var batch = StoreBatch(journal: [tick(2, 200)])
    batch.journalEnd = 1
    try store.write(batch)
    #expect(try store.journal(behind: .min) == [tick(1, 1), tick(2, 200)])
  }
}
