/// When a time zone changed its offset from UTC, as data: the core has no time-zone database.
///
/// A class, because every series refers to one and none ever changes it.
public final class ZoneTransitions: Hashable, Sendable {
  /// `Europe/Oslo`; of the tz database.
  public let name: String

  private let starts: [Int64]  // seconds since the epoch, ascending; the first is the beginning
  private let offsets: [Int32]  // seconds east of UTC from that start on

  /// `transitions` are ascending; `initialOffset` holds before the first.
  public init(
    name: String, initialOffset: Int32, transitions: [(seconds: Int64, offset: Int32)]
  ) {
    self.name = name
    starts = [Int64.min] + transitions.map(\.seconds)
    offsets = [initialOffset] + transitions.map(\.offset)
  }

  /// In their order: the second since the epoch from which on each offset holds, in seconds east
  /// of UTC; the first is the beginning of time.
  public var changes: [(seconds: Int64, offset: Int32)] {
    zip(starts, offsets).map { (seconds: $0, offset: $1) }
  }

  public static let utc = ZoneTransitions(name: "UTC", initialOffset: 0, transitions: [])

  /// Seconds east of UTC at `seconds` since the epoch.
  public func offset(at seconds: Int64) -> Int32 { offsets[index(at: seconds)] }

  /// The offset at `seconds`, and from which second and before which one it holds.
  func span(at seconds: Int64) -> (offset: Int32, start: Int64, end: Int64) {
    let index = index(at: seconds)
    // A margin, so that sums with the ends of time do not overflow.
    let end = index + 1 < starts.count ? starts[index + 1] : Int64.max / 4
    return (offsets[index], max(starts[index], Int64.min / 4), end)
  }

  private func index(at seconds: Int64) -> Int {
    if starts.count == 1 { return 0 }
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle } else { high = middle }
    }
    return low
  }

  public static func == (a: ZoneTransitions, b: ZoneTransitions) -> Bool {
    a === b || (a.name == b.name && a.starts == b.starts && a.offsets == b.offsets)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
