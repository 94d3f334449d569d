import AccessLog
import Foundation
import Ingest
import Pipeline
import Testing

@testable import tollwatch

@Suite struct LateLogTests {
  private let log = LateLog(
    source: "edge",
    TailPosition(
      fingerprint: Fingerprint(hash: 0x3f9a_0000_0000_1234, byteCount: 4096),
      firstTime: 1_763_175_600_000))

  @Test func `a late log is the same when it was in the journal`() {
    for kind in [JournalEntry.Kind.late, .backfill] {
      let entry = SteeringEntry(
        ordinal: 1, entry: log.entry(kind), places: ["edge": .init(segment: 1, offset: 5)])
      #expect(SteeringEntry(entry.row).flatMap { LateLog($0.entry) } == log)
    }
    #expect(LateLog(JournalEntry(.gap, time: log.firstTime, source: "edge")) == nil)
    #expect(LateLog(JournalEntry(.late, time: log.firstTime, source: "edge", detail: "x")) == nil)
  }

  @Test func `its name tells the source, the time and the content`() {
    #expect(log.name == "edge late from 2025-11-15T03:00:00.000Z 3f9a00")
  }

  @Test func `it is found by its content, whatever it is called`() throws {
    let folder = try TemporaryFolder()
    let text = (0..<300).map { "line \($0) of the log\n" }.joined()
    for (name, bytes) in [("a.log", "another\n" + text), ("b.log", text)] {
      try bytes.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }
    let fingerprint = Fingerprint(head: Array(text.utf8))
    let log = LateLog(source: "edge", TailPosition(fingerprint: fingerprint))
    #expect(log.file(in: [folder.path])?.path == folder.path + "/b.log")
    #expect(log.file(in: [folder.path + "/a.log"]) == nil)
  }
}
