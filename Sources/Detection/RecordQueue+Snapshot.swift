import AccessLog
import Baselines

/// The records that wait, as the lines that they were read from: parsed again, they are the same.
///
/// Of each batch the lines from the first to the last that something refers to are kept.
struct SavedQueue: Sendable {
  struct Lines: Sendable {
    var source = 0
    var segmentIndex = 0
    /// Of the first line kept.
    var startOffset: Int64 = 0
    var isUnverified = false
    var bytes: [UInt8] = []
    var recordCount = 0
  }

  /// Numbered from 0 on.
  var batches: [Lines] = []
  var waiting: [RecordQueue.Reference] = []
  var remainingAfterTake = 0

  init() {}

  /// What is kept of `queue`; the records that `clocks` hold are renumbered with it.
  init(_ queue: RecordQueue, _ clocks: inout [SourceClock]) {
    remainingAfterTake = queue.remainingAfterTake
    waiting = queue.waiting
    let held = clocks.flatMap(\.held)
    var spans: [ClosedRange<Int>?] = Array(repeating: nil, count: queue.batches.count)
    func note(_ batch: Int, _ index: Int) {
      let slot = batch - queue.firstBatch
      let known = spans[slot] ?? index...index
      spans[slot] = min(known.lowerBound, index)...max(known.upperBound, index)
    }
    for reference in waiting { note(Int(reference.batch), Int(reference.index)) }
    for record in held { note(record.batch, record.index) }
    var numbers: [Int] = []
    for (slot, span) in spans.enumerated() {
      numbers.append(batches.count)
      if let span { batches.append(Self.lines(of: queue.batches[slot], span)) }
    }
    for place in waiting.indices {
      let slot = Int(waiting[place].batch) - queue.firstBatch
      waiting[place].batch = Int32(numbers[slot])
      waiting[place].index -= Int32(spans[slot]?.lowerBound ?? 0)
    }
    for source in clocks.indices {
      for place in clocks[source].held.indices {
        let slot = clocks[source].held[place].batch - queue.firstBatch
        clocks[source].held[place].batch = numbers[slot]
        clocks[source].held[place].index -= spans[slot]?.lowerBound ?? 0
      }
    }
  }

  private static func lines(
    of retained: RecordQueue.Retained, _ records: ClosedRange<Int>
  ) -> Lines {
    let batch = retained.batch
    let first = Int(batch.line[records.lowerBound].start)
    let last = batch.line[records.upperBound]
    return Lines(
      source: retained.source, segmentIndex: batch.segmentIndex,
      startOffset: batch.startOffset + Int64(first), isUnverified: batch.isUnverified,
      bytes: Array(batch.bytes[first..<Int(last.start + last.count)]),
      recordCount: records.count)
  }
}

extension SavedQueue {
  mutating func code(in book: inout SnapshotBook) {
    book.page(.flow, 1 << 32) { $0.code(&remainingAfterTake) }
    book.blocks(.line, 0, perPage: 1, &batches, blank: Lines()) { $0.code(with: &$1) }
    var time: Int64 = 0
    book.blocks(
      .flow, 2, perPage: 8192, &waiting, blank: .init(time: 0, batch: 0, index: 0)
    ) { reference, coder in
      var step = reference.time &- time
      coder.code(&step)
      time = time &+ step
      reference.time = time
      coder.code(&reference.batch)
      coder.code(&reference.index)
    }
  }
}

extension SavedQueue {
  /// Leaves out what waits of sources that are gone.
  mutating func arrange(_ change: SourceChange, _ clocks: inout [SourceClock]) {
    var numbers: [Int?] = []
    var kept: [Lines] = []
    for lines in batches {
      let place = change.place(lines.source)
      numbers.append(place == nil ? nil : kept.count)
      guard let place else { continue }
      kept.append(lines)
      kept[kept.count - 1].source = place
    }
    func number(_ batch: Int) -> Int? { numbers.indices.contains(batch) ? numbers[batch] : nil }
    batches = kept
    waiting = waiting.compactMap { reference in
      number(Int(reference.batch)).map {
        RecordQueue.Reference(time: reference.time, batch: Int32($0), index: reference.index)
      }
    }
    for source in clocks.indices {
      for place in clocks[source].held.indices {
        let known = number(clocks[source].held[place].batch)
        if let known { clocks[source].held[place].batch = known }
      }
    }
  }
}

extension SavedQueue.Lines: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&source)
    coder.code(&segmentIndex)
    coder.code(&startOffset)
    coder.code(&isUnverified)
    coder.code(&bytes)
    coder.code(&recordCount)
    coder.require(bytes.count <= LineBlocks.blockBytesMax)
  }
}

extension RecordQueue {
  /// The queue that was saved; `nil` where the lines, read by today's sources, are not the records
  /// that they were.
  init?(
    _ saved: SavedQueue, _ clocks: [SourceClock], _ sources: [SourceDeclaration], _ hash: SipHash
  ) {
    for lines in saved.batches {
      guard sources.indices.contains(lines.source) else { return nil }
      var batch = RecordBatch(hash: hash)
      sources[lines.source].parser.parse(lines.bytes, into: &batch)
      guard batch.count == lines.recordCount else { return nil }
      batch.segmentIndex = lines.segmentIndex
      batch.startOffset = lines.startOffset
      batch.isUnverified = lines.isUnverified
      _ = retain(batch, from: lines.source)
    }
    for reference in saved.waiting {
      let record = SourceClock.Held(
        time: reference.time, batch: Int(reference.batch), index: Int(reference.index))
      guard has(record) else { return nil }
      append(time: record.time, batch: record.batch, index: record.index)
    }
    for record in clocks.flatMap(\.held) {
      guard has(record) else { return nil }
      hold(batch: record.batch)
    }
    remainingAfterTake = saved.remainingAfterTake
  }

  private func has(_ record: SourceClock.Held) -> Bool {
    guard batches.indices.contains(record.batch) else { return false }
    let times = batches[record.batch].batch.time
    return times.indices.contains(record.index) && times[record.index] == record.time
  }
}
