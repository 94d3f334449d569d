import AccessLog

// How records come in: each is late by the clock of its own source, and waits in the queue.
extension Engine {
  mutating func count(_ batch: borrowing RecordBatch) {
    statistics.lineCount += batch.lineCount
    statistics.recordCount += batch.count
    statistics.blankLineCount += batch.blankLineCount
    statistics.trailingTextCount += batch.trailingTextCount
    for malformed in batch.malformed { statistics.addMalformed(malformed.fault.reason) }
  }

  mutating func admitAll(_ number: Int, _ source: Int) {
    let slot = number - queue.firstBatch
    let from = options.from?.milliseconds ?? .min
    let to = options.to?.milliseconds ?? .max
    let count = queue.batches[slot].batch.count
    noteUnparsed(slot, source)
    for index in 0..<count {
      let time = queue.batches[slot].batch.time[index]
      guard time >= from, time < to else {
        statistics.outOfRangeCount += 1
        continue
      }
      if time < floors[source] {
        belowFloorCount[source] += 1
        coverage[source].addLate(at: floors[source])
      } else if began[source], clocks[source].admitsAtOnce(time) {
        if gapStarts[source] != nil { closeGap(source, at: time) }
        coverage[source].addParsed(at: time)
        queue.append(time: time, batch: number, index: index)
      } else {
        admitSlowly(SourceClock.Held(time: time, batch: number, index: index), source)
      }
    }
  }

  mutating func admitSlowly(_ record: SourceClock.Held, _ source: Int) {
    var released: [SourceClock.Held] = []
    let before = clocks[source].held
    let admission = clocks[source].admit(record, released: &released)
    if admission == .late, let time = clocks[source].time {
      coverage[source].addLate(at: time)
    }
    // What is held keeps its batch; what is not held any more lets go of it.
    for held in clocks[source].held where !before.contains(held) { queue.hold(batch: held.batch) }
    for held in before where !clocks[source].held.contains(held) {
      queue.release(batch: held.batch)
    }
    for record in released { admit(record, source) }
  }

  mutating func admit(_ record: SourceClock.Held, _ source: Int) {
    if !began[source] {
      began[source] = true
      context.gaps.sourceBegan(at: record.time)
    }
    if gapStarts[source] != nil { closeGap(source, at: record.time) }
    coverage[source].addParsed(at: record.time)
    queue.append(time: record.time, batch: record.batch, index: record.index)
  }

  mutating func closeGap(_ source: Int, at time: Int64) {
    guard let start = gapStarts[source] else { return }
    gapStarts[source] = nil
    context.gaps.close(source: source, at: time)
    tellGap(source, start: start, end: time)
  }

  mutating func addGap(_ source: Int, start: Int64, end: Int64) {
    context.gaps.add(start: start, end: end)
    tellGap(source, start: start, end: end)
  }

  /// Gaps told one by one; those behind them are counted.
  static let toldGapCountMax = 100_000

  mutating func tellGap(_ source: Int, start: Int64, end: Int64) {
    guard statistics.gaps.count < Self.toldGapCountMax else {
      context.gaps.refusedCount += 1
      return
    }
    statistics.gaps.append(
      EngineStatistics.Gap(
        source: sources[source].name, start: EventTime(milliseconds: start),
        end: EventTime(milliseconds: max(start, end))))
  }

  /// A line that is no record has no time of its own; it counts where its source stands.
  mutating func noteUnparsed(_ slot: Int, _ source: Int) {
    let missing = queue.batches[slot].batch.malformed.count
    guard missing > 0 else { return }
    let times = queue.batches[slot].batch.time
    for malformed in queue.batches[slot].batch.malformed {
      let before = malformed.recordIndex - 1
      let time = before >= 0 && before < times.count ? times[before] : clocks[source].time
      if let time, SourceClock.plausible.contains(time) { coverage[source].addUnparsed(at: time) }
    }
  }
}
