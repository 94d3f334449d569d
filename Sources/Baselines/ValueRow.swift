/// A row, measured by each forecast of its series.
struct ValueRow {
  /// How far a value is from a forecast, and how far values usually are.
  struct Error {
    var error: Double
    var spread: Double
  }

  let value: Double
  let place: DailyShape.Place
  let parts: ValueBaseline.Parts
  /// The least spread that is believed: a series that was constant so far is not exact.
  let spreadMin: Double
  /// From the level of the last rows.
  let fromLevel: Error
  let inputs: SIMD4<Double>
  let fromForecast: Error
  /// Whether the shape of this time of day is known; else the level stands in for it.
  let hasShape: Bool
  let fromShape: Error
  /// The spread at this hour of day.
  let hourSpread: Double
  let fromRoot: Error

  init(
    _ value: Double, at place: DailyShape.Place, of series: borrowing ValueBaseline,
    _ parts: ValueBaseline.Parts
  ) {
    let least = 1e-6 * min(1, max(series.largest, 1e-12))
    let level = series.level
    let spreadMin = ValueBaseline.shareMin * level.magnitude + least
    let offset = series.offset
    let usual = parts.contains(.shape) ? series.shape.level(place).map { $0 + offset } : nil
    let levelSpread = max(series.levelVariance.squareRoot(), spreadMin)
    let known = SIMD4(series.last, series.beforeLast, series.slowLevel, usual ?? level)
    let inputs = LocalForecast.clipped((known - level) / levelSpread)
    let step = parts.contains(.forecast) ? series.forecast.difference(inputs) : 0
    let hourVariance = series.shape.variance(place, wholeDay: series.ofShape.variance)

    self.value = value
    self.place = place
    self.parts = parts
    self.spreadMin = spreadMin
    self.inputs = inputs
    fromLevel = Error(error: value - level, spread: levelSpread)
    fromForecast = Error(
      error: value - level - step * levelSpread,
      spread: max(series.ofForecast.variance.squareRoot(), spreadMin))
    hasShape = usual != nil
    fromShape = Error(
      error: value - (usual ?? level),
      spread: max(series.ofShape.variance.squareRoot(), spreadMin))
    hourSpread = max(hourVariance.squareRoot(), spreadMin)
    fromRoot = Error(
      error: Self.root(value) - Self.root(level),
      spread: max(
        series.ofRoot.variance.squareRoot(),
        ValueBaseline.shareMin * level.magnitude.squareRoot() + least))
  }

  /// The square root of the magnitude, with the sign of the value.
  private static func root(_ value: Double) -> Double {
    value < 0 ? -(-value).squareRoot() : value.squareRoot()
  }

  /// The quadratic mean of the sizes of the three errors, in standard deviations of a series of
  /// usual tails: what stands far out of one forecast counts more than what stands a little out of
  /// all.
  func strength(_ series: borrowing ValueBaseline) -> Double {
    let byForecast = size(fromForecast, series.ofForecast, .threeQuarters)
    let hourly = Error(error: fromShape.error, spread: hourSpread)
    let byShape = size(hourly, series.ofShape, .none)
    let sum = byForecast * byForecast + byShape * byShape
    guard parts.contains(.root) else { return (sum / 2).squareRoot() }
    let byRoot = size(fromRoot, series.ofRoot, .sevenEighths)
    return ((sum + byRoot * byRoot) / 3).squareRoot()
  }

  private func size(_ from: Error, _ usual: Deviation, _ damping: Deviation.Damping) -> Double {
    guard parts.contains(.tails) else { return from.error.magnitude / from.spread }
    return usual.size(of: from.error, spread: from.spread, damping)
  }

  /// By the forecast or by the shape of the day, whichever was nearer so far.
  func expectation(_ series: borrowing ValueBaseline) -> ValueBaseline.Expectation {
    let isNearer = series.ofShape.variance < series.ofForecast.variance
    let isByShape = hasShape && isNearer
    let from = isByShape ? Error(error: fromShape.error, spread: hourSpread) : fromForecast
    let usual = isByShape ? series.ofShape : series.ofForecast
    let expected = value - from.error
    let low = expected - from.spread * usual.tail(isAbove: false)
    return ValueBaseline.Expectation(
      low: series.values.low >= 0 ? max(low, 0) : low,
      value: series.values.low >= 0 ? max(expected, 0) : expected,
      high: expected + from.spread * usual.tail(isAbove: true))
  }
}
