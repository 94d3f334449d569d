import AccessLog
import Detection
import Pipeline
import Testing

@Suite struct JournalEntryTests {
  private static let start: Int64 = 1_795_219_200

  private func pipeline(_ rules: [Rule] = []) throws -> Pipeline {
    let description = FormatDescription(
      template: #"$msec $remote_addr "$request" $status"#)
    let parser = BlockParser(readers: [try NginxLogFormat.reader(for: description)])
    return Pipeline(
      rules: RuleSet(rules, contentHash: "rr"), registry: KeyRegistry(contentHash: "kk"),
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

  @Test func `a mark is known and journaled however the bytes are cut`() throws {
    var rule = Rule(
      id: "limit", title: "", per: .clientIP,
      policy: EpisodePolicy(after: .init(mark: "deploy", withinMilliseconds: 60_000)),
      detector: SnapshotDetector(
        plan: .tally(
          TallyPlan(kind: "threshold", windowMilliseconds: 1000, limit: 2, isAbove: true))))
    rule.contentHash = "r"
    let bytes = lines([1, 1, 1, 100, 100, 100, 200, 200, 200, 300])
    let mark = JournalEntry(.mark, time: time(50), detail: "deploy")
    for cut in stride(from: 1, through: bytes.count, by: 7) {
      var pipeline = try pipeline([rule])
      var alerts: [Alert] = []
      var start = 0
      while start < 200 {
        let end = min(200, start + cut)
        pipeline.push(Array(bytes[start..<end]), from: 0, into: &alerts)
        start = end
      }
      pipeline.apply(mark, into: &alerts)
      pipeline.apply(JournalEntry(.mark, time: time(9), detail: "not legal"), into: &alerts)
      pipeline.push(Array(bytes[200...]), from: 0, into: &alerts)
      pipeline.finish(0, into: &alerts)
      #expect(alerts.filter { $0.revision == 1 }.map(\.detectedAt) == [time(101)], "\(cut)")
      #expect(pipeline.journal.filter { $0.kind == .mark } == [mark])
    }
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
