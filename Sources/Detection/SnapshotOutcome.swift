/// What of a snapshot an engine could go on from.
public struct SnapshotOutcome: Hashable, Sendable {
  /// The rules, the registry and the sources were the same: all of it goes on.
  public var isWhole: Bool
  public var hasOtherRules: Bool
  public var hasOtherRegistry: Bool
  /// Sources that the snapshot knows and that are declared no more, and new ones.
  public var goneSources: [String]
  public var newSources: [String]
  /// Series definitions of today's rules of which nothing was learnt yet: they start anew.
  public var newDefinitions: [String]
  /// Where sources stand now.
  package var sources: SourceChange

  init(from saved: SnapshotHead, to now: SnapshotHead, sources: SourceChange) {
    isWhole = saved == now
    hasOtherRules = saved.rulesHash != now.rulesHash
    hasOtherRegistry = saved.registryHash != now.registryHash
    goneSources = saved.sources.filter { !now.sources.contains($0) }
    newSources = now.sources.filter { !saved.sources.contains($0) }
    newDefinitions =
      now.volumes.filter { !saved.volumes.contains($0) }
      + now.precursors.filter { !saved.precursors.contains($0) }
    self.sources = sources
  }
}
