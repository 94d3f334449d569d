import Baselines

/// How long a row of a series takes to judge, and how much memory a series takes.
enum BaselineSpeed {
  private static let seriesCount = 1_000
  /// Each pass is short, and there are enough to find a moment in which nothing else ran.
  private static let rowsAPass = 4
  private static let passCount = 500

  static func table() -> String {
    """
    baseline of values: \(measured().rounded()) ns an update, \
    \(MemoryLayout<ValueBaseline>.stride) bytes a series
    """
  }

  /// Nanoseconds a row of the fastest pass; a thousand series in turn, as they come from a gateway.
  private static func measured() -> Double {
    var series = [ValueBaseline](repeating: ValueBaseline(spacingSeconds: 60), count: seriesCount)
    var state: UInt64 = 1
    var sum = 0.0
    var fastest = Duration.seconds(3_600)
    for pass in 0..<passCount {
      let time = ContinuousClock().measure {
        for row in pass * rowsAPass..<(pass + 1) * rowsAPass {
          for index in series.indices {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = 100 + Double(state >> 40) / 1_000_000
            sum += series[index].observe(value, at: 1_700_000_000 + Double(row) * 60).score
          }
        }
      }
      // The first rows of a series are only learnt from.
      if pass > passCount / 2 { fastest = min(fastest, time) }
    }
    precondition(sum >= 0)
    return (fastest / Double(rowsAPass * seriesCount)) / Duration.nanoseconds(1)
  }
}
