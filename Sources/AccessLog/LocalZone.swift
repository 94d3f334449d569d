/// The offset from UTC by the clock on the wall, for writers whose stamps have no zone.
///
/// The wall clock does not always tell the instant: in the hour that it shows twice a stamp is
/// taken as the first of the two, and in the hour that it leaves out, which only a writer with
/// another zone can log, the later offset holds.
public struct LocalZone: Hashable, Sendable {
  /// From a second of the wall clock on an offset holds.
  private struct Change: Hashable {
    /// Seconds since the epoch as the wall clock counts them, before it is put forward or back.
    var start: Int64
    /// Seconds east of UTC.
    var offset: Int64
  }

  private let initialOffset: Int64
  private let changes: [Change]

  /// - Parameters:
  ///   - initialOffset: seconds east of UTC, before the first transition.
  ///   - transitions: in their order: the second since the epoch from which on each offset holds.
  public init(initialOffset: Int32, transitions: [(seconds: Int64, offset: Int32)] = []) {
    self.initialOffset = Int64(initialOffset)
    var last = Int64(initialOffset)
    changes = transitions.map { seconds, offset in
      // Put forward, the wall clock goes on from here with the new offset; put back, it shows
      // what lies before this a second time.
      let change = Change(start: seconds + last, offset: Int64(offset))
      last = Int64(offset)
      return change
    }
  }

  public static let utc = LocalZone(initialOffset: 0)

  /// Minutes east of UTC, all the year.
  public static func fixed(minutes: Int) -> LocalZone {
    LocalZone(initialOffset: Int32(clamping: minutes * 60))
  }

  /// Seconds east of UTC where the wall clock shows `seconds` since the epoch.
  @inline(__always)
  func offset(atWallClock seconds: Int64) -> Int64 {
    if changes.isEmpty { return initialOffset }
    let next = changes.indices.partitionPoint { changes[$0].start > seconds }
    return next == 0 ? initialOffset : changes[next - 1].offset
  }

  /// The instant at which the wall clock showed what `time` says in UTC; `nil` before 1970.
  func instant(ofWallClock time: EventTime) -> EventTime? {
    let found = time.milliseconds - offset(atWallClock: time.seconds) * 1000
    guard found >= 0, found <= TimeStamps.maximum.milliseconds else { return nil }
    return EventTime(milliseconds: found)
  }
}
