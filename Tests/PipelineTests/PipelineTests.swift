import Testing

@testable import AccessLog
@testable import Detection
@testable import Pipeline

@Suite struct PipelineTests {
  /// Monday 5 January 2026, 00:00 UTC, in seconds.
  private static let monday: Int64 = 1_767_571_200

  private func pipeline(sources count: Int = 1) throws -> Pipeline {
    let reader = try NginxLogFormat.reader(
      for: FormatDescription(
        template: "$remote_addr [$msec] \"$request\" $status $http_x_api_key",
        identity: [IdentityField(field: "$http_x_api_key", isSecret: true)]))
    let parser = BlockParser(readers: [reader], identityKinds: [.secret])
    let rules = RuleSet(
      [
        Rule(
          id: "orders", title: "orders", per: .key,
          detector: Precursor(
            target: RequestMatcher(methods: ["POST"], glob: PathGlob("/orders")),
            steps: [
              .init(matcher: RequestMatcher(methods: ["GET"], glob: PathGlob("/quotes")), count: 1)
            ], withinMilliseconds: 10_000, mode: .strict))
      ], contentHash: "r1")
    return Pipeline(
      rules: rules, registry: KeyRegistry(contentHash: "k1"),
      sources: (0..<count).map { SourceDeclaration(name: "s\($0)", parser: parser) },
      options: EngineOptions(hash: SipHash(key0: 1, key1: 2), fingerprint: { _ in "key:3f9a" }))
  }

  private func line(_ second: Int64, _ request: String, key: String = "sesame-opens") -> String {
    "192.0.2.1 [\(Self.monday + second).000] \"\(request) HTTP/1.1\" 200 \(key)\n"
  }

  /// Half an hour of quotes and orders, three of which have no quote, and some nonsense.
  private func log() -> String {
    var text = ""
    for second in stride(from: 0, to: 1800, by: 20) as StrideTo<Int64> {
      if ![400, 900, 1400].contains(second) { text += line(second, "GET /quotes?n=\(second)") }
      if second % 100 == 0 { text += line(second + 5, "POST /orders") }
      if second == 780 { text += "nonsense\n\n" }
    }
    return text
  }

  private struct Outcome: Equatable {
    var alerts: [Alert]
    var lineCount: Int
    var malformedCount: Int
    var journal: [JournalEntry]
  }

  private func run(_ chunks: [[UInt8]]) throws -> Outcome {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    for chunk in chunks { pipeline.push(chunk, from: 0, into: &alerts) }
    pipeline.endSegment(of: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    return Outcome(
      alerts: alerts, lineCount: pipeline.statistics.lineCount,
      malformedCount: pipeline.statistics.malformedCount, journal: pipeline.journal)
  }

  private func cut(_ bytes: [UInt8], into size: Int) -> [[UInt8]] {
    stride(from: 0, to: bytes.count, by: size).map {
      Array(bytes[$0..<min(bytes.count, $0 + size)])
    }
  }

  @Test(arguments: [1, 2, 3, 7, 64, 100, 1000, 4096])
  func `alerts do not depend on where chunks end`(size: Int) throws {
    let bytes = Array(log().utf8)
    let expected = try run([bytes])
    #expect(expected.alerts.count >= 1 && expected.malformedCount == 1)
    #expect(
      expected.lineCount == log().split(separator: "\n", omittingEmptySubsequences: false).count - 1
    )
    #expect(try run(cut(bytes, into: size)) == expected)
  }

  @Test func `a last line without its end is a line`() throws {
    let bytes = Array(log().utf8)
    #expect(try run([Array(bytes.dropLast())]) == run([bytes]))
  }

  @Test func `no secret is in an alert`() throws {
    let alerts = try run([Array(log().utf8)]).alerts
    #expect(!alerts.isEmpty)
    for alert in alerts {
      #expect(!"\(alert)".contains("sesame") && alert.entity == "key:3f9a")
      #expect(!alert.evidence.isEmpty)
    }
  }

