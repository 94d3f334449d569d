import AccessLog
import Baselines

/// Everything that an engine knows at one moment, apart from what rules, registry, sources and
/// options tell.
///
/// It shares its arrays with the engine until the engine changes them. So taking it costs the
/// engine next to nothing, and it can be written on another thread while the engine goes on.
package struct EngineState: Sendable {
  let sources: [SourceDeclaration]
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
  var usage: UsageLedger
  var nextWindowEnd: Int64
  var currentSecond: Int64?
  var statistics: EngineStatistics
}

extension Engine {
  package func state() -> EngineState {
    EngineState(
      sources: sources, hash: options.hash, context: context, clocks: clocks, finished: finished,
      excluded: excluded, floors: floors, belowFloorCount: belowFloorCount, gapStarts: gapStarts,
      began: began, coverage: coverage, queue: queue, volumes: volumes, tiers: tiers,
      precursors: precursors, usage: usage, nextWindowEnd: nextWindowEnd,
      currentSecond: currentSecond, statistics: statistics)
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
    usage = state.usage
    nextWindowEnd = state.nextWindowEnd
    currentSecond = state.currentSecond
    statistics = state.statistics
  }
}

extension EngineState {
  /// Writes all of it, or reads it into the state of a new engine.
  package mutating func code(in book: inout SnapshotBook) {
    codeHead(&book)
    context.keys.code(in: &book)
    context.names.code(0, in: &book)
    codeFlow(&book)
    codeQueue(&book)
    for source in coverage.indices { coverage[source].code(source, in: &book) }
    usage.code(in: &book)
    for (number, index) in volumes.indices.enumerated() {
      volumes[index].codeLearnt(number, in: &book)
      volumes[index].codeWatch(number, in: &book)
    }
    for (number, index) in tiers.indices.enumerated() { tiers[index].code(number, in: &book) }
    for (number, index) in precursors.indices.enumerated() {
      precursors[index].code(number, in: &book)
    }
    context.codeEpisodes(in: &book)
  }

  private mutating func codeHead(_ book: inout SnapshotBook) {
    var names = sources.map(\.name)
    book.page(.head) { $0.code(&names) }
    if book.fault == nil, names != sources.map(\.name) { book.refuse(.otherSources) }
  }

  private mutating func codeFlow(_ book: inout SnapshotBook) {
    // The records that clocks hold are written by the numbers of batches in the snapshot.
    book.page(.flow) { coder in
      coder.code(&finished)
      coder.code(&excluded)
      coder.code(&floors)
      coder.code(&belowFloorCount)
      coder.array(&gapStarts, blank: nil) { $1.code(&$0) }
      coder.code(&began)
      coder.code(&nextWindowEnd)
      coder.code(&currentSecond)
      statistics.code(with: &coder)
      context.gaps.code(with: &coder)
      let counts = [
        finished.count, excluded.count, floors.count, belowFloorCount.count, gapStarts.count,
        began.count,
      ]
      coder.require(counts.allSatisfy { $0 == sources.count })
    }
  }

  private mutating func codeQueue(_ book: inout SnapshotBook) {
    var saved = book.isReading ? SavedQueue() : SavedQueue(queue, &clocks)
    book.page(.flow, 1) { coder in
      for source in clocks.indices { clocks[source].code(with: &coder) }
    }
    saved.code(in: &book)
    guard book.isReading, book.fault == nil else { return }
    guard let queue = RecordQueue(saved, clocks, sources, hash) else {
      return book.refuse(.otherSources)
    }
    self.queue = queue
  }
}

extension EngineContext {
  mutating func codeEpisodes(in book: inout SnapshotBook) {
    episodes.code(in: &book)
    book.page(.epis, 2) { coder in
      coder.code(&resolveAfter)
      coder.require(resolveAfter.count == episodes.slotCount)
    }
    wheel.code(in: &book)
  }
}

extension EngineState {
  package var gapCount: Int { statistics.gaps.count }
}
