@testable import AccessLog
@testable import Detection

/// Monday 5 January 2026, 00:00 UTC, in seconds.
let monday: Int64 = 1_767_571_200
let day: Int64 = 86_400
let week: Int64 = 7 * day

/// A request as a test writes it.
struct TestRequest: Hashable {
  /// Milliseconds.
  var time: Int64
  var key = "k1"
  var path = "/v1/orders"
  var method = "GET"
  var query = ""
  var status = 200
  var source = 0
  /// Of the answer; absent below 0, as is what it took, milliseconds.
  var bytes = -1
  var latency = -1

  var line: String {
    let target = query.isEmpty ? path : "\(path)?\(query)"
    let details = bytes < 0 && latency < 0 ? "" : "\t\(bytes)\t\(latency)"
    return "\(time)\t\(key)\t\(method)\t\(target)\t\(status)\(details)"
  }
}

/// Lines of `TestRequest`: tab-separated, quick to read and to write.
struct TestLineReader: LineReader {
  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    var starts: [Int] = [0]
    for offset in line.indices where line[offset] == 9 { starts.append(offset + 1) }
    guard starts.count == 5 || starts.count == 7 else { throw MalformedLine(.missingField, at: 0) }
    func range(_ index: Int) -> Range<Int> {
      starts[index]..<(index == starts.count - 1 ? line.count : starts[index + 1] - 1)
    }
    fields.time = EventTime(milliseconds: number(line, range(0)))
    let key = range(1)
    if !key.isEmpty, line[key.lowerBound] == UInt8(ascii: "@") {
      fields.address = RecordFields.Text(key.lowerBound + 1..<key.upperBound)
    } else if !key.isEmpty {
      fields.identities[0] = RecordFields.Text(key)
    }
    fields.method = RecordFields.Text(range(2))
    fields.target = RecordFields.Text(range(3))
    fields.status = Int32(number(line, range(4)))
    guard starts.count == 7 else { return }
    if line[starts[5]] != UInt8(ascii: "-") { fields.bytesOut = number(line, range(5)) }
    if line[starts[6]] != UInt8(ascii: "-") {
      fields.latencyMicroseconds = number(line, range(6)) * 1000
    }
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    output.append(contentsOf: text)
  }

  private func number(_ line: Span<UInt8>, _ range: Range<Int>) -> Int64 {
    var value: Int64 = 0
    for offset in range { value = value * 10 + Int64(line[offset] - 48) }
    return value
  }
}

/// An engine with sources, fed with requests.
struct TestBench {
  var rules: [Rule]
  var registry = KeyRegistry()
  var sourceCount = 1
  var lateness: Int64 = 60_000
  /// By source: one of so many requests is logged.
  var sampling: [Int] = []
  var detectFrom: EventTime?
  var bounds = EngineBounds()
  var inquiry: Inquiry?

  static let hash = SipHash(key0: 1, key1: 2)

  struct Outcome {
    var alerts: [Alert]
    var summary: EngineSummary
    var explanation: Explanation?

    /// What was opened, by rule, entity and second of detection.
    var opened: [Alert] { alerts.filter { $0.revision == 1 } }
  }

  func declaration(_ index: Int) -> SourceDeclaration {
    SourceDeclaration(
      name: "source\(index)", latenessMilliseconds: lateness,
      parser: BlockParser(
        readers: [TestLineReader()], identityKinds: [.name], columns: RuleSet(rules).columns),
      sampling: index < sampling.count ? sampling[index] : 1)
  }

  func engine() -> Engine {
    var options = EngineOptions(
      detectFrom: detectFrom, hash: Self.hash, fingerprint: { _ in "key:0" })
    options.bounds = bounds
    options.inquiry = inquiry
    return Engine(
      rules: RuleSet(rules), registry: registry, sources: (0..<sourceCount).map(declaration),
      options: options)
  }

