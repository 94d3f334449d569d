public import AccessLog

/// The counts that a verdict rests on, window by window, beside what was expected of each: what
/// a person sees of an alert before reading it.
///
/// It is not part of the canonical alert: it draws what the alert says.
public struct AlertPicture: Hashable, Sendable {
  /// Windows of one picture at most.
  public static let windowCountMax = 48

  public struct Window: Hashable, Sendable {
    public var count: Double
    /// The band of what is usual.
    public var low: Double
    public var high: Double

    public init(count: Double, low: Double, high: Double) {
      self.count = count
      self.low = low
      self.high = high
    }
  }

  /// The oldest first, without a break; the last is the one that was judged, perhaps before its
  /// end.
  public var windows: [Window]
  public var windowMilliseconds: Int64
  /// Start of the first window.
  public var startedAt: EventTime
  /// How many of the last windows the verdict is about.
  public var judgedCount: Int

  public init(
    windows: [Window], windowMilliseconds: Int64, startedAt: EventTime, judgedCount: Int
  ) {
    precondition(windows.count <= Self.windowCountMax && windowMilliseconds > 0)
    self.windows = windows
    self.windowMilliseconds = windowMilliseconds
    self.startedAt = startedAt
    self.judgedCount = judgedCount
  }

  public func start(ofWindow index: Int) -> EventTime {
    EventTime(milliseconds: startedAt.milliseconds + Int64(index) * windowMilliseconds)
  }
}
