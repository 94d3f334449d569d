/// What the windows of one hour of a series held so far.
///
/// This is the part of a series that every request touches. It fits into one cache line with
/// what a monitor adds to it, so counting looks at nothing else of the series until the hour is
/// over.
public struct HourTally: Sendable {
  /// The window under way; those before it are in the sums.
  public var window: Int64
  /// The first window that belongs to the tally.
  public var first: Int64
  /// The first window behind the hour.
  public var end: Int64
  /// Requests in the windows before ``window``, clipped as they are learnt.
  public var sum: Int64 = 0
  /// Of the same windows' counts: the sum of their squares.
  public var squareSum = 0.0
  /// Requests in the window under way.
  public var count: Int32 = 0
  /// Counts beyond it are clipped before they are learnt.
  public var clipAt = Int32.max
  /// Windows left out, because records of them are missing.
  public var missingCount: Int32 = 0

  /// An hour that begins, for this series, with `window`.
  public init(from window: Int64, shape: Baseline.Shape, zone: ZoneTransitions) {
    self.window = window
    first = window
    end = Baseline.windowAfterHour(of: window, shape: shape, zone: zone)
  }

  /// Windows before ``window`` of which all records are there.
  public var windowCount: Int64 { window - first - Int64(missingCount) }

  /// Ends the window under way and goes on to `next`, all between being empty; false, with
  /// nothing done, where the hour must be closed or the count be clipped first.
  @inlinable
  @inline(__always)
  public mutating func advance(to next: Int64) -> Bool {
    guard next < end, count <= clipAt else { return false }
    sum &+= Int64(count)
    squareSum += Double(count) * Double(count)
    count = 0
    window = next
    return true
  }
}
