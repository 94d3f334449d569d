/// Which windows an hour has, in the local time of a series.
extension Baseline {
  static func hour(
    of window: Int64, _ shape: Shape, _ zone: ZoneTransitions
  ) -> SeasonalProfile.Hour {
    let seconds = window * shape.windowSeconds
    return SeasonalProfile.Hour(
      number: floorDivide(seconds + Int64(zone.offset(at: seconds)), 3600))
  }

  public static let hoursOfWeek = 168

  /// The hour of the week in which `window` begins; 0 is Monday 00:00, local time.
  public static func hourOfWeek(of window: Int64, shape: Shape, zone: ZoneTransitions) -> Int {
    hour(of: window, shape, zone).ofWeek
  }

  /// The first window at or before `window` that starts in `hour`.
  static func firstWindow(
    of hour: SeasonalProfile.Hour, near window: Int64, _ shape: Shape, _ zone: ZoneTransitions
  ) -> Int64 {
    let span = zone.span(at: window * shape.windowSeconds)
    let start = max(hour.number * 3600 - Int64(span.offset), span.start)
    return min(window, -floorDivide(-start, shape.windowSeconds))
  }

  /// The first window after the hour that `window` begins in.
  public static func windowAfterHour(
    of window: Int64, shape: Shape, zone: ZoneTransitions
  ) -> Int64 {
    let span = zone.span(at: window * shape.windowSeconds)
    let hour = hour(of: window, shape, zone)
    // Where the clocks change within the hour, it ends there.
    let end = min((hour.number + 1) * 3600 - Int64(span.offset), span.end)
    return max(window + 1, -floorDivide(-end, shape.windowSeconds))
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
