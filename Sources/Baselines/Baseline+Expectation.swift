extension Baseline {
  /// What is expected of one window.
  public struct Expectation: Hashable, Sendable {
    /// Requests a window.
    public var mean: Double
    /// Relative scatter, squared, of single windows, and of whole hours.
    public var windowDispersion: Double
    public var hourDispersion: Double
    public var knowledge: Knowledge

    /// Relative scatter, squared, of the sum of so many windows in a row.
    ///
    /// What each window scatters by itself averages out over them, what a whole hour has in common
    /// does not: of `n` windows an hour, single ones have both, and their sum over the hour has the
    /// second and `1/n` of the first. How far hours average out is not known; it is taken to be half
    /// way, on the scale of ratios, between wholly and not at all.
    public func dispersion(ofWindows count: Int, _ shape: Shape) -> Double {
      let (anHour, count) = (shape.windowsPerHour, Double(count))
      guard count > 1, anHour > 1 else { return count == 1 ? windowDispersion : hourDispersion }
      let own = max(0, windowDispersion - hourDispersion) * anHour / (anHour - 1)
      let common = hourDispersion - own / anHour
      let hours = max(1, count / anHour)
      return max(Baseline.dispersionFloor, common / hours.squareRoot() + own / count)
    }
  }
}
