import AccessLog

/// Admitted records that wait until no older one can come, with the batches that hold them.
///
/// They leave in the canonical order (time, source, position). So everything behind the queue
/// sees one sequence, whatever the chunking, the threads and the interleaving of sources, and
/// needs no care for records out of order.
struct RecordQueue: Sendable {
  struct Reference: Hashable, Sendable {
    /// Milliseconds.
    var time: Int64
    var batch: Int32
    var index: Int32
  }

  /// A batch with what was found out about its symbols.
  struct Retained: Sendable {
    var batch: RecordBatch
    let source: Int
    /// Key indices by symbol; `unmapped` until the first record of the key is processed.
    var keys: [UInt32]
    /// Route, API and version indices by route symbol.
    var routes: [RouteEntities?]
    /// Indices of the usage ledger by route symbol; `.max` until they are asked for.
    var resources: [UInt32] = []
    var classes = ClassCache()
    /// Records that still refer to it.
    var referenceCount = 0

    var part: UsagePart { UsagePart(source: source, segment: batch.segmentIndex) }
  }

  struct RouteEntities: Hashable, Sendable {
    var route: UInt32
    var api: UInt32?
    var version: UInt32?
  }

  static let unmapped = UInt32.max - 1

  var waiting: [Reference] = []
  var remainingAfterTake = 0
  var batches: [Retained] = []
  var firstBatch = 0

  /// Records that wait.
  var count: Int { waiting.count }

  /// Keeps a batch; its number names it in references.
  mutating func retain(_ batch: consuming RecordBatch, from source: Int) -> Int {
    let keyCount = batch.keys.count
    let routeCount = batch.routes.count
    batches.append(
      Retained(
        batch: batch, source: source,
        keys: Array(repeating: Self.unmapped, count: keyCount),
        routes: Array(repeating: nil, count: routeCount)))
    return firstBatch + batches.count - 1
  }

  mutating func append(time: Int64, batch: Int, index: Int) {
    waiting.append(Reference(time: time, batch: Int32(batch), index: Int32(index)))
    batches[batch - firstBatch].referenceCount += 1
  }

  /// A held record keeps its batch without being in the queue.
  mutating func hold(batch: Int) { batches[batch - firstBatch].referenceCount += 1 }
  mutating func release(batch: Int) { batches[batch - firstBatch].referenceCount -= 1 }

  /// Taking out costs a pass over all that waits, so it is worth it once enough has come.
  var isWorthTaking: Bool { waiting.count >= 2 * remainingAfterTake + 4096 }

  /// Takes out the records before `limit`, in canonical order.
  mutating func take(before limit: Int64) -> [Reference] {
    var ready: [Reference] = []
    ready.reserveCapacity(waiting.count)
    var kept = 0
    for index in waiting.indices {
      let reference = waiting[index]
      if reference.time < limit {
        ready.append(reference)
      } else {
        waiting[kept] = reference
        kept += 1
      }
    }
    waiting.removeLast(waiting.count - kept)
    remainingAfterTake = kept
    sort(&ready)
    return ready
  }

  private func sort(_ ready: inout [Reference]) {
    var isSorted = true
    for index in ready.indices.dropFirst() where !precedes(ready[index - 1], ready[index]) {
      isSorted = false
      break
    }
    if !isSorted { ready.sort(by: precedes) }
  }

  /// A batch comes from one source, and its number grows with the position in it.
  @inline(__always)
  private func precedes(_ a: Reference, _ b: Reference) -> Bool {
    if a.time != b.time { return a.time < b.time }
    if a.batch == b.batch { return a.index < b.index }
    let sourceA = batches[Int(a.batch) - firstBatch].source
    let sourceB = batches[Int(b.batch) - firstBatch].source
    return sourceA != sourceB ? sourceA < sourceB : a.batch < b.batch
  }

  /// Lets go of the leading batches that nothing refers to; their memory is offered for reuse.
  mutating func dropUsedBatches(into spare: inout [RecordBatch]) {
    var used = 0
    while used < batches.count, batches[used].referenceCount == 0 { used += 1 }
    guard used > 0 else { return }
    for index in 0..<used where spare.count < Self.spareCountMax {
      spare.append(batches[index].batch)
    }
    batches.removeFirst(used)
    firstBatch += used
  }

  static let spareCountMax = 16
}
