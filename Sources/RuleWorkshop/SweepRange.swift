import Baselines
import RuleFiles

/// The values from one to another that are worth trying: round numbers, or usual durations.
struct SweepRange {
  let values: [String]

  /// Without a step, at about so many values.
  private static let stepCount = 10.0
  /// From this factor between the ends on the steps grow with the values.
  private static let growingFactor = 20.0
  /// Durations that people choose.
  private static let durations = [
    "1s", "2s", "5s", "10s", "15s", "30s", "1m", "2m", "3m", "5m", "10m", "15m", "20m", "30m", "1h",
    "2h", "3h", "4h", "6h", "8h", "12h", "1d", "2d", "3d", "1w", "2w",
  ]

  init(from start: String, to end: String, step: String?) throws(RuleSweep.Fault) {
    if let first = Self.number(start), let last = Self.number(end) {
      values = try Self.numbers(first, last, step).map(Self.text)
    } else if let first = DurationText.milliseconds(start),
      let last = DurationText.milliseconds(end)
    {
      values = try Self.durations(first, last, step).map(DurationText.text)
    } else {
      throw RuleSweep.Fault(
        description: "'\(start)..\(end)' are neither two numbers nor two durations")
    }
  }

  // MARK: - numbers

  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }) else { return nil }
    return Double(text).flatMap { $0.isFinite && $0 < 1e15 ? $0 : nil }
  }

  private static func numbers(
    _ first: Double, _ last: Double, _ step: String?
  ) throws(RuleSweep.Fault) -> [Double] {
    guard first < last else { throw backwards }
    guard let step else { return roundNumbers(first, last) }
    guard let width = number(step), width > 0 else {
      throw RuleSweep.Fault(description: "the step '\(step)' is no number above 0")
    }
    return try steps(from: first, to: last, by: width)
  }

  private static func roundNumbers(_ first: Double, _ last: Double) -> [Double] {
    guard first > 0, last / first >= growingFactor else {
      let width = round((last - first) / stepCount)
      let multiples = stride(from: (first / width).rounded(.up), through: last / width, by: 1)
      return unique([first] + multiples.map { $0 * width } + [last])
    }
    var between: [Double] = []
    var value = round(first)
    while value <= last {
      if value >= first { between.append(value) }
      value = round(value * 1.5)
    }
    return unique([first] + between + [last])
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below; a hair below does.
  private static func round(_ value: Double) -> Double {
    var power = 1.0
    while power > value { power /= 10 }
    while power * 10 <= value { power *= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value * 0.999_999 } ?? value
  }

  /// Ascending, without those that are the same but for a rounding.
  private static func unique(_ values: [Double]) -> [Double] {
    values.reduce(into: []) { if $1 > ($0.last ?? -.infinity) * 1.000_001 { $0.append($1) } }
  }

  /// Without the digits that only adding up made: `0.3`, not `0.30000000000000004`.
  private static func text(_ value: Double) -> String {
    let rounded = (value * 1e9).rounded() / 1e9
    return Int64(exactly: rounded).map(String.init) ?? "\(rounded)"
  }

  // MARK: - durations

  private static func durations(
    _ first: Int64, _ last: Int64, _ step: String?
  ) throws(RuleSweep.Fault) -> [Int64] {
    guard first < last else { throw backwards }
    guard let step else {
      let usual = durations.compactMap(DurationText.milliseconds).filter { $0 > first && $0 < last }
      return [first] + usual + [last]
    }
    guard let width = DurationText.milliseconds(step), width > 0 else {
      throw RuleSweep.Fault(description: "the step '\(step)' is no duration")
    }
    return try steps(from: Double(first), to: Double(last), by: Double(width)).map { Int64($0) }
  }

  // MARK: - both

  private static func steps(
    from first: Double, to last: Double, by width: Double
  ) throws(RuleSweep.Fault) -> [Double] {
    let count = ((last - first) / width + 1e-9).rounded(.down)
    guard count < Double(RuleSweep.valueCountMax) else {
      throw RuleSweep.Fault(description: "more than \(RuleSweep.valueCountMax) steps")
    }
    return (0...Int(count)).map { first + Double($0) * width }
  }

  private static let backwards = RuleSweep.Fault(
    description: "a range goes from the smaller value to the larger one")
}
