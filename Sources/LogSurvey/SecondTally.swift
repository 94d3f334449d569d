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
  /// Most requests in one second.
  private(set) var tried = Peak()
  /// Most requests in one second that were not throttled.
  private(set) var passed = Peak()
  /// Seconds with at least one request that was not throttled.
  private(set) var activeSecondCount = 0
  private var open: [(second: Int64, tried: Int32, throttled: Int32)] = []
  private var passing = Histogram()
  /// Of seconds that were throttled, and the one before them too: a bucket is empty by then, so
  /// that what passed is what the limiter lets pass.
  private var limited = Histogram()
  private var lastThrottled: Int64 = .min

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
    for entry in open.sorted(by: { $0.second < $1.second }) { close(entry) }
    open = []
  }

  /// The least number that `share` of the active seconds do not pass; 0 where there are none.
  func passedQuantile(_ share: Double) -> Int { min(passing.quantile(share), passed.count) }

  /// What the gateway let pass in a second while it throttled, second after second; `nil` where
  /// that was for a few seconds, or not nearly the same in most of them, so that it is no limit.
  var limit: Int? {
    guard limited.total >= Self.limitedCountMin else { return nil }
    let (low, usual, high) = (limited.quantile(0.1), limited.quantile(0.5), limited.quantile(0.9))
    return usual > 0 && low + usual / 5 + 1 >= usual && high <= usual + usual / 5 + 1 ? usual : nil
  }

  private static let limitedCountMin = 5

  private mutating func closeOlderHalf() {
    open.sort { $0.second < $1.second }
    for entry in open.prefix(Self.openCountMax / 2) { close(entry) }
    open.removeFirst(Self.openCountMax / 2)
  }

  private mutating func close(_ entry: (second: Int64, tried: Int32, throttled: Int32)) {
    Self.raise(&tried, Int(entry.tried), entry.second)
    let passedCount = Int(entry.tried - entry.throttled)
    if entry.throttled > 0 {
      if lastThrottled == entry.second - 1 { limited.add(passedCount) }
      lastThrottled = entry.second
    }
    guard passedCount > 0 else { return }
    Self.raise(&passed, passedCount, entry.second)
    activeSecondCount += 1
    passing.add(passedCount)
  }

  /// Of equal peaks the earliest is told, in whatever order they were closed.
  private static func raise(_ peak: inout Peak, _ count: Int, _ second: Int64) {
    if count > peak.count || count == peak.count && second < peak.second {
      peak = Peak(count: count, second: second)
    }
  }
}

/// How many seconds had so many requests.
private struct Histogram: Sendable {
  /// Up to so many a second each count has a place of its own; above, places widen with it.
  private static let exactMax = 64
  private static let placeCountMax = 512

  private(set) var total = 0
  private var places: [Int32] = []

  mutating func add(_ count: Int) {
    let place = Self.place(of: count)
    while places.count <= place { places.append(0) }
    places[place] &+= 1
    total += 1
  }

  /// The least number that `share` of the seconds do not pass; 0 where there are none.
  func quantile(_ share: Double) -> Int {
    let wanted = (Double(total) * share).rounded(.up)
    var seen = 0
    for place in places.indices {
      seen += Int(places[place])
      if seen > 0, Double(seen) >= wanted { return Self.count(ofPlace: place) }
    }
    return 0
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
