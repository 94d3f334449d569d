import AccessLog
import Detection
import Pipeline
import Testing

@Suite struct JournalEntryTests {
  private static let start: Int64 = 1_795_219_200

  private func pipeline() throws -> Pipeline {
    let description = FormatDescription(
      template: #"$msec $remote_addr "$request" $status"#)
    let parser = BlockParser(readers: [try NginxLogFormat.reader(for: description)])
    return Pipeline(
      rules: RuleSet([], contentHash: "rr"), registry: KeyRegistry(contentHash: "kk"),
      sources: [SourceDeclaration(name: "edge", latenessMilliseconds: 0, parser: parser)],
      options: EngineOptions(hash: SipHash(key0: 1, key1: 2), fingerprint: { _ in "key" }))
  }

  private func lines(_ seconds: [Int64]) -> [UInt8] {
    seconds.flatMap { Array("\(Self.start + $0).000 192.0.2.1 \"GET / HTTP/1.1\" 200\n".utf8) }
  }

  private func time(_ second: Int64) -> EventTime { EventTime(seconds: Self.start + second) }

  @Test(arguments: [false, true])
  func `rules and registry hold from the first record on`(isTicked: Bool) throws {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    if isTicked { pipeline.apply(JournalEntry(.tick, time: time(0)), into: &alerts) }
    pipeline.push(lines([1, 2, 3]), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    #expect(
      pipeline.journal.filter { $0.kind != .tick } == [
        JournalEntry(.rules, time: time(1), detail: "rr"),
        JournalEntry(.registry, time: time(1), detail: "kk"),
      ])
  }

  @Test(arguments: [(nil, 50), (30, 30)] as [(Int64?, Int64)])
  func `a gap lasts to the next record, or as long as it says`(
    until: Int64?, end: Int64
  ) throws {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    pipeline.push(lines([1, 2, 3, 10]), from: 0, into: &alerts)
    pipeline.apply(
      JournalEntry(.gap, time: time(10), source: "edge", until: until.map(time)), into: &alerts)
    pipeline.push(lines([50]), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    #expect(
      pipeline.journal.filter { $0.kind == .gap } == [
        JournalEntry(.gap, time: time(10), source: "edge", until: time(end))
      ])
  }
}
