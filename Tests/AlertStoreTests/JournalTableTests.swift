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
}
