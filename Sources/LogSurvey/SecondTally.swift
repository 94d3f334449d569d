import AccessLog

/// The requests of one caller by second: the most in one, and how many seconds had how many.
///
/// Records come a little out of order, so the last few active seconds stay open; one that comes
/// for an older second counts as a second of its own, which can only make the peak smaller.
struct SecondTally: Sendable {
  struct Peak: Hashable, Sendable {
    var count = 0
    /// Since the epoch.
    var second: Int64 = 0
  }

  /// Active seconds that stay open.
  static let openCountMax = 16
  /// Up to so many a second each count has a place of its own; above, places widen with it.
  private static let exactMax = 64
  private static let placeCountMax = 512

  /// Most requests in one second.
  private(set) var tried = Peak()
  /// Most requests in one second that were not throttled.
  private(set) var passed = Peak()
  /// Seconds with at least one request that was not throttled.
  private(set) var activeSecondCount = 0
  private var open: [(second: Int64, tried: Int32, throttled: Int32)] = []
  /// How many seconds let so many pass, by place.
  private var histogram: [Int32] = []

  mutating func add(second: Int64, isThrottled: Bool) {
    var index = open.count - 1
    while index >= 0, open[index].second != second { index -= 1 }
    if index < 0 {
      if open.count == Self.openCountMax { closeOlderHalf() }
      open.append((second, 0, 0))
      index = open.count - 1
    }
    open[index].tried &+= 1
    if isThrottled { open[index].throttled &+= 1 }
  }

  /// No more records come.
  mutating func finish() {
    for entry in open { close(entry) }
    open = []
  }

  /// The least number that `share` of the active seconds do not pass; 0 where there are none.
  func passedQuantile(_ share: Double) -> Int {
    let wanted = (Double(activeSecondCount) * share).rounded(.up)
    var seen = 0
    for place in histogram.indices {
      seen += Int(histogram[place])
      if seen > 0, Double(seen) >= wanted { return min(Self.count(ofPlace: place), passed.count) }
    }
    return passed.count
  }

  private mutating func closeOlderHalf() {
    open.sort { $0.second < $1.second }
    for entry in open.prefix(Self.openCountMax / 2) { close(entry) }
    open.removeFirst(Self.openCountMax / 2)
  }

  private mutating func close(_ entry: (second: Int64, tried: Int32, throttled: Int32)) {
    Self.raise(&tried, Int(entry.tried), entry.second)
    let passedCount = Int(entry.tried - entry.throttled)
    guard passedCount > 0 else { return }
    Self.raise(&passed, passedCount, entry.second)
    activeSecondCount += 1
    let place = Self.place(of: passedCount)
    while histogram.count <= place { histogram.append(0) }
    histogram[place] &+= 1
  }

  /// Of equal peaks the earliest is told, in whatever order they were closed.
  private static func raise(_ peak: inout Peak, _ count: Int, _ second: Int64) {
    if count > peak.count || count == peak.count && second < peak.second {
      peak = Peak(count: count, second: second)
    }
  }

  /// Above `exactMax` sixteen places a doubling: no answer is off by more than six in a hundred.
  private static func place(of count: Int) -> Int {
    guard count > exactMax else { return count }
    let shift = (Int.bitWidth - count.leadingZeroBitCount) - 5
    return min(exactMax + (shift - 2) * 16 + (count >> shift) - 15, placeCountMax - 1)
  }

  /// The most that stands at a place.
  private static func count(ofPlace place: Int) -> Int {
    guard place > exactMax else { return place }
    let wide = place - exactMax - 1
    return (wide % 16 + 17) << (wide / 16 + 2) - 1
  }
}