  /// A batch of the requests' lines, which begin at `offset` of their source.
  func batch(_ requests: ArraySlice<TestRequest>, offset: Int64 = 0) -> RecordBatch {
    var batch = RecordBatch(hash: Self.hash)
    var bytes: [UInt8] = []
    for request in requests { bytes += Array((request.line + "\n").utf8) }
    declaration(0).parser.parse(bytes, into: &batch)
    batch.startOffset = offset
    return batch
  }

  /// Feeds the requests in the order of the list, in batches of at most `cut`, each source in
  /// its own; a gap is noted in `gapSource` before the request at index `gapBefore`.
  func run(
    _ requests: [TestRequest], cut: Int = 5000, gapsBefore: Set<Int> = [],
    _ watch: (borrowing Engine) -> Void = { _ in }
  ) -> Outcome {
    var engine = engine()
    var alerts: [Alert] = []
    var offsets = [Int64](repeating: 0, count: sourceCount)
    var start = 0
    while start < requests.count {
      var end = start
      if gapsBefore.contains(start) { engine.noteGap(in: requests[start].source) }
      repeat {
        end += 1
      } while end < requests.count && end - start < cut && !gapsBefore.contains(end)
        && requests[end].source == requests[start].source
      let source = requests[start].source
      let batch = batch(requests[start..<end], offset: offsets[source])
      offsets[source] += Int64(batch.bytes.count)
      engine.observe(batch, from: source, into: &alerts)
      start = end
    }
    for source in 0..<sourceCount { engine.finish(source, into: &alerts) }
    watch(engine)
    let explanation = engine.explanation()
    return Outcome(alerts: alerts, summary: engine.summary(), explanation: explanation)
  }
}

extension Rule {
  static func volume(
    _ id: String = "spike", per: Per = .key, _ direction: VolumePlan.Direction = .up,
    minutes: [Int64] = [5], times: Double = 2, more: Double = 20,
    filter: RequestFilter = RequestFilter()
  ) -> Rule {
    let plan = VolumePlan(
      direction: direction, windows: minutes.map { $0 * 60_000 }, timesMin: times, moreMin: more)
    return Rule(id: id, title: id, per: per, filter: filter, detector: TestDetector(volume: plan))
  }

  static func precursor(
    _ id: String = "precursor", per: Per = .key, count: Int = 2, within: Int64 = 600_000,
    same: RequestField? = nil, mode: Precursor.Mode = .habit, minSamples: Int? = nil
  ) -> Rule {
    let target = RequestMatcher(methods: ["POST"], glob: PathGlob("/v*/orders"))
    let quotes = RequestMatcher(methods: ["GET"], glob: PathGlob("/v*/quotes"))
    return Rule(
      id: id, title: id, per: per, minSamples: minSamples,
      detector: Precursor(
        target: target, steps: [Precursor.Step(matcher: quotes, count: count)],
        withinMilliseconds: within, same: same, mode: mode))
  }

  static func tier(_ id: String = "tier", overshoot: Double = 2) -> Rule {
    Rule(id: id, title: id, per: .key, detector: Tier(overshoot: overshoot))
  }
}

/// `spike` and `drop` with a plan made in code.
struct TestDetector: Detector {
  static let kind = "test"
  static let about = ""
  static let meanings: [String: String] = [:]
  static let example = ""

  let volume: VolumePlan

  init(volume: VolumePlan) { self.volume = volume }

  init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    volume = VolumePlan(direction: .up, windows: [300_000])
  }

  var plan: DetectorPlan { .volume(volume) }
}

/// `threshold` and `ratio` with a plan made in code.
struct TestTallyDetector: Detector {
  static let kind = "test"
  static let about = ""
  static let meanings: [String: String] = [:]
  static let example = ""

  let tally: TallyPlan

  init(tally: TallyPlan) { self.tally = tally }

  init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    tally = TallyPlan(reading: &fields, kind: "threshold", limits: 0...1, measure: .requests)
  }

  var plan: DetectorPlan { .tally(tally) }
}
