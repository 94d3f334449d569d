import Baselines
import TrafficSimulator

/// How often quiet traffic seems as unlikely as one in a thousand, ten thousand and so on: a surprise
/// means the same for every series where that is as often as it says.
///
/// Counts are negative-binomial around a week that rises and falls, from the third week to the
/// eighth. A count is discrete: chance says how much of its own probability counts as beyond it.
struct Calibration {
  private static let monday: Int64 = 1_767_571_200
  private static let windowSeconds: Int64 = 300
  private static let shape = Baseline.Shape(windowSeconds: windowSeconds)
  private static let weekWindows: Int64 = 2016
  private static let rates = [0.1, 1, 10, 100, 1000, 10_000]
  /// Of the gamma distribution with which windows scatter, besides chance; 0 for chance alone.
  private static let scatters = [0, 100, 20]
  private static let exponents = 2...5
  /// Windows judged as one.
  private static let lengths = [1, 6, 24]

  /// By window length and exponent: how often it was.
  private struct Tally {
    var judged = 0
    var up = [Int](repeating: 0, count: exponents.upperBound + 1)
    var down = [Int](repeating: 0, count: exponents.upperBound + 1)

    mutating func note(_ chance: Double, isUp: Bool) {
      var bound = 0.1
      for exponent in 2...exponents.upperBound {
        bound /= 10
        guard chance <= bound else { return }
        if isUp { up[exponent] += 1 } else { down[exponent] += 1 }
      }
    }

    func row(_ counts: [Int]) -> String {
      var nominal = Double(judged) * 0.1
      return exponents.map { exponent in
        nominal /= 10
        return TableText.right((Double(counts[exponent]) / nominal * 100).rounded() / 100, 6)
      }.joined()
    }
  }

  static func table(seriesCount: Int) -> String {
    var lines = [
      "times as often as it should be, at 1 in 100, 1,000, 10,000, 100,000",
      "a minute  scatter  minutes       rise                      fall",
    ]
    for scatter in scatters {
      for rate in rates {
        var tallies = lengths.map { _ in Tally() }
        for index in 0..<seriesCount {
          var series = Calibration(seed: UInt64(index), rate: rate, scatter: scatter)
          series.run(&tallies)
        }
        let name = scatter == 0 ? "0" : "\(1 / Double(scatter))"
        for (length, tally) in zip(lengths, tallies) {
          lines.append(
            [
              TableText.right(rate, 8), TableText.right(name, 7), TableText.right(length * 5, 7),
              tally.row(tally.up), tally.row(tally.down),
            ].joined(separator: "  "))
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  private let rate: Double
  private let scatter: Int
  private var random: SplitMix64
  private var baseline = Baseline()
  private var tally = HourTally(
    from: monday / windowSeconds, shape: shape, zone: .utc)

  private init(seed: UInt64, rate: Double, scatter: Int) {
    self.rate = rate
    self.scatter = scatter
    random = SplitMix64(seed: seed).branch(UInt64(rate * 10)).branch(UInt64(scatter))
  }

  private mutating func run(_ tallies: inout [Tally]) {
    var sums = Self.lengths.map { _ in 0 }
    for index in 0..<8 * Self.weekWindows {
      let window = Self.monday / Self.windowSeconds + index
      baseline.advance(&tally, to: window, shape: Self.shape, zone: .utc)
      let count = count(at: index)
      for (place, length) in Self.lengths.enumerated() {
        sums[place] += count
        guard (index + 1) % Int64(length) == 0 else { continue }
        if index >= 2 * Self.weekWindows, baseline.current.knowledge == .week {
          judge(sums[place], length, window, &tallies[place])
        }
        sums[place] = 0
      }
      tally.count = Int32(count)
      guard !tally.advance(to: window + 1) else { continue }
      baseline.settle(&tally, isIncident: false, shape: Self.shape, zone: .utc)
    }
  }

  private mutating func judge(_ sum: Int, _ length: Int, _ window: Int64, _ tally: inout Tally) {
    tally.judged += 1
    let model = CountModel(
      mean: baseline.meanSum(
        of: Int64(length), endingWith: window, shape: Self.shape, zone: .utc),
      dispersion: baseline.current.dispersion(ofWindows: length, Self.shape))
    let isUp = Double(sum) > model.mean
    let share = random.unit()
    let (with, without) =
      isUp
      ? (model.surpriseAtLeast(Double(sum)), model.surpriseAtLeast(Double(sum + 1)))
      : (model.surpriseAtMost(Double(sum)), sum > 0 ? model.surpriseAtMost(Double(sum - 1)) : 300)
    let beyond = Self.chance(without)
    tally.note(beyond + share * (Self.chance(with) - beyond), isUp: isUp)
  }

  private static func chance(_ surprise: Double) -> Double {
    Arithmetic.exp(-surprise * Arithmetic.ln10)
  }

  /// A working week, at its most in the early afternoon, and weekends of half as much.
  private mutating func count(at index: Int64) -> Int {
    let hour = index / 12 % 24
    let isWeekend = index / 288 % 7 >= 5
    let fromNoon = Double((hour - 13).magnitude)
    var mean = rate * 5 * (isWeekend ? 0.5 : 1) * (1.7 - 1.4 * fromNoon / 13)
    if scatter > 0 { mean *= random.gamma(shape: scatter) }
    guard mean > 1000 else { return random.poisson(mean: mean) }
    // Twelve uniform numbers make a normal one, as near as such means need it.
    let normal = (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
    return Int((mean + mean.squareRoot() * normal).rounded())
  }
}
