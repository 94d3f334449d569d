import Baselines

extension SourceClock: StateCoded {
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
