import AccessLog
import Baselines

extension EngineState {
  /// Writes all of it, or reads it into the state of a new engine; then the outcome tells what of
  /// it could be kept.
  package mutating func code(in book: inout SnapshotBook) -> SnapshotOutcome {
    let now = SnapshotHead(of: self)
    var saved = now
    book.page(.head) { saved.code(with: &$0) }
    if saved.hasPairs { context.pairs.code(in: &book) }
    let change = SourceChange(from: saved.sources, to: now.sources)
    codeFlow(change, &book)
    if saved == now { codeAll(&book) } else { readKept(of: saved, now, change, &book) }
    return SnapshotOutcome(from: saved, to: now, sources: change)
  }

  /// With the rules and the registry of the snapshot.
  private mutating func codeAll(_ book: inout SnapshotBook) {
    for index in volumes.indices {
      volumes[index].codeLearnt(index, in: &book)
      volumes[index].codeWatch(index, in: &book)
    }
    for index in tiers.indices { tiers[index].code(index, in: &book) }
    for index in precursors.indices { precursors[index].code(index, in: &book) }
    for index in tallies.indices { tallies[index].code(index, in: &book) }
    context.episodes.code(in: &book)
    context.codeDeadlines(in: &book)
    book.require(context.wheel.deadlines.allSatisfy(hasOwner), .whel)
  }

  /// Somebody will know what to do when it fires.
  private func hasOwner(_ deadline: TimingWheel.Deadline) -> Bool {
    switch EngineContext.Deadline(token: deadline.token) {
    case .episode(let slot): slot < context.episodes.slotCount
    case .fall(let monitor, let slot):
      volumes.indices.contains(monitor) && volumes[monitor].hasHabit(slot)
    case .tally(let monitor, let slot):
      tallies.indices.contains(monitor) && tallies[monitor].series.indices.contains(slot)
    }
  }

  // MARK: - what no rule decides

  private mutating func codeFlow(_ change: SourceChange, _ book: inout SnapshotBook) {
    context.keys.code(in: &book)
    context.names.code(0, in: &book)
    codeTime(&book)
    codeSources(change, &book)
    codeCoverage(change, &book)
    codeQueue(change, &book)
    usage.code(in: &book)
    guard book.isReading, !change.isNone else { return }
    context.gaps.arrange(change)
    for source in sources.indices where change.isNew(source) {
      // What a new source has from before the present is late, as of one that was away.
      floors[source] = currentSecond.map { $0 &* 1000 } ?? floors[source]
    }
  }

  private mutating func codeTime(_ book: inout SnapshotBook) {
    book.page(.flow) { coder in
      coder.code(&nextWindowEnd)
      coder.code(&currentSecond)
      statistics.code(with: &coder)
      context.gaps.code(with: &coder)
      if coder.version >= 2 { context.marks.code(with: &coder) }
      if let second = currentSecond { coder.require(SourceClock.isPlausible(second: second)) }
    }
  }

  private mutating func codeSources(_ change: SourceChange, _ book: inout SnapshotBook) {
    var saved = SavedSources(
      finished: finished, excluded: excluded, floors: floors, belowFloorCount: belowFloorCount,
      gapStarts: gapStarts, began: began)
    book.page(.flow, 1) { saved.code(with: &$0, sourceCount: change.savedCount) }
    guard book.isReading, book.fault == nil else { return }
    finished = change.arranged(saved.finished, fresh: finished)
    excluded = change.arranged(saved.excluded, fresh: excluded)
    floors = change.arranged(saved.floors, fresh: floors)
    belowFloorCount = change.arranged(saved.belowFloorCount, fresh: belowFloorCount)
    gapStarts = change.arranged(saved.gapStarts, fresh: gapStarts)
    began = change.arranged(saved.began, fresh: began)
  }

  private struct SavedSources {
    var finished: [Bool]
    var excluded: [Bool]
    var floors: [Int64]
    var belowFloorCount: [Int]
    var gapStarts: [Int64?]
    var began: [Bool]

    mutating func code(with coder: inout StateCoder, sourceCount: Int) {
      coder.code(&finished)
      coder.code(&excluded)
      coder.code(&floors)
      coder.code(&belowFloorCount)
      coder.array(&gapStarts, blank: nil) { $1.code(&$0) }
      coder.code(&began)
      coder.require([finished, excluded, began].allSatisfy { $0.count == sourceCount })
      coder.require(floors.count == sourceCount && gapStarts.count == sourceCount)
      coder.require(belowFloorCount.count == sourceCount)
    }
  }

  private mutating func codeCoverage(_ change: SourceChange, _ book: inout SnapshotBook) {
    var saved = change.room(for: coverage, blank: CoverageLedger())
    for source in saved.indices { saved[source].code(source, in: &book) }
    if book.isReading { coverage = change.arranged(saved, fresh: coverage) }
  }

  private mutating func codeQueue(_ change: SourceChange, _ book: inout SnapshotBook) {
    var saved = change.room(for: clocks, blank: SourceClock(latenessMilliseconds: 0))
    // The records that clocks hold are written by the numbers of batches in the snapshot.
    var waiting = book.isReading ? SavedQueue() : SavedQueue(queue, &saved)
    book.page(.flow, 2) { coder in
      for source in saved.indices { saved[source].code(with: &coder) }
    }
    waiting.code(in: &book)
    guard book.isReading, book.fault == nil else { return }
    if !change.isNone { waiting.arrange(change, &saved) }
    clocks = change.arranged(saved, fresh: clocks)
    guard let queue = RecordQueue(waiting, clocks, sources, hash) else {
      return book.refuse(.otherSources)
    }
    self.queue = queue
  }
}

extension EngineContext {
  mutating func codeDeadlines(in book: inout SnapshotBook) {
    codeQuietTimes(&book)
    wheel.code(in: &book)
  }

  mutating func codeQuietTimes(_ book: inout SnapshotBook) {
    book.page(.epis, 2) { coder in
      coder.code(&resolveAfter)
      coder.require(resolveAfter.count >= episodes.slotCount)
      if coder.version >= 2 { coder.code(&inhibitedCount) }
    }
  }
}
