import Baselines

extension EventRing: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&events, blank: Event(time: 0, step: 0, value: 0))
    coder.code(&sweepAt)
    coder.code(&droppedThrough)
  }
}

extension EventRing.Event: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&time)
    coder.code(&step)
    coder.word(&value)
    coder.code(&isUsed)
  }
}