  @Test func `a source in many segments is the same as in one, but for hints of place`() throws {
    let text = log()
    let expected = try run([Array(text.utf8)])
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    for (index, line) in lines.enumerated() {
      pipeline.push(Array("\(line)\n".utf8), from: 0, into: &alerts)
      if index % 17 == 0 { pipeline.endSegment(of: 0, into: &alerts) }
    }
    pipeline.endSegment(of: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    func plain(_ alert: Alert) -> Alert {
      var alert = alert
      for index in alert.evidence.indices {
        alert.evidence[index].offset = 0
        alert.evidence[index].segmentIndex = 0
      }
      return alert
    }
    #expect(alerts.map(plain) == expected.alerts.map(plain))
    #expect(alerts.last?.evidence.contains { $0.segmentIndex > 0 } == true)
  }

  @Test func `rules, registry and gaps are journaled with their time`() throws {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    #expect(pipeline.journal.isEmpty)
    let first = (0..<10 as Range<Int64>).map { line($0, "GET /quotes") }.joined()
    pipeline.push(Array(first.utf8), from: 0, into: &alerts)
    pipeline.noteGap(in: 0)
    let second = (100..<110 as Range<Int64>).map { line($0, "GET /quotes") }.joined()
    pipeline.push(Array(second.utf8), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    #expect(pipeline.journal.map(\.kind) == [.rules, .registry, .gap])
    #expect(pipeline.journal.map(\.detail) == ["r1", "k1", nil])
    let gap = pipeline.journal.last
    #expect(gap?.source == "s0" && gap?.time == EventTime(seconds: Self.monday + 9))
    #expect(gap?.until == EventTime(seconds: Self.monday + 100))
  }

  @Test func `of a log that is all there is no alert stays open`() throws {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    // The order without a quote is the last line, so that nothing is known of what came after.
    let text = log() + line(1900, "POST /orders")
    pipeline.push(Array(text.utf8), from: 0, into: &alerts)
    pipeline.finish(0, into: &alerts)
    func open() -> Set<String> {
      alerts.reduce(into: []) { open, alert in
        if alert.state == .open { open.insert(alert.id) } else { open.remove(alert.id) }
      }
    }
    #expect(open().count == 1)
    let count = alerts.count
    pipeline.conclude(into: &alerts)
    #expect(open().isEmpty && alerts.count == count + 1)
    #expect(alerts.last?.endedAt == EventTime(seconds: Self.monday + 1901))
    pipeline.conclude(into: &alerts)
    #expect(alerts.count == count + 1)
  }

  @Test func `event time waits for the slowest source, and not for one that is away`() throws {
    var pipeline = try pipeline(sources: 2)
    var alerts: [Alert] = []
    // Source 1 speaks once and falls silent.
    let slow = (0..<3 as Range<Int64>).map { line($0, "GET /quotes") }.joined()
    pipeline.push(Array(slow.utf8), from: 1, into: &alerts)
    let fast = (0..<400 as Range<Int64>).map {
      line($0, $0 == 300 ? "POST /orders" : "GET /other")
    }.joined()
    pipeline.push(Array(fast.utf8), from: 0, into: &alerts)
    pipeline.apply(.init(.tick, time: EventTime(seconds: Self.monday)), into: &alerts)
    #expect(alerts.isEmpty && pipeline.waitingCount > 300)
    pipeline.apply(
      .init(.excluded, time: EventTime(seconds: Self.monday + 399), source: "s1"), into: &alerts)
    #expect(pipeline.waitingCount < 70)
    // The order's look-back reaches over what source 1 may have said meanwhile.
    #expect(alerts.isEmpty)
    pipeline.apply(
      .init(.rejoined, time: EventTime(seconds: Self.monday + 399), source: "s1"), into: &alerts)
    pipeline.push(Array(line(10, "GET /quotes").utf8), from: 1, into: &alerts)
    for source in 0..<2 { pipeline.finish(source, into: &alerts) }
    #expect(pipeline.summary().sources[1].late == 1)
    #expect(pipeline.journal.contains { $0.kind == .excluded && $0.source == "s1" })
  }

  @Test func `a tick moves time although nobody speaks`() throws {
    var pipeline = try pipeline()
    var alerts: [Alert] = []
    let text =
      line(0, "GET /quotes") + line(1, "GET /other") + line(100, "POST /orders")
      + line(101, "GET /other")
    pipeline.push(Array(text.utf8), from: 0, into: &alerts)
    #expect(alerts.isEmpty)
    let tick = EventTime(seconds: Self.monday + 200)
    pipeline.apply(.init(.tick, time: tick), into: &alerts)
    #expect(alerts.map(\.detectedAt) == [EventTime(seconds: Self.monday + 101)])
    #expect(pipeline.clock(of: 0) == tick)
  }
}
