import Baselines

extension SourceClock: StateCoded {
  static func isPlausible(second: Int64) -> Bool {
    (0..<plausible.upperBound).contains(second.multipliedReportingOverflow(by: 1000).partialValue)
  }

  mutating func code(with coder: inout StateCoder) {
    coder.code(&time)
    coder.code(&held, blank: Held(time: 0, batch: 0, index: 0))
    coder.code(&contraryVotes)
    coder.code(&lateCount)
    coder.code(&implausibleCount)
    coder.code(&strayCount)
    coder.require(held.count == contraryVotes.count)
  }
}

extension SourceClock.Held: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&time)
    coder.code(&batch)
    coder.code(&index)
  }
}
