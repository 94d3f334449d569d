import Baselines
import Testing

@testable import AccessLog
@testable import Detection
@testable import Pipeline

/// A stored property that is added must be written too, or be one that need not be.
@Suite struct SnapshotFieldTests {
  private static let registry = KeyRegistry()
  private static let hash = SipHash(key0: 1, key1: 2)
  private static let context = EngineContext(
    rules: [], registry: registry, hash: hash, fingerprint: { _ in "" })
  private static let baseline = Baseline()
  private static let shape = Baseline.Shape(windowSeconds: 300)
  private static let hour = HourTally(from: 0, shape: shape, zone: .utc)
  private static let filter = RequestFilter()

  /// How many stored properties each type had when its `+Snapshot.swift` was last looked at.
  private static var counts: [(what: Any, count: Int)] {
    [
      (baseline, 17), (hour, 8),
      (VolumeTally(hour: hour, zone: 0), 5), (VolumeSeries(entity: .all), 6),
      (VolumeMonitor(per: .key, filter: filter, windowSeconds: 300), 25),
      (VolumeLimits([], judgesEveryWindow: false), 5), (RecentWindows(size: 1, lengths: []), 4),
      (
        TierMonitor(rule: 0, plan: Tier(), filter: filter, registry: registry), 17
      ),
      (RecentSeconds(), 4), (TierEvidence(keepsSeconds: 1), 4),
      (
        PrecursorMonitor(
          rule: 0, plan: Precursor(target: .any, steps: [], withinMilliseconds: 1),
          per: .key, expression: nil, minSamples: nil), 14
      ),
      (PrecursorMonitor.PrecursorEntity(entity: .all), 6), (EventRing(), 3),
      (
        TallyMonitor(
          TallyDefinition(
            TallyPlan(kind: "threshold", windowMilliseconds: 1000, limit: 1, isAbove: true),
            per: .key, filter: filter)), 23
      ),
      (
        TallyJudge(
          rule: 0,
          plan: TallyPlan(kind: "threshold", windowMilliseconds: 1000, limit: 1, isAbove: true),
          minSamples: nil, unit: 1), 5
      ), (RecentValues(), 3), (TallySeries(entity: .all, firstCell: 0, cell: 0), 6),
      (EventRing.Event(time: 0, step: 0, value: 0), 4),
      (context, 14), (context.marks, 2), (context.pairs, 4), (context.keys, 16), (context.names, 3),
      (context.gaps, 6),
      (context.episodes, 12), (context.wheel, 5), (AlertEpisode.blank, 9),
      (Alert.blank, 27), (EvidenceLine.blank, 6), (AlertPicture.blank, 4),
      (SourceClock(latenessMilliseconds: 0), 7), (CoverageLedger(), 4),
      (CoverageLedger.Minute(number: 0), 4), (EngineStatistics(), 9), (RecordQueue(), 4),
      (UsageLedger(isOn: true, registry: registry, hash: hash, bounds: UsageBounds()), 8),
      (UsageNames(registry: registry, hash: hash, bounds: UsageBounds()), 11),
      (UsageTable(hash: hash), 5), (UsageCounts(), 7), (UsageSeries(), 8),
      (LineBlocks(), 8), (JournalEntry(.tick, time: .init(milliseconds: 0)), 5),
    ]
  }

  /// What is found out again is not compared: tables that grow by halves, caches, batches.
  private static let exempt: Set = [
    "symbols", "queue", "slotOfEntity", "slotOfKey", "slots", "last", "ageing", "ageingStart",
    "many", "manyStart", "few", "held", "parser", "openStarts", "hash", "fingerprint",
    "hashes", "cells", "usedCount", "changedFrom", "indices",
  ]

  /// Every value within `value`, with the way to it.
  private static func leaves(of value: Any, at path: String, into leaves: inout [String]) {
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .dictionary {
      leaves.append("\(path): \(mirror.children.count)")
    } else if mirror.children.isEmpty {
      leaves.append("\(path): \(value)")
    } else {
      for (index, child) in mirror.children.enumerated() {
        let name = child.label ?? "\(index)"
        guard !exempt.contains(name) else { continue }
        Self.leaves(of: child.value, at: "\(path).\(name)", into: &leaves)
      }
    }
  }

  @Test func `every value of a state comes back`() throws {
    let seed = UInt64.random(in: .min ... .max)
    let traffic = SnapshotTraffic(seed: seed, dayCount: 2)
    var outcome = SnapshotTests.Outcome()
    var pipeline = traffic.pipeline()
    for step in traffic.steps.prefix(traffic.steps.count * 9 / 10) {
      SnapshotTests.take(step, &pipeline, &outcome)
    }
    let restored = try traffic.pipeline(restoring: pipeline.snapshot())
    var before: [String] = []
    var after: [String] = []
    Self.leaves(of: pipeline.state(), at: "", into: &before)
    Self.leaves(of: restored.state(), at: "", into: &after)
    #expect(before.count > 10_000 && before.count == after.count, "seed \(seed)")
    for (one, other) in zip(before, after) where one != other {
      Issue.record("\(one) came back as \(other), seed \(seed)")
      break
    }
  }

  @Test(arguments: counts.indices)
  func `all that is stored was thought of`(index: Int) {
    let (what, count) = Self.counts[index]
    let names = Mirror(reflecting: what).children.map { $0.label ?? "" }
    #expect(
      names.count == count,
      "\(type(of: what)) has \(names): write what is new in its +Snapshot.swift, then count again")
  }
}
