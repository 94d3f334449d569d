public import AccessLog

/// What went through an engine, and what it refused.
public struct EngineStatistics: Sendable {
  public struct Gap: Hashable, Sendable {
    public var source: String
    public var start: EventTime
    public var end: EventTime
  }

  public internal(set) var lineCount = 0
  public internal(set) var recordCount = 0
  public internal(set) var blankLineCount = 0
  public internal(set) var trailingTextCount = 0
  /// Records outside of the span that was asked for.
  public internal(set) var outOfRangeCount = 0
  public internal(set) var gaps: [Gap] = []
  public internal(set) var firstTime: EventTime?
  public internal(set) var lastTime: EventTime?
  var malformed = [Int](repeating: 0, count: MalformedLine.Reason.allCases.count)

  public var malformedCount: Int { malformed.reduce(0, +) }

  public func malformedCount(_ reason: MalformedLine.Reason) -> Int {
    malformed[Int(reason.rawValue)]
  }

  mutating func addMalformed(_ reason: MalformedLine.Reason) {
    malformed[Int(reason.rawValue)] += 1
  }

  /// Records come in the order of time.
  @inline(__always)
  mutating func note(_ time: Int64) {
    if firstTime == nil { firstTime = EventTime(milliseconds: time) }
    lastTime = EventTime(milliseconds: time)
  }
}
