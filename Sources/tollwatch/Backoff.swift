/// Longer and longer pauses between the tries of what may succeed later.
struct Backoff {
  static let millisecondsMin: Int64 = 200
  static let millisecondsMax: Int64 = 30_000

  /// The next pause.
  private(set) var milliseconds = Self.millisecondsMin

  var isFirst: Bool { milliseconds == Self.millisecondsMin }

  /// Pauses, and lets `rest` do what may take a moment meanwhile, again and again. Who is asked to
  /// stop during the pause does not wait for its end.
  mutating func wait(_ rest: () -> Void) {
    let end = ServiceClock.now + milliseconds
    let isStopping = Interruption.isRequested
    while ServiceClock.now < end, isStopping || !Interruption.isRequested { rest() }
    milliseconds = min(2 * milliseconds, Self.millisecondsMax)
  }
}
