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

  /// Ascending by start; they may overlap.
  private(set) var gaps: [Gap] = []
  /// Before it some source had not begun: look-backs that reach there are not judged.
  private(set) var completeFrom: Int64 = .min
  private(set) var refusedCount = 0

  mutating func add(start: Int64, end: Int64) {
    guard end > start else { return }
    guard gaps.count < Self.gapCountMax else {
      refusedCount += 1
      return
    }
    let place = gaps.firstIndex { $0.start > start } ?? gaps.count
    gaps.insert(Gap(start: start, end: end), at: place)
  }

  /// A source began with a record of this time.
  mutating func sourceBegan(at time: Int64) { completeFrom = max(completeFrom, time) }

  /// Whether nothing is missing from `start` to before `end`.
  func isComplete(from start: Int64, to end: Int64) -> Bool {
    start >= completeFrom && !hasGap(from: start, to: end)
  }

  func hasGap(from start: Int64, to end: Int64) -> Bool { firstGap(from: start, to: end) != nil }

  /// The first gap that reaches into the span; an empty span holds none, also within a gap.
  func firstGap(from start: Int64, to end: Int64) -> Gap? {
    guard !gaps.isEmpty, start < end else { return nil }
    return gaps.first { $0.start < end && start < $0.end }
  }
}
