import Baselines

extension RecentWindows {
  mutating func code(_ part: Int, seriesCount: Int, in book: inout SnapshotBook) {
    let isReading = book.isReading
    var savedSize = size
    book.page(.wind, (2 * part + 1) << 32) { coder in
      coder.code(&savedSize)
      coder.require(savedSize > 0 && savedSize <= Self.sizeMax)
    }
    guard book.fault == nil else { return }
    var read = 0
    book.elements(.wind, 2 * part, count: seriesCount) { slot, coder in
      for index in 0..<savedSize {
        var count = isReading ? 0 : counts[slot * size + index]
        coder.code(&count)
        if isReading { counts.append(count) }
      }
      read += 1
    }
    book.require(read == seriesCount && savedSize == size, .wind)
    if isReading { sums = Array(repeating: 0, count: read * lengths.count) }
  }

  /// No rule asks for more windows.
  private static let sizeMax = 65_536

  /// The sums follow from the counts.
  mutating func sumUp(_ slot: Int, under window: Int64) {
    for (index, length) in lengths.enumerated() {
      var sum: Int64 = 0
      for age in 1..<max(1, Int64(length)) {
        sum += Int64(counts[slot * size + Int(truncatingIfNeeded: window &- age) & (size - 1)])
      }
      sums[slot * lengths.count + index] = sum
    }
  }
}
