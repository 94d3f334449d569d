/// Forecasts the next value from the last two, a slow level and the daily shape, by weights that
/// are learnt row by row (normalised least mean squares): some series follow their last value,
/// some spring back.
struct LocalForecast: Sendable {
  private static let gain = 0.01
  private static let inputMax = 8.0
  private static let errorMax = 3.0

  private var weights = SIMD4<Double>(repeating: 0)

  /// `inputs` are differences from the level, in standard deviations; so is what comes back.
  func difference(_ inputs: SIMD4<Double>) -> Double {
    let parts = weights * inputs
    return parts.x + parts.y + parts.z + parts.w
  }

  static func clipped(_ inputs: SIMD4<Double>) -> SIMD4<Double> {
    inputs.clamped(
      lowerBound: SIMD4(repeating: -inputMax), upperBound: SIMD4(repeating: inputMax))
  }

  mutating func learn(_ inputs: SIMD4<Double>, error: Double) {
    let squares = inputs * inputs
    let norm = 1 + squares.x + squares.y + squares.z + squares.w
    let step = Self.gain * min(max(error, -Self.errorMax), Self.errorMax) / norm
    weights += inputs * step
  }
}
