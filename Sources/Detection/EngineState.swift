import AccessLog
import Baselines

/// Everything that an engine knows at one moment, apart from what rules, registry, sources and
/// options tell.
///
/// It shares its arrays with the engine until the engine changes them. So taking it costs the
/// engine next to nothing, and it can be written on another thread while the engine goes on.
package struct EngineState: Sendable {
  let sources: [SourceDeclaration]
  let contentHashes: ContentHashes
  let hash: SipHash
  var context: EngineContext
  var clocks: [SourceClock]
  var finished: [Bool]
  var excluded: [Bool]
  var floors: [Int64]
  var belowFloorCount: [Int]
  var gapStarts: [Int64?]
  var began: [Bool]
  var coverage: [CoverageLedger]
  var queue: RecordQueue
  var volumes: [VolumeMonitor]
  var tiers: [TierMonitor]
  var precursors: [PrecursorMonitor]
  var tallies: [TallyMonitor]
  var usage: UsageLedger
  var nextWindowEnd: Int64
  var currentSecond: Int64?
  var statistics: EngineStatistics

  /// Of what the rules and the registry say.
  package struct ContentHashes: Hashable, Sendable {
    package var rules: String
    package var registry: String

    package init(rules: String, registry: String) {
      self.rules = rules
      self.registry = registry
    }
  }
}

extension Engine {
  package func state(_ contentHashes: EngineState.ContentHashes) -> EngineState {
    EngineState(
      sources: sources, contentHashes: contentHashes, hash: options.hash, context: context,
      clocks: clocks, finished: finished, excluded: excluded, floors: floors,
      belowFloorCount: belowFloorCount, gapStarts: gapStarts, began: began, coverage: coverage,
      queue: queue, volumes: volumes, tiers: tiers, precursors: precursors, tallies: tallies,
      usage: usage,
      nextWindowEnd: nextWindowEnd, currentSecond: currentSecond, statistics: statistics)
  }

  /// Goes on from a state of the same rules, registry, sources and options.
  package mutating func take(_ state: consuming EngineState) {
    context = state.context
    clocks = state.clocks
    finished = state.finished
    excluded = state.excluded
    floors = state.floors
    belowFloorCount = state.belowFloorCount
    gapStarts = state.gapStarts
    began = state.began
    coverage = state.coverage
    queue = state.queue
    volumes = state.volumes
    tiers = state.tiers
    precursors = state.precursors
    tallies = state.tallies
    usage = state.usage
    nextWindowEnd = state.nextWindowEnd
    currentSecond = state.currentSecond
    statistics = state.statistics
  }
}

extension EngineState {
  package var gapCount: Int { statistics.gaps.count }
}
