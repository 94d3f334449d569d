/// What `spike` and `drop` have in common: counts in windows, against what was learned.
public struct VolumePlan: Hashable, Sendable {
  public enum Direction: String, CaseIterable, Sendable { case up, down, both }

  public var direction: Direction
  /// Requests or errors: what is counted one by one.
  public var measure: Measure
  /// Milliseconds, ascending; each a multiple of the first.
  public var windows: [Int64]
  /// The least factor between what was seen and what was expected.
  public var timesMin: Double
  /// The least difference between them, in requests a window.
  public var moreMin: Double

  public init(
    direction: Direction, measure: Measure = .requests, windows: [Int64], timesMin: Double = 2,
    moreMin: Double = 20
  ) {
    precondition(!windows.isEmpty)
    self.measure = measure
    self.direction = direction
    self.windows = windows.sorted()
    self.timesMin = timesMin
    self.moreMin = moreMin
  }

  /// The windows in which requests are counted, seconds: five minutes where the rule's windows
  /// are multiples of it, so that rules share what they count; else its shortest window. It
  /// depends on this rule alone, so no rule changes what another one says.
  var countedSeconds: Int64 {
    let shortest = windows[0] / 1000
    return shortest % 300 == 0 ? 300 : shortest
  }

  /// `k1 sent 12 requests`, and `it sends` so many.
  var words: (did: String, does: String) {
    measure == .errors ? ("had", "has") : ("sent", "sends")
  }

  static let meanings = [
    "measure": "What is counted: all requests, or those that were answered with 500 or more.",
    "direction": "`up` for more than usual, `down` for less, `both` for either.",
    "window": "The span that is counted, or several that are judged together, with one alert: the "
      + "shortest from a minute on, the others multiples of it, a day at most.",
    "at_least":
      "What there must be for an alert, whatever the chance; `{times: 2, more: 20}` if left "
      + "out.",
    "at_least.times": "The factor between what was seen and what was expected.",
    "at_least.more": "The difference between them, in what is measured a window.",
  ]

  /// Reads `measure`, `direction`, `window` and `at_least`.
  init<Fields: RuleFieldReading>(reading fields: inout Fields, defaultDirection: Direction) {
    measure =
      fields.measure("measure", oneOf: [.requests, .errors], default: .requests) ?? .requests
    let word = fields.word(
      "direction", oneOf: Direction.allCases.map(\.rawValue), default: defaultDirection.rawValue)
    direction = Direction(rawValue: word) ?? defaultDirection
    windows = fields.durations("window", default: [300_000, 1_800_000, 7_200_000]).sorted()
    (timesMin, moreMin) = fields.mapping("at_least", default: (2, 20)) { inner in
      (
        inner.number("times", in: 1...1_000_000, default: 1),
        inner.number("more", in: 0...1_000_000_000_000, default: 0)
      )
    }
    checkWindows(&fields)
  }

  private mutating func checkWindows<Fields: RuleFieldReading>(_ fields: inout Fields) {
    let base = windows.first ?? 0
    guard base >= 60_000, 86_400_000 % base == 0 else {
      fields.fault(
        "the shortest window must be a minute or more and divide a day", at: "window",
        suggestion: "5m")
      windows = [300_000]
      return
    }
    if windows.contains(where: { $0 % base != 0 || $0 > 86_400_000 || $0 / base > 288 }) {
      fields.fault(
        "each window must be a multiple of the shortest, at most 288 of it, and at most a day",
        at: "window", suggestion: "[5m, 30m, 2h]")
      windows = [base]
    }
  }
}

/// What the engine must do for a rule.
public enum DetectorPlan: Sendable {
  case volume(VolumePlan)
  case tier(Tier)
  case precursor(Precursor)
  case tally(TallyPlan)

  /// It speaks of requests that did not come.
  var looksForAbsence: Bool {
    switch self {
    case .volume(let plan): plan.direction == .down
    case .precursor: true
    case .tier: false
    // Of a share what is missing takes its part of both counts.
    case .tally(let plan): plan.part == nil && !plan.isAbove
    }
  }
}
