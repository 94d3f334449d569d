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
      (VolumeMonitor(entityType: .key, filter: filter, windowSeconds: 300), 25),
      (VolumeLimits([], judgesEveryWindow: false), 5), (RecentWindows(size: 1, lengths: []), 4),
      (
        TierMonitor(rule: 0, plan: Tier(), filter: filter, registry: registry), 17
      ),
      (RecentSeconds(), 4), (TierEvidence(keepsSeconds: 1), 4),
      (
        PrecursorMonitor(
          rule: 0, plan: Precursor(target: .any, steps: [], withinMilliseconds: 1),
          entityType: .key, expression: nil, minSamples: nil), 14
      ),
      (PrecursorMonitor.PrecursorEntity(entity: .all), 6), (EventRing(), 3),
      (EventRing.Event(time: 0, step: 0, value: 0), 4),
      (context, 9), (context.keys, 15), (context.names, 3), (context.gaps, 6),
      (context.episodes, 11), (context.wheel, 5), (AlertEpisode.blank, 6),
      (Alert.blank, 27), (EvidenceLine.blank, 6), (AlertPicture.blank, 4),
      (SourceClock(latenessMilliseconds: 0), 7), (CoverageLedger(), 3),
      (CoverageLedger.Minute(number: 0), 4), (EngineStatistics(), 9), (RecordQueue(), 4),
      (UsageLedger(isOn: true, registry: registry, hash: hash, bounds: UsageBounds()), 8),
      (UsageNames(registry: registry, hash: hash, bounds: UsageBounds()), 11),
      (UsageTable(hash: hash), 5), (UsageCounts(), 7), (UsageSeries(), 8),
      (LineBlocks(), 6), (JournalEntry(.tick, time: .init(milliseconds: 0)), 5),
    ]
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
