/// What a format found in one line, before anything is interned or named: numbers in the
/// project's units, and ranges of the line for texts.
///
/// One value serves for many lines; `reset()` stands before each.
public struct RecordFields: Sendable {
  /// A text in the line, with the writer's escapes still in it.
  public struct Text: Hashable, Sendable {
    public var start: Int32
    public var count: Int32
    /// The format's escapes occur in it, so that it must be unescaped before it means anything.
    public var isEscaped: Bool
    /// It came from a URL: `%2B` in it stands for `+`, after the escapes are undone.
    public var isPercentEncoded: Bool
    /// Its writer may have encoded it once more, as CloudFront writes user agents: `%2520`.
    public var isEncodedTwice = false

    @inline(__always)
    public init(_ range: Range<Int>, isEscaped: Bool = false, isPercentEncoded: Bool = false) {
      start = Int32(truncatingIfNeeded: range.lowerBound)
      count = Int32(truncatingIfNeeded: range.count)
      self.isEscaped = isEscaped
      self.isPercentEncoded = isPercentEncoded
    }

    public static let absent = Text(-1..<(-1))
    public var isAbsent: Bool { start < 0 }
    public var range: Range<Int> { Int(start)..<Int(start + count) }
  }

  /// `nil` where the line has none: such a line is no record.
  public var time: EventTime?
  public var address = Text.absent
  /// Counts where there is no address.
  var spareAddress = Text.absent
  public var host = Text.absent
  public var method = Text.absent
  /// Path and query as logged; formats that log them apart leave it absent and set both.
  public var target = Text.absent
  public var path = Text.absent
  public var query = Text.absent
  public var `protocol` = Text.absent
  public var referrer = Text.absent
  public var userAgent = Text.absent
  public var requestID = Text.absent
  /// A route or API version that the gateway itself names.
  public var route = Text.absent
  public var api = Text.absent
  public var apiVersion = Text.absent
  /// 0 and 000 are legal: the client went away. -1 is absent.
  public var status: Int32 = -1
  /// Body bytes sent; -1 is absent, as for all that follow.
  public var bytesOut: Int64 = -1
  public var bytesIn: Int64 = -1
  public var latencyMicroseconds: Int64 = -1
  public var upstreamLatencyMicroseconds: Int64 = -1
  /// The line goes on after all that the format describes.
  public var hasTrailingText = false
  /// Its texts can be told apart in several ways; what those dispute was left out.
  public var isDisputed = false
  /// The gateway's own mark that it throttled the request, apart from the status.
  public var isThrottled = false
  /// The time has no zone: it is what the clock on the wall showed, as if in UTC, until the
  /// reader, which knows the source's zone, has placed it.
  var isWallClock = false
  /// The ordered identity fields of the source, at most four; the first present one counts.
  public var identities: [4 of Text] = [.absent, .absent, .absent, .absent]

  /// The day of the line before, which most lines share; it decides nothing.
  var clockCache = ClockCache()

  public init() {}

  /// The instant of a time that has no zone.
  mutating func placeTime(in zone: LocalZone) {
    time = time.flatMap(zone.instant(ofWallClock:))
    isWallClock = false
  }

  public mutating func reset() {
    let cache = clockCache
    self = RecordFields()
    clockCache = cache
  }
}
