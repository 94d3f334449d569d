import AccessLog
import AlertStore
import Pipeline
import Testing

@testable import tollwatch

@Suite struct SteeringLogTests {
  private func tick(_ seconds: Int64) -> JournalEntry {
    JournalEntry(.tick, time: EventTime(seconds: seconds))
  }

  private let places = ["edge": LogPlace(segment: 2, offset: 1 << 40)]

  @Test func `an entry is the same when it was a row`() throws {
    for entry in [
      SteeringEntry(
        ordinal: 7, entry: JournalEntry(.excluded, time: EventTime(seconds: 3), source: "edge"),
        places: places),
      SteeringEntry(
        ordinal: 1, entry: JournalEntry(.configuration, time: .init(seconds: 0), detail: "3f9a"),
        places: nil),
      SteeringEntry(ordinal: 9, entry: tick(1), places: [:]),
    ] {
      #expect(SteeringEntry(entry.row) == entry)
    }
  }

  @Test func `a row that steers nothing is none`() {
    var row = SteeringEntry(ordinal: 1, entry: tick(1), places: places).row
    row.body = #"{"hash":"3f9a"}"#
    #expect(SteeringEntry(row) == nil)
    row.body = "no JSON"
    #expect(SteeringEntry(row) == nil)
  }

  @Test func `a quiet night is one row`() {
    var log = SteeringLog()
    for second in 1...100 { log.add(tick(Int64(second)), at: places) }
    #expect(log.rows.compactMap(SteeringEntry.init).map(\.entry) == [tick(100)])
    log.noteWritten()
    log.add(tick(101), at: places)
    #expect(log.rows.map(\.ordinal) == [1])
    log.noteWritten()
    log.add(tick(102), at: ["edge": LogPlace(segment: 2, offset: 5)])
    #expect(log.rows.map(\.ordinal) == [2])
  }

  @Test func `what a checkpoint holds is not replaced`() {
    var log = SteeringLog()
    log.add(tick(1), at: places)
    log.seal()
    log.add(tick(2), at: places)
    #expect(log.rows.map(\.ordinal) == [1, 2])
  }

  @Test func `nothing counts as told before it was written`() {
    var log = SteeringLog()
    log.add(tick(1), at: places)
    log.add(JournalEntry(.gap, time: EventTime(seconds: 1), source: "edge"), at: places)
    #expect(log.rows.count == 2)
    #expect(log.rows.count == 2)
    log.noteWritten()
    #expect(log.rows.isEmpty)
  }

  @Test func `after a death the entries behind the checkpoint are met again, and it goes on`() {
    var before = SteeringLog()
    before.add(tick(1), at: places)
    before.seal()
    let ordinal = before.lastOrdinal
    before.add(JournalEntry(.excluded, time: EventTime(seconds: 2), source: "edge"), at: places)
    before.add(tick(3), at: places)
    let rows = before.rows.filter { ($0.ordinal ?? 0) > ordinal }

    var log = SteeringLog(behind: ordinal, rows: rows)
    #expect(log.pending.map(\.entry.kind) == [.excluded, .tick])
    #expect(log.isRecovering)
    log.passPending()
    log.passPending()
    #expect(!log.isRecovering)
    log.add(tick(4), at: places)
    #expect(log.rows.map(\.ordinal) == [4])
  }

  @Test func `nothing is added before all is read again of which alerts were told`() {
    var log = SteeringLog(behind: 3, rows: [], reach: ToldReach(places))
    #expect(log.isRecovering && log.reach == places)
    log.passReach()
    #expect(!log.isRecovering)
    log.add(tick(1), at: places)
    #expect(log.rows.map(\.ordinal) == [4])
  }

  @Test func `how far alerts were told is the same when it was a row`() {
    #expect(ToldReach(json: ToldReach(places).json) == ToldReach(places))
    #expect(ToldReach(json: ToldReach([:]).json) == ToldReach([:]))
    for wrong in [nil, "", "{}x", #"{"edge":[1]}"#] { #expect(ToldReach(json: wrong) == nil) }
  }

  @Test func `a gap of lines that were added too late keeps its end`() {
    var gap = JournalEntry(.gap, time: EventTime(seconds: 3), source: "edge")
    gap.until = EventTime(milliseconds: 4_001)
    let entry = SteeringEntry(ordinal: 2, entry: gap, places: places)
    #expect(SteeringEntry(entry.row) == entry)
  }

  @Test func `another configuration comes before what steers, instead of one that was tried`()
    throws
  {
    func configuration(_ hash: String) -> JournalEntry {
      JournalEntry(.configuration, time: EventTime(seconds: 9), detail: hash)
    }
    let rows = [tick(1), tick(2)].enumerated().map { number, entry in
      SteeringEntry(ordinal: 6 + Int64(number), entry: entry, places: places).row
    }
    func changed(_ rows: [JournalRow], to hash: String) -> [JournalRow]? {
      SteeringLog.rows(rows, behind: 5, under: configuration(hash), at: [:])
    }
    let first = try #require(changed(rows, to: "a"))
    #expect(first.map(\.ordinal) == [6, 7, 8])
    #expect(
      first.compactMap(SteeringEntry.init).map(\.entry) == [configuration("a"), tick(1), tick(2)])
    #expect(changed(first, to: "a") == nil)
    let second = try #require(changed(first, to: "b"))
    #expect(second.map(\.ordinal) == [6, 7, 8])
    #expect(second.compactMap(SteeringEntry.init).first?.entry.detail == "b")
    #expect(changed([], to: "a")?.count == 1)
  }
}
