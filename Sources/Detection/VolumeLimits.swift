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
  private let needs: [Need]
  private let judgesEveryWindow: Bool
  /// Series by series: the limit of evidence, the next early alarm, one limit for each length.
  var values: [Int32] = []
  var stride: Int { lengths.count + 2 }

  /// What one judge needs for an alarm in one of its windows.
  private struct Need: Sendable {
    var index: Int
    var timesMin: Double
    var moreMin: Double
    var windowCountMin: Int64
  }

  init(_ judges: [VolumeJudge], judgesEveryWindow: Bool) {
    self.judgesEveryWindow = judgesEveryWindow
    let rising = judges.filter(\.watchesUp)
    let lengths = Set(rising.flatMap(\.lengths)).sorted()
    self.lengths = lengths
    isEarly = lengths.map { length in rising.contains { $0.lengths[0] == length } }
    needs = rising.flatMap { judge in
      judge.lengths.map { length in
        Need(
          index: lengths.firstIndex(of: length) ?? 0, timesMin: judge.plan.timesMin,
          moreMin: judge.moreMin, windowCountMin: judge.windowCountMin ?? 0)
      }
    }
  }

  mutating func addSeries() {
    values.append(contentsOf: repeatElement(Self.never, count: stride))
  }

  /// A count from which on a window's requests are kept as evidence.
  func evidence(_ slot: Int) -> Int32 { values[slot * stride] }

  /// The count at which the series is judged before its window ends.
  func earlyCheck(_ slot: Int) -> Int32 { values[slot * stride + 1] }
  mutating func setEarlyCheck(_ slot: Int, _ count: Int32) { values[slot * stride + 1] = count }

  mutating func forbid(_ slot: Int) {
    for index in 0..<stride { values[slot * stride + index] = Self.never }
  }

  /// Sets what the window of `lengths[index]` must hold for an alarm, where no less than `mean`
  /// is expected of it. All limits have been forbidden before.
  mutating func allow(_ slot: Int, _ index: Int, mean: Double, windowCount: Int64) {
    let place = slot * stride + 2 + index
    for need in needs where need.index == index && windowCount >= need.windowCountMin {
      let limit = VolumeJudge.leastAlarm(
        over: mean, timesMin: need.timesMin, moreMin: need.moreMin
      ).rounded(.up)
      let count = limit < Double(Self.never) ? Int32(limit) : Self.never
      values[place] = min(values[place], count)
    }
  }

  /// Sets from which count of a window on its requests are evidence.
  mutating func setEvidence(_ slot: Int, mean: Double) {
    var least = Self.never
    for index in lengths.indices { least = min(least, values[slot * stride + 2 + index]) }
    guard least < Self.never else { return }
    values[slot * stride] = min(least, Self.notable(mean))
  }

  /// The count of the window under way from which on the series is worth a look, whose last
  /// windows `recent` has.
  @inline(__always)
  func noticeAt(_ slot: Int, _ recent: borrowing RecentWindows) -> Int32 {
    min(evidence(slot), judgeAt(slot, recent))
  }

  /// The count from which on the series must be judged at the end of the window.
  @inline(__always)
  func judgeAt(_ slot: Int, _ recent: borrowing RecentWindows, earlyOnly: Bool = false) -> Int32 {
    if judgesEveryWindow, !earlyOnly { return 1 }
    let base = slot * stride
    var least = Int64(Self.never)
    for index in lengths.indices where values[base + 2 + index] < Self.never {
      guard !earlyOnly || isEarly[index] else { continue }
      least = min(least, Int64(values[base + 2 + index]) - recent.sum(slot, index))
    }
    return Int32(max(1, least))
  }

  /// A count above what is usual, though far from an alarm: a longer window may yet speak, and
  /// should have lines to show. Sparse series pass it seldom enough.
  private static func notable(_ mean: Double) -> Int32 {
    let count = (1.5 * mean + 3 * mean.squareRoot()).rounded(.up)
    return Int32(min(max(4, count), Double(never)))
  }
}
