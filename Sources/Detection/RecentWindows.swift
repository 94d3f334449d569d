/// The counts of each series' last windows, and what they sum to over the lengths that rules
/// watch for a rise.
///
/// One array for all series of a monitor: keeping them costs no allocation a series.
struct RecentWindows: Sendable {
  /// Windows kept of each series: a power of two, which spares a division a request.
  let size: Int
  /// Ascending, in windows.
  let lengths: [Int]
  /// Series by series; the count of window `w` stands at `w & (size - 1)`.
  var counts: [Int32] = []
  /// Series by series, one for each length: requests in the windows of that length but for its
  /// last one, which is under way.
  var sums: [Int64] = []

  init(size: Int, lengths: [Int]) {
    precondition(size >= 1 && lengths.allSatisfy { $0 <= size })
    var power = 1
    while power < size { power *= 2 }
    self.size = power
    self.lengths = lengths
  }

  mutating func addSeries() {
    counts.append(contentsOf: repeatElement(0, count: size))
    sums.append(contentsOf: repeatElement(0, count: lengths.count))
  }

  /// Requests of series `slot` in the windows of `lengths[index]` before the one under way.
  @inline(__always)
  func sum(_ slot: Int, _ index: Int) -> Int64 { sums[slot * lengths.count + index] }

  /// Window `window` of series `slot` ended with `count` requests; the next one under way is
  /// `next`, and those between are empty.
  mutating func advance(_ slot: Int, from window: Int64, _ count: Int32, to next: Int64) {
    let base = slot * size
    let mask = size - 1
    guard next - window < Int64(size) else { return restart(slot, from: window, count, to: next) }
    // What falls out of the lengths does so while its counts are still there.
    counts[base + Int(truncatingIfNeeded: window) & mask] = count
    for index in lengths.indices {
      let place = slot * lengths.count + index
      let length = Int64(lengths[index])
      var sum = sums[place] + Int64(count)
      // The sum covers `length - 1` windows before the one under way.
      var leaving = window - length + 1
      let lastLeaving = min(window, next - length)
      while leaving <= lastLeaving {
        sum -= Int64(counts[base + Int(truncatingIfNeeded: leaving) & mask])
        leaving += 1
      }
      sums[place] = sum
    }
    var empty = window + 1
    while empty < next {
      counts[base + Int(truncatingIfNeeded: empty) & mask] = 0
      empty += 1
    }
  }

  /// The count of the last window that ended.
  @inline(__always)
  func last(_ slot: Int, before next: Int64) -> Int32 {
    counts[slot * size + Int(truncatingIfNeeded: next - 1) & (size - 1)]
  }

  /// The counts of the last windows, the newest first, beginning with the one before `next`.
  func counts(_ slot: Int, before next: Int64) -> [Int64] {
    (1...Int64(size)).map {
      Int64(counts[slot * size + Int(truncatingIfNeeded: next - $0) & (size - 1)])
    }
  }

  /// All that was kept is too old.
  private mutating func restart(
    _ slot: Int, from window: Int64, _ count: Int32, to next: Int64
  ) {
    for index in 0..<size { counts[slot * size + index] = 0 }
    for index in lengths.indices { sums[slot * lengths.count + index] = 0 }
    guard next - window == Int64(size) else { return }
    counts[slot * size + Int(truncatingIfNeeded: window) & (size - 1)] = count
  }
}
