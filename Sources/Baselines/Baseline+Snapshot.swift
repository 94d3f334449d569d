extension Baseline: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&windowCount)
    coder.code(&requestCount)
    coder.code(&spokeUntil)
    codeLevel(&coder)
    windowScatter.code(with: &coder)
    hourScatter.code(with: &coder)
    coder.code(&clippedRequests)
    coder.code(&clippedWindows)
    coder.code(&profile, blank: SeasonalProfile())
    coder.code(&knowsAnHourOfTheWeek)
    coder.code(&hour.number)
    codeExpectations(&coder)
  }

  private mutating func codeLevel(_ coder: inout StateCoder) {
    coder.code(&rateSum)
    coder.code(&rateWeight)
    coder.code(&recentRate)
    coder.code(&peakRate)
    coder.code(&pressure)
  }

  private mutating func codeExpectations(_ coder: inout StateCoder) {
    current.code(with: &coder)
    for index in means.indices {
      coder.code(&means[index].hour)
      coder.code(&means[index].mean)
    }
  }
}

extension Baseline.Scatter: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&excess)
    coder.code(&square)
  }
}

extension Baseline.Expectation: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&mean)
    coder.code(&windowDispersion)
    coder.code(&hourDispersion)
    var raw = knowledge.rawValue
    coder.code(&raw)
    guard let known = Baseline.Knowledge(rawValue: raw) else { return coder.require(false) }
    knowledge = known
  }
}
