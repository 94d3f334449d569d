extension SeasonalProfile {
  /// Hours of day and of week.
  static let hourCount = 48 + 168

  func season(_ index: Int) -> Baseline.Season {
    var season = Baseline.Season()
    season.count = slots[2 * index]
    season.windows = slots[2 * index + 1]
    return season
  }

  mutating func set(_ season: Baseline.Season, at index: Int) {
    slots[2 * index] = season.count
    slots[2 * index + 1] = season.windows
  }
}
