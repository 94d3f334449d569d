/// How the log's records stand for the requests that came.
///
/// Where every source logs one of so many requests, counts are kept as they are logged, because
/// chance works on those, and are multiplied when they are told. Where sources differ, each
/// record counts as many times as its source logs fewer than the fullest one.
struct Sampling: Sendable {
  /// Requests that one count stands for.
  let unit: Int
  /// By source: what each of its records counts.
  let weights: [Int32]
  /// By source: requests that each of its records stands for.
  let factors: [Int]
  /// Some requests are not logged, so nothing follows from one that is missing.
  let isPartial: Bool

  init(_ sources: [SourceDeclaration]) {
    let least = sources.map(\.sampling).min() ?? 1
    unit = least
    weights = sources.map {
      Int32(clamping: ($0.sampling + least / 2) / least)
    }
    factors = sources.map(\.sampling)
    isPartial = sources.contains { $0.sampling > 1 }
  }

  static let none = Sampling([])
}

/// Counts that stop at the largest number instead of beginning again below zero: a source that
/// logs one of a million requests can reach it.
extension Int32 {
  @inline(__always)
  mutating func addClamped(_ count: Int32) {
    let (sum, isOver) = addingReportingOverflow(count)
    self = isOver ? .max : sum
  }

  @inline(__always)
  func multipliedClamped(by factor: Int32) -> Int32 {
    let (product, isOver) = multipliedReportingOverflow(by: factor)
    return isOver ? .max : product
  }
}
