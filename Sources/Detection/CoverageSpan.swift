public import AccessLog

/// Minutes of one source without a break in between, and what was read in them.
public struct CoverageSpan: Hashable, Sendable {
  public var start: EventTime
  public var end: EventTime
  public var parsed: Int64
  public var unparsed: Int64
  public var late: Int64

  init(_ minute: CoverageLedger.Minute) {
    start = EventTime(milliseconds: minute.number * CoverageLedger.minuteMilliseconds)
    end = EventTime(milliseconds: (minute.number + 1) * CoverageLedger.minuteMilliseconds)
    parsed = minute.parsed
    unparsed = minute.unparsed
    late = minute.late
  }

  mutating func add(_ minute: CoverageLedger.Minute) {
    end.milliseconds = (minute.number + 1) * CoverageLedger.minuteMilliseconds
    parsed += minute.parsed
    unparsed += minute.unparsed
    late += minute.late
  }
}
