/// What event time it was at a moment of the clock that does not jump, which goes on while no process
/// is there: so the next one knows how much of the quiet it missed.
struct EventClock: Hashable {
  /// Under which the database has it.
  static let key = "event_clock"

  /// Milliseconds of event time.
  var time: Int64
  /// Milliseconds of ``ServiceClock/now``.
  var moment: Int64

  init(time: Int64, moment: Int64) {
    self.time = time
    self.moment = moment
  }

  /// As the database has it.
  init?(_ text: String) {
    let words = text.split(separator: " ").compactMap { Int64($0) }
    guard words.count == 2 else { return nil }
    self.init(time: words[0], moment: words[1])
  }

  var text: String { "\(time) \(moment)" }

  /// How much of event time has passed since at least, if it was that then. The clock begins anew with
  /// the machine, and then tells of the time since.
  func missed(until now: Int64, since time: Int64) -> Int64 {
    guard time == self.time else { return 0 }
    return moment <= now ? now - moment : now
  }
}
