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
  /// Some requests are not logged, so nothing follows from one that is missing.
  let isPartial: Bool

  init(_ sources: [SourceDeclaration]) {
    let least = sources.map(\.sampling).min() ?? 1
    unit = least
    weights = sources.map {
      Int32(clamping: ($0.sampling + least / 2) / least)
    }
    isPartial = sources.contains { $0.sampling > 1 }
  }

  static let none = Sampling([])
}
