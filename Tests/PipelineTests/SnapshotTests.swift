import Testing

@testable import AccessLog
@testable import Detection
@testable import Pipeline

@Suite struct SnapshotTests {
  /// All that a run tells.
  struct Outcome: Equatable {
    var alerts: [Alert] = []
    var usage: [UsageHarvest] = []
    var journal: [JournalEntry] = []
    var summary = ""
    var waitingCount = 0
  }

  /// Feeds the traffic; before the steps of `cuts` the pipeline is left for one that was restored
  /// from its snapshot.
  private func run(
    _ traffic: SnapshotTraffic, cutBefore cuts: Set<Int>, atBytes: (Int) -> Int = { _ in 0 }
  ) throws -> Outcome {
    var pipeline = traffic.pipeline()
    var outcome = Outcome()
    for (index, step) in traffic.steps.enumerated() {
      var step = step
      if cuts.contains(index) {
        if case .chunk(let bytes, let source) = step {
          let head = min(bytes.count, atBytes(bytes.count))
          if head > 0 { pipeline.push(Array(bytes[..<head]), from: source, into: &outcome.alerts) }
          step = .chunk(Array(bytes[head...]), source: source)
        }
        let bytes = pipeline.snapshot()
        pipeline = try traffic.pipeline(restoring: bytes)
        #expect(pipeline.snapshot() == bytes, "before step \(index)")
      }
      Self.take(step, &pipeline, &outcome)
    }
    outcome.journal = pipeline.journal
    outcome.summary = "\(pipeline.summary())"
    outcome.waitingCount = pipeline.waitingCount
    return outcome
  }

  static func take(
    _ step: SnapshotTraffic.Step, _ pipeline: inout Pipeline, _ outcome: inout Outcome
  ) {
    switch step {
    case .chunk(let bytes, let source):
      pipeline.push(bytes, from: source, into: &outcome.alerts)
    case .endSegment(let source): pipeline.endSegment(of: source, into: &outcome.alerts)
    case .apply(let entry): pipeline.apply(entry, into: &outcome.alerts)
    case .gap(let source): pipeline.noteGap(in: source)
    case .takeUsage: outcome.usage.append(pipeline.takeUsage())
    case .finish(let source): pipeline.finish(source, into: &outcome.alerts)
    }
  }

  /// The last of them long enough to know the hours of the week, and so to miss requests.
  @Test(arguments: [1, 2, 2, 16, 16])
  func `a pipeline that is restored tells what one tells that went on`(dayCount: Int) throws {
    let seed = UInt64.random(in: .min ... .max)
    let traffic = SnapshotTraffic(seed: seed, dayCount: dayCount)
    let whole = try run(traffic, cutBefore: [])
    var chance = Chance(state: seed)
    let cuts = Set((0..<8).map { _ in chance.below(traffic.steps.count) })
    let parts = try run(traffic, cutBefore: cuts) { chance.below($0) }
    #expect(parts.alerts == whole.alerts, "seed \(seed)")
    #expect(parts == whole, "seed \(seed)")
  }

  /// More than stand in one page, each of which has been seen in several hours.
  @Test func `a snapshot of many series is restored whole`() throws {
    let parser = BlockParser(
      readers: [
        try NginxLogFormat.reader(
          for: FormatDescription(
            template: #"$remote_user [$msec] "$request" $status"#,
            identity: [IdentityField(field: "$remote_user", isSecret: false)]))
      ], identityKinds: [.name])
    let plan = VolumePlan(direction: .up, windows: [300_000], timesMin: 2, moreMin: 5)
    let rules = RuleSet([
      Rule(id: "spike", title: "", per: .key, detector: SnapshotDetector(volume: plan))
    ])
    func pipeline(restoring bytes: [UInt8]? = nil) throws -> Pipeline {
      let sources = [SourceDeclaration(name: "edge", parser: parser)]
      let options = EngineOptions(
        hash: SipHash(key0: 1, key1: 2), fingerprint: { String(decoding: $0, as: UTF8.self) })
      guard let bytes else {
        return Pipeline(
          rules: rules, registry: KeyRegistry(), sources: sources, options: options)
      }
      return try Pipeline(
        rules: rules, registry: KeyRegistry(), sources: sources, options: options,
        restoring: bytes)
    }
    var original = try pipeline()
    var alerts: [Alert] = []
    let keyCount = 3 * SnapshotBook.blockCount - 7
    for hour in 0..<4 {
      var text = ""
      for key in 0..<keyCount where (key + hour) % 3 > 0 {
        text += "key-\(key) [\(1_767_571_200 + hour * 3600 + key).000] \"GET / HTTP/1.1\" 200\n"
      }
      original.push(Array(text.utf8), from: 0, into: &alerts)
    }
    original.settle(into: &alerts)
    let bytes = original.snapshot()
    let restored = try pipeline(restoring: bytes)
    #expect(restored.summary().seriesCount >= keyCount)
    #expect(restored.snapshot() == bytes)
  }
}
