import AccessLog

extension Engine {
  /// All sources have ended, and nothing will ever follow: alerts that are open end with the last
  /// trouble that was seen. What a log holds is the whole of it.
  public mutating func conclude(into alerts: inout [Alert]) {
    precondition(finished.allSatisfy { $0 }, "it can be concluded once every source has ended")
    context.episodes.resolveAll(now: statistics.lastTime?.milliseconds ?? .min)
    context.episodes.drain(into: &alerts)
  }
}
