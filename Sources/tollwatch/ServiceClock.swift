import AccessLog
import Foundation
import Glibc

/// The clocks of the edge; the core has none.
enum ServiceClock {
  /// Milliseconds of a clock that does not jump.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// What the clock on the wall showed at a moment of ``now``.
  static func utc(of moment: Int64) -> EventTime {
    EventTime(milliseconds: utc.milliseconds - (now - moment))
  }

  /// The clock on the wall.
  static var utc: EventTime {
    EventTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}
