import Synchronization

/// How many compressed bytes the readers of all sources have taken so far.
final class ReadingMeter: Sendable {
  private let count = Atomic<Int64>(0)

  var byteCount: Int64 { count.load(ordering: .relaxed) }

  /// `more` may be negative: a reader looks for the next member inside a broken one.
  func add(_ more: Int64) { count.add(more, ordering: .relaxed) }
}
