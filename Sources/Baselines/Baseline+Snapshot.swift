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
    codeProfile(&coder)
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

  /// Whether there is one; its hours are coded apart, see ``season(_:)``.
  private mutating func codeProfile(_ coder: inout StateCoder) {
    var isThere = profile != nil
    coder.code(&isThere)
    if coder.isReading, isThere { profile = SeasonalProfile() }
  }

  private mutating func codeExpectations(_ coder: inout StateCoder) {
    current.code(with: &coder)
    for index in means.indices {
      coder.code(&means[index].hour)
      coder.code(&means[index].mean)
    }
  }
}

extension Baseline {
  /// Hours of day and week that a profile has.
  package static let seasonCount = SeasonalProfile.hourCount

  /// What was learnt of one of them: an hour that ends changes two of each series, so they are
  /// kept by the hour, not by the series.
  package struct Season: Sendable {
    var count: Float = 0
    var windows: Float = 0

    package init() {}

    package var isBlank: Bool { count.bitPattern | windows.bitPattern == 0 }
  }

  package func season(_ index: Int) -> Season { profile?.season(index) ?? Season() }

  package mutating func set(_ season: Season, at index: Int) { profile?.set(season, at: index) }
}

extension Baseline.Season: StateCoded {
  /// An hour that the series never saw takes one byte.
  package mutating func code(with coder: inout StateCoder) {
    var isSeen = !isBlank
    coder.code(&isSeen)
    guard isSeen else { return }
    coder.code(&count)
    coder.code(&windows)
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
