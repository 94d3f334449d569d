/// The last events of one entity that a rule may need, bounded; what fell out too early is
/// remembered as a time, because the rule must then abstain.
struct EventRing: Sendable {
  struct Event: Hashable, Sendable {
    /// Milliseconds.
    var time: Int64
    /// Index of the rule's step.
    var step: Int32
    /// Hash of the joined field; 0 where there is none.
    var value: UInt64
    /// A target had it for its own.
    var isUsed = false
  }

  var events: [Event] = []
  /// So many events are kept before those of no use are looked for.
  var sweepAt = 8
  /// Time of the newest event that was dropped for want of room.
  var droppedThrough: Int64 = .min

  /// Adds an event; events before `horizon` are of no use any more. True if one was dropped
  /// that was.
  mutating func add(_ event: Event, horizon: Int64, countMax: Int) -> Bool {
    if events.count >= min(sweepAt, countMax) {
      events.removeAll { $0.time < horizon }
      sweepAt = max(8, 2 * events.count)
    }
    var hasDropped = false
    if events.count >= countMax {
      droppedThrough = max(droppedThrough, events[0].time)
      events.removeFirst()
      hasDropped = true
    }
    events.append(event)
    return hasDropped
  }

  /// Events of `step` after `start` and up to `end`, that agree in `value`; with `unusedOnly`,
  /// those that no target had for its own.
  func count(
    step: Int32, after start: Int64, through end: Int64, value: UInt64, unusedOnly: Bool = false
  ) -> Int {
    var count = 0
    for event in events
    where event.step == step && event.time > start && event.time <= end
      && event.value == value && !(unusedOnly && event.isUsed)
    {
      count += 1
    }
    return count
  }

  /// Takes at most `wanted` events of `step` in the same span that no target had for its own;
  /// the oldest, because they are the first that come to be too old.
  mutating func take(
    _ wanted: Int, step: Int32, after start: Int64, through end: Int64, value: UInt64
  ) {
    var missing = wanted
    for index in events.indices where missing > 0 {
      let event = events[index]
      guard event.step == step, !event.isUsed, event.value == value, event.time > start,
        event.time <= end
      else { continue }
      events[index].isUsed = true
      missing -= 1
    }
  }
}
