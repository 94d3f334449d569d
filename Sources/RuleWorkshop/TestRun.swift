import AccessLog
import Detection
import Pipeline
import RuleFiles

/// One rule alone, at work on the traffic of one test: the way of the bytes is that of a real
/// log, through parser, pipeline and engine.
struct TestRun: ~Copyable {
  private var pipeline: Pipeline
  private var block: [UInt8] = []
  private(set) var alerts: [Alert] = []
  /// How far the pipeline was told that time went, by a record or without one.
  private var toldThrough: Int64

  private static let source = "test"
  private static let blockBytes = 256 * 1024
  /// The engine doubts longer jumps of a source's clock until several records agree. Here time
  /// is known, so that silence is told as what it is.
  private static let silenceMilliseconds: Int64 = 300_000

  init(_ rule: Rule, _ test: RuleTest, from start: EventTime) {
    let rules = RuleSet([rule])
    pipeline = Pipeline(
      rules: rules, registry: TestRegistry.registry(for: test),
      sources: [
        SourceDeclaration(
          name: Self.source, latenessMilliseconds: 0, parser: Self.parser(columns: rules.columns))
      ],
      options: EngineOptions(
        // No secret passes here, and a test must give the same everywhere.
        hash: SipHash(key0: 0, key1: 0), fingerprint: { String(decoding: $0, as: UTF8.self) }))
    toldThrough = start.milliseconds
    tick(start.milliseconds)
    for mark in test.marks {
      pipeline.apply(JournalEntry(.mark, time: mark.time, detail: mark.name), into: &alerts)
    }
  }

  private static func parser(columns: RecordColumns) -> BlockParser {
    let identity = IdentityField(field: "$remote_user", isSecret: false)
    let description = FormatDescription(template: TestLogLine.template, identity: [identity])
    guard let reader = try? NginxLogFormat.reader(for: description) else {
      preconditionFailure("the template of the tests can be read")
    }
    return BlockParser(
      readers: [reader], identityKinds: description.identityKinds, columns: columns)
  }

  // MARK: - traffic

  /// A request at `time`; times ascend.
  mutating func send(_ line: borrowing TestLogLine, at time: Int64) {
    if time - toldThrough > Self.silenceMilliseconds { wait(until: time) }
    line.append(at: time, to: &block)
    toldThrough = time
    if block.count >= Self.blockBytes { flush() }
  }

  /// Nothing is known of what was sent between the two times.
  mutating func skip(from start: Int64, to end: Int64) {
    wait(until: start)
    pipeline.apply(
      JournalEntry(
        .gap, time: EventTime(milliseconds: start), source: Self.source,
        until: EventTime(milliseconds: end)), into: &alerts)
    wait(until: end)
  }

  /// Nothing is sent before `time`.
  mutating func wait(until time: Int64) {
    flush()
    guard time > toldThrough else { return }
    tick(time)
  }

  private mutating func tick(_ time: Int64) {
    pipeline.apply(JournalEntry(.tick, time: EventTime(milliseconds: time)), into: &alerts)
    toldThrough = time
  }

  private mutating func flush() {
    guard !block.isEmpty else { return }
    pipeline.push(block, from: 0, into: &alerts)
    block.removeAll(keepingCapacity: true)
  }

  // MARK: - the end

  mutating func finish() {
    flush()
    pipeline.finish(0, into: &alerts)
  }

  /// What kept the test from saying anything, as sentences.
  borrowing func faults() -> [String] {
    let summary = pipeline.summary()
    let lost = summary.sources.reduce(0) { $0 + $1.implausible + $1.late + $1.stray }
    var faults = summary.refusals.map { "the engine refused \($0.count) \($0.what)" }
    if lost > 0 { faults.append("\(lost) requests have times that no gateway writes") }
    if summary.statistics.malformedCount > 0 {
      faults.append("\(summary.statistics.malformedCount) requests do not make a log line")
    }
    return faults
  }

  /// Why the rule judged nothing; `nil` where it did.
  borrowing func sleepReason() -> String? { pipeline.summary().sleepingRules.first?.reason }
}
