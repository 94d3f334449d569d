import Baselines

/// The counts of series' last windows as a snapshot has them: perhaps of more windows than today's
/// rules look at, or of fewer.
struct SavedWindows: Sendable {
  private(set) var size: Int
  /// Series by series, as ``RecentWindows`` has them.
  private(set) var counts: [Int32]
  /// See ``VolumeMonitor/recentFrom``.
  private(set) var from: Int64?

  /// No rule asks for more windows.
  private static let sizeMax = 65_536

  init(_ recent: RecentWindows, from: Int64?) {
    size = recent.size
    counts = recent.counts
    self.from = from
  }

  mutating func code(_ part: Int, seriesCount: Int, in book: inout SnapshotBook) {
    book.page(.wind, (2 * part + 1) << 32) { coder in
      coder.code(&size)
      coder.code(&from)
      coder.require(size > 0 && size <= Self.sizeMax && size & (size - 1) == 0)
    }
    let isReading = book.isReading
    let windowCount = size
    var read: [Int32] = []
    book.elements(.wind, 2 * part, count: seriesCount) { slot, coder in
      for index in slot * windowCount..<(slot + 1) * windowCount {
        var count = isReading ? 0 : counts[index]
        coder.code(&count)
        if isReading { read.append(count) }
      }
    }
    guard isReading else { return }
    counts = read
    book.require(counts.count == seriesCount * windowCount, .wind)
  }

  mutating func keep(_ slots: [Int]) {
    var kept: [Int32] = []
    for slot in slots { kept += counts[slot * size..<(slot + 1) * size] }
    counts = kept
  }

  /// The count of `window` of series `slot`, whose window under way it is not far before.
  func count(_ slot: Int, in window: Int64) -> Int32 {
    counts[slot * size + Int(truncatingIfNeeded: window) & (size - 1)]
  }
}

extension RecentWindows {
  /// - Parameter windows: The window under way of each series.
  mutating func take(_ saved: SavedWindows, under windows: [Int64]) {
    if saved.size == size {
      counts = saved.counts
    } else {
      counts = Array(repeating: 0, count: windows.count * size)
      for slot in windows.indices { copy(saved, slot, windows[slot]) }
    }
    sums = Array(repeating: 0, count: windows.count * lengths.count)
    for slot in windows.indices { sumUp(slot, under: windows[slot]) }
  }

  private mutating func copy(_ saved: SavedWindows, _ slot: Int, _ under: Int64) {
    for age in 1...Int64(min(size, saved.size)) {
      let window = under &- age
      counts[slot * size + Int(truncatingIfNeeded: window) & (size - 1)] =
        saved.count(slot, in: window)
    }
  }

  /// The sums follow from the counts.
  private mutating func sumUp(_ slot: Int, under window: Int64) {
    for (index, length) in lengths.enumerated() {
      var sum: Int64 = 0
      for age in 1..<max(1, Int64(length)) {
        sum += Int64(counts[slot * size + Int(truncatingIfNeeded: window &- age) & (size - 1)])
      }
      sums[slot * lengths.count + index] = sum
    }
  }
}
