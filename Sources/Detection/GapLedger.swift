import AccessLog

/// The spans of event time for which records are known to be missing.
///
/// Nothing may be concluded from silence in a gap: drops, precursors and learning leave it out.
struct GapLedger: Sendable {
  struct Gap: Hashable, Sendable {
    /// Milliseconds; from the last record before to the first record after.
    var start: Int64
    var end: Int64
  }

  static let gapCountMax = 4096

  /// Ascending; those that overlap are one.
  var gaps: [Gap] = []
  /// Before it some source had not begun: look-backs that reach there are not judged.
  var completeFrom: Int64 = .min
  var refusedCount = 0
  private let countMax: Int
  /// Gaps under way, by source; `never` where there is none.
  var openStarts: [Int64] = []
  /// The earliest of them.
  var openStart = Self.never

  private static let never = Int64.max

  init(countMax: Int = Self.gapCountMax) { self.countMax = countMax }

  /// Records of `source` are missing from `start` on, nobody knows for how long.
  mutating func open(source: Int, at start: Int64) {
    while openStarts.count <= source { openStarts.append(Self.never) }
    openStarts[source] = min(openStarts[source], start)
    openStart = min(openStart, start)
  }

  /// The source spoke again at `end`.
  mutating func close(source: Int, at end: Int64) {
    guard source < openStarts.count, openStarts[source] != Self.never else { return }
    let start = openStarts[source]
    openStarts[source] = Self.never
    openStart = openStarts.min() ?? Self.never
    add(start: start, end: end)
  }

  mutating func add(start: Int64, end: Int64) {
    guard end > start else { return }
    let first = firstIndex(endingFrom: start)
    var last = first
    var merged = Gap(start: start, end: end)
    while last < gaps.count, gaps[last].start <= end {
      merged.start = min(merged.start, gaps[last].start)
      merged.end = max(merged.end, gaps[last].end)
      last += 1
    }
    guard gaps.count - (last - first) < countMax else {
      refusedCount += 1
      return
    }
    gaps.replaceSubrange(first..<last, with: CollectionOfOne(merged))
  }

  /// A source began with a record of this time.
  mutating func sourceBegan(at time: Int64) { completeFrom = max(completeFrom, time) }

  /// Whether nothing is missing from `start` to before `end`.
  func isComplete(from start: Int64, to end: Int64) -> Bool {
    start >= completeFrom && !hasGap(from: start, to: end)
  }

  /// Nothing is missing, and nothing was.
  var isEmpty: Bool { gaps.isEmpty && openStart == Self.never }

  func hasGap(from start: Int64, to end: Int64) -> Bool {
    firstGap(from: start, to: end) != nil
  }

  /// The first gap that reaches into the span.
  func firstGap(from start: Int64, to end: Int64) -> Gap? {
    guard start < end else { return nil }
    if !gaps.isEmpty {
      let index = firstIndex(endingFrom: start + 1)
      if index < gaps.count, gaps[index].start < end, gaps[index].start <= openStart {
        return gaps[index]
      }
    }
    return openStart < end ? Gap(start: openStart, end: Self.never) : nil
  }

  /// Where the last gap that began before `time` ended; nothing is missing since. The beginning
  /// of time where there is none, its end where a gap is under way.
  func lastGapEnd(before time: Int64) -> Int64 {
    if openStart < time { return Self.never }
    let next = gaps.indices.partitionPoint { gaps[$0].start >= time }
    return next > 0 ? gaps[next - 1].end : .min
  }

  /// The first gap that ends at `time` or later.
  private func firstIndex(endingFrom time: Int64) -> Int {
    gaps.indices.partitionPoint { gaps[$0].end >= time }
  }
}
