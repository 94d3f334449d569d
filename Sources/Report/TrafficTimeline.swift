public import AccessLog

/// Requests over time, for a picture of all of it: counted by the minute, or more coarsely where
/// that would take too much room. What comes first makes no difference.
public struct TrafficTimeline: Sendable {
  public struct Bucket: Hashable, Sendable {
    public var requests: Int64 = 0
    /// Denied by the gateway because of a limit.
    public var throttled: Int64 = 0
    /// Answered with 500 or more.
    public var errors: Int64 = 0

    public init() {}

    static func += (bucket: inout Bucket, other: Bucket) {
      bucket.requests += other.requests
      bucket.throttled += other.throttled
      bucket.errors += other.errors
    }
  }

  /// Each divides the next, in seconds.
  static let widths: [Int64] = [
    60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 3_628_800,
  ]
  /// Buckets that are kept while counting.
  static let bucketCountMax = 100_000

  /// Seconds of one bucket.
  public private(set) var width: Int64
  private var buckets: [Int64: Bucket] = [:]
  private let countMax: Int

  public init() { self.init(bucketCountMax: Self.bucketCountMax) }

  init(bucketCountMax: Int) {
    countMax = bucketCountMax
    width = Self.widths[0]
  }

  public mutating func add(_ bucket: Bucket, atMilliseconds time: Int64) {
    buckets[Self.number(time, width * 1000), default: Bucket()] += bucket
    while buckets.count > countMax, let wider = Self.widths.first(where: { $0 > width }) {
      coarsen(to: wider)
    }
  }

  /// Rounded down, also before 1970.
  private static func number(_ time: Int64, _ width: Int64) -> Int64 {
    let quotient = time / width
    return time % width < 0 ? quotient - 1 : quotient
  }

  private mutating func coarsen(to wider: Int64) {
    var coarse: [Int64: Bucket] = [:]
    for (number, bucket) in buckets {
      coarse[Self.number(number * width, wider), default: Bucket()] += bucket
    }
    buckets = coarse
    width = wider
  }

  /// All of it from `start` to `end`, without a break.
  public struct Series: Hashable, Sendable {
    /// Start of the first bucket, seconds.
    public var start: Int64
    public var width: Int64
    public var buckets: [Bucket]

    public var end: Int64 { start + Int64(buckets.count) * width }
  }

  /// At most `countMax` buckets that cover the span; `nil` of an empty one.
  public func series(from start: EventTime, to end: EventTime, countMax: Int) -> Series? {
    let (first, last) = (start.milliseconds / 1000, end.milliseconds / 1000)
    guard first <= last, countMax > 0 else { return nil }
    let isFit = { (width: Int64) in
      Self.number(last, width) - Self.number(first, width) < Int64(countMax)
    }
    guard let wide = Self.widths.first(where: { $0 >= width && isFit($0) }) else { return nil }
    let origin = Self.number(first, wide)
    var series = Series(
      start: origin * wide, width: wide,
      buckets: Array(repeating: Bucket(), count: Int(Self.number(last, wide) - origin) + 1))
    for (number, bucket) in buckets {
      let index = Self.number(number * width, wide) - origin
      guard series.buckets.indices.contains(Int(index)) else { continue }
      series.buckets[Int(index)] += bucket
    }
    return series
  }
}
