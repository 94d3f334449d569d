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
}
