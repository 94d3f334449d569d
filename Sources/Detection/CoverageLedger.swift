import AccessLog

/// Which minutes of a source were analysed, and how well.
struct CoverageLedger: Sendable {
  /// Minutes kept apart; a year has 525,600.
  static let minuteCountMax = 2_000_000
  static let minuteMilliseconds: Int64 = 60_000

  struct Minute: Hashable, Sendable {
    var number: Int64
    var parsed: Int64 = 0
    var unparsed: Int64 = 0
    var late: Int64 = 0
  }

  /// Ascending.
  var minutes: [Minute] = []
  private var last = 0
  /// The first minute that counted something since ``takeChanged(gaps:)``.
  private var changedFrom = Int64.min
  var refusedCount = 0

  /// The index of the minute of `time`.
  @inline(__always)
  mutating func index(of time: Int64) -> Int? {
    if last < minutes.count {
      let start = minutes[last].number * Self.minuteMilliseconds
      if time >= start, time < start + Self.minuteMilliseconds { return last }
    }
    return find(time / Self.minuteMilliseconds)
  }

  mutating func addParsed(at time: Int64) {
    if let index = index(of: time) { minutes[index].parsed += 1 }
  }
  mutating func addUnparsed(at time: Int64) {
    if let index = index(of: time) { minutes[index].unparsed += 1 }
  }
  mutating func addLate(at time: Int64) {
    if let index = index(of: time) { minutes[index].late += 1 }
  }

  private mutating func find(_ number: Int64) -> Int? {
    let index = minutes.indices.partitionPoint { minutes[$0].number >= number }
    if index == minutes.count || minutes[index].number != number {
      guard minutes.count < Self.minuteCountMax else {
        refusedCount += 1
        return nil
      }
      minutes.insert(Minute(number: number), at: index)
    }
    last = index
    changedFrom = min(changedFrom, number)
    return index
  }

  /// Runs of minutes, cut at midnight UTC and where bytes are missing. A minute in which nobody
  /// asked anything was analysed as well: it tells that nobody did.
  func spans(gaps: [EngineStatistics.Gap]) -> [CoverageSpan] {
    Self.spans(minutes[...], gaps: gaps)
  }

  /// The spans of ``spans(gaps:)`` that may be others than when this was asked last: whoever writes
  /// them down need not write them all.
  mutating func takeChanged(gaps: [EngineStatistics.Gap]) -> [CoverageSpan] {
    guard changedFrom < .max else { return [] }
    // Spans are cut at midnight, so that those of the days before are what they were.
    let day = changedFrom.floorDivided(by: Self.dayMinutes)
    let first = minutes.indices.partitionPoint {
      minutes[$0].number.floorDivided(by: Self.dayMinutes) >= day
    }
    changedFrom = .max
    // Whatever comes next shows.
    last = .max
    return Self.spans(minutes[first...], gaps: gaps.filter { $0.end.day >= day })
  }

  private static let dayMinutes: Int64 = 1440

  private static func spans(
    _ minutes: ArraySlice<Minute>, gaps: [EngineStatistics.Gap]
  ) -> [CoverageSpan] {
    var spans: [CoverageSpan] = []
    for minute in minutes {
      let start = minute.number * minuteMilliseconds
      if let span = spans.last, span.start.day == EventTime(milliseconds: start).day,
        !gaps.contains(where: {
          $0.start < $0.end && $0.start.milliseconds < start
            && $0.end.milliseconds > span.end.milliseconds
        })
      {
        spans[spans.count - 1].add(minute)
      } else {
        spans.append(CoverageSpan(minute))
      }
    }
    return spans
  }
}

extension EventTime {
  fileprivate var day: Int64 { seconds.floorDivided(by: 86_400) }
}
