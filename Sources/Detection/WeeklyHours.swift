import AccessLog
public import Baselines

/// Hours of the week, in the time of some place: `Mon-Fri 08:00-18:00 Europe/Oslo`.
public struct WeeklyHours: Hashable, Sendable {
  /// As somebody wrote it.
  public let text: String
  public let zone: ZoneTransitions
  /// Milliseconds since Monday midnight; ascending, apart from each other.
  public let spans: [Range<Int64>]

  public static let weekMilliseconds: Int64 = 7 * 86_400_000
  /// The first Monday after the epoch.
  private static let mondayMilliseconds: Int64 = 4 * 86_400_000

  /// - Parameter spans: In any order; they may touch and overlap, and end within the week.
  public init(text: String, zone: ZoneTransitions, spans: [Range<Int64>]) {
    precondition(spans.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= Self.weekMilliseconds })
    self.text = text
    self.zone = zone
    self.spans = spans.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { joined, span in
      if let last = joined.last, span.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
      } else {
        joined.append(span)
      }
    }
  }

  /// Whether all of the time from `start` to before `end` lies within one of them, milliseconds
  /// since the epoch.
  public func covers(from start: Int64, to end: Int64) -> Bool {
    let place = place(of: start)
    // From Sunday's midnight on it goes on with Monday.
    let isWhole = spans.first?.lowerBound == 0 && spans.last?.upperBound == Self.weekMilliseconds
    guard let span = spans.first(where: { $0.contains(place) }) else { return false }
    var left = span.upperBound - place
    if isWhole, span.upperBound == Self.weekMilliseconds { left += spans[0].upperBound }
    return end - start <= left
  }

  /// The longest of them; that a week ends is no end.
  public var longest: Int64 {
    let lengths = spans.map { $0.upperBound - $0.lowerBound }
    guard let first = spans.first, let last = spans.last, first.lowerBound == 0,
      last.upperBound == Self.weekMilliseconds
    else { return lengths.max() ?? 0 }
    return max(lengths.max() ?? 0, lengths[0] + lengths[lengths.count - 1])
  }

  private func place(of time: Int64) -> Int64 {
    let seconds = time.floorDivided(by: 1000)
    let local = time + Int64(zone.offset(at: seconds)) * 1000 - Self.mondayMilliseconds
    return local - local.floorDivided(by: Self.weekMilliseconds) * Self.weekMilliseconds
  }
}
