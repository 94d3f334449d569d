import Baselines

extension GapLedger: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.array(&gaps, blank: Gap(start: 0, end: 0)) { gap, coder in
      coder.code(&gap.start)
      coder.code(&gap.end)
    }
    coder.code(&completeFrom)
    coder.code(&refusedCount)
    coder.code(&openStarts)
    if coder.isReading { openStart = openStarts.min() ?? openStart }
  }

  /// Gaps under way are of sources.
  mutating func arrange(_ change: SourceChange) {
    let saved = openStarts
    openStarts = []
    openStart = .max
    for (source, start) in saved.enumerated() where start != .max {
      if let place = change.place(source) { open(source: place, at: start) }
    }
  }
}
