import Baselines

/// What every request of a series touches: one cache line.
struct VolumeTally: Sendable {
  /// The series has been judged, or must be, at the end of the window under way.
  static let isNoticed: UInt8 = 1
  /// It passed its early limit in the second under way.
  static let isHot: UInt8 = 2
  /// Its habit is known well enough to watch for a rise.
  static let isWatched: UInt8 = 4

  var hour: HourTally
  /// A count of the window under way from which on a request is worth a second look.
  var noticeAt = Int32.max
  /// Where the monitor keeps the series' habit; `noHabit` in its first hour.
  var habit = Self.noHabit
  var zone: UInt16
  var flags: UInt8 = 0

  static let noHabit = UInt32.max

  func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}

/// What is known of one series of a monitor, from its second hour on.
struct VolumeSeries: Sendable {
  var entity: Entity
  var baseline = Baseline()
  var hasDeadline = false
  /// No hour of the week ahead could tell a fall; looked at again from this window on, because
  /// the look goes through all hours of the week.
  var noFallBefore = Int64.min
  /// A report was made about it since it was last seen without an episode.
  var mayHaveEpisode = false
  /// The last window of which something was found.
  var lastTroubleWindow: Int64 = .min / 2
}
