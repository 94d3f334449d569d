import AccessLog
import ArgumentParser
import RuleFiles

/// A time on the command line of a look at a database: an instant, or so long before the end of
/// what the database holds. There is no clock in it, so that the same command says the same of
/// last year's archive tomorrow.
enum TimeArgument: Hashable {
  case at(EventTime)
  /// Milliseconds.
  case beforeEnd(Int64)

  /// `2026-11-21T09:00:00Z`, `2026-11-21`, or `-24h`.
  @Sendable static func parse(_ text: String) throws -> TimeArgument {
    if let time = EventTime(rfc3339: text) { return .at(time) }
    if text.hasPrefix("-"), let duration = DurationText.milliseconds(String(text.dropFirst())) {
      return .beforeEnd(duration)
    }
    throw ValidationError(
      "'\(text)' is no time; write 2026-11-21T09:00:00Z, 2026-11-21, or -24h, which counts back "
        + "from the end of the database.")
  }

  /// The instant, where the database ends at `end`; `nil` where it holds nothing.
  func resolved(end: @autoclosure () throws -> EventTime?) rethrows -> EventTime? {
    switch self {
    case .at(let time): time
    case .beforeEnd(let duration):
      try end().map { EventTime(milliseconds: $0.milliseconds - duration) }
    }
  }
}
