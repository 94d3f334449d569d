import Baselines

/// From which counts on each series of a monitor is worth a second look; fixed when an hour of
/// the series begins.
///
/// A limit is never above what an alarm needs, so that nothing is missed below it.
struct VolumeLimits: Sendable {
  static let never = Int32.max

  /// How many windows each limit sums over, ascending.
  let lengths: [Int]
  /// Lengths that may alarm before their last window has ended.
  private let isEarly: [Bool]
  /// Series by series: the limit of evidence, the next early alarm, one limit for each length.
  private var values: [Int32] = []
  private var stride: Int { lengths.count + 2 }

  init(_ judges: [VolumeJudge]) {
    let rising = judges.filter(\.watchesUp)
    let lengths = Set(rising.flatMap(\.lengths)).sorted()
    self.lengths = lengths
    isEarly = lengths.map { length in rising.contains { $0.lengths[0] == length } }
  }

  mutating func addSeries() {
    values.append(contentsOf: repeatElement(Self.never, count: stride))
  }

  /// A window from which on its requests are kept as evidence.
  func evidence(_ slot: Int) -> Int32 { values[slot * stride] }

  /// The count at which the series is judged before its window ends.
  func earlyCheck(_ slot: Int) -> Int32 { values[slot * stride + 1] }
  mutating func setEarlyCheck(_ slot: Int, _ count: Int32) { values[slot * stride + 1] = count }

  mutating func forbid(_ slot: Int) {
    for index in 0..<stride { values[slot * stride + index] = Self.never }
  }

  /// Sets the limits of an hour by what the judges need for an alarm.
  mutating func set(
    _ slot: Int, _ series: borrowing VolumeSeries, own: [VolumeJudge], thin: [VolumeJudge],
    _ shape: Baseline.Shape
  ) {
    forbid(slot)
    let base = slot * stride
    var least = Self.never
    for judge in own where judge.watchesUp && !judge.isThin(series.baseline, shape) {
      lower(base, judge, series, shape)
    }
    for judge in thin where !judge.isThin(series.baseline, shape) {
      lower(base, judge, series, shape)
    }
    for index in lengths.indices { least = min(least, values[base + 2 + index]) }
    guard least < Self.never else { return }
    values[base] = min(least, Self.notable(series.baseline.current.mean))
  }

  /// The count of the window under way from which on the series is worth a look, whose last
  /// windows `recent` has.
  @inline(__always)
  func noticeAt(_ slot: Int, _ recent: borrowing RecentWindows) -> Int32 {
    let base = slot * stride
    var least = Int64(values[base])
    for index in lengths.indices where values[base + 2 + index] < Self.never {
      least = min(least, Int64(values[base + 2 + index]) - recent.sum(slot, index))
    }
    return Int32(max(1, least))
  }

  /// The count from which on the series must be judged at the end of the window.
  func judgeAt(_ slot: Int, _ recent: borrowing RecentWindows, earlyOnly: Bool = false) -> Int32 {
    let base = slot * stride
    var least = Int64(Self.never)
    for index in lengths.indices where values[base + 2 + index] < Self.never {
      guard !earlyOnly || isEarly[index] else { continue }
      least = min(least, Int64(values[base + 2 + index]) - recent.sum(slot, index))
    }
    return Int32(max(1, least))
  }

  private mutating func lower(
    _ base: Int, _ judge: VolumeJudge, _ series: borrowing VolumeSeries, _ shape: Baseline.Shape
  ) {
    for length in judge.lengths {
      guard let index = lengths.firstIndex(of: length) else { continue }
      let mean = series.baseline.leastMean(ofLast: Int64(length), shape) * Double(length)
      let limit = judge.leastAlarm(over: mean).rounded(.up)
      let count = limit < Double(Self.never) ? Int32(limit) : Self.never
      values[base + 2 + index] = min(values[base + 2 + index], count)
    }
  }

  /// A count above what is usual, though far from an alarm: a longer window may yet speak, and
  /// should have lines to show. Sparse series pass it seldom enough.
  private static func notable(_ mean: Double) -> Int32 {
    let count = (1.5 * mean + 3 * mean.squareRoot()).rounded(.up)
    return Int32(min(max(4, count), Double(never)))
  }
}
