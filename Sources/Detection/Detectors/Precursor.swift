/// Requests that are usually preceded by others, and now are not: orders without the quotes
/// that this key always asks first.
public struct Precursor: Detector {
  public static let kind = "precursor"

  public static let about = """
    Requests that others usually precede, and now do not: orders without the quotes that this key always \
    asks first. A habit is learnt from `min_samples` targets (20) on; one that breaks alarms after some \
    misses in a row, never after one. Where the look-back reaches over a gap, it says nothing.
    """

  public static let meanings = [
    "target": "The requests that are judged, by method and path.",
    "precursors": "What must have come before each of them; all of the list.",
    "precursors.count": "How many of them.",
    "precursors.match": "Their method and path.",
    "within": "How long before the target they may have come.",
    "same":
      "A field in which target and precursors must agree: `query[\"sku\"]`. Requests without it "
      + "are left out.",
    "mode":
      "`habit` judges against the share of misses that this one usually has; `strict` tells each "
      + "miss.",
  ]

  public static let example = """
    - id: orders-without-quotes
      title: Orders arrive without the two quotes that normally precede them
      kind: precursor
      per: key
      target: POST /v*/orders
      precursors: [{match: GET /v*/quotes, count: 2}]
      within: 10m
      mode: habit
      tests:
        - name: the quotes stop
          lines:
            - {at: "08:00:00", request: GET /v1/quotes, times: 120, every: 30s}
            - {at: "08:01:00", request: POST /v1/orders, times: 60, every: 60s}
            - {at: "10:00:00", request: POST /v1/orders, times: 10, every: 60s}
          expect: [{at: "10:06:01", state: open}]
        - name: quotes and orders as ever
          lines:
            - {at: "08:00:00", request: GET /v1/quotes, times: 240, every: 30s}
            - {at: "08:01:00", request: POST /v1/orders, times: 110, every: 60s}
          expect: none
    """

  public struct Step: Hashable, Sendable {
    public var matcher: RequestMatcher
    public var count: Int

    public init(matcher: RequestMatcher, count: Int) {
      self.matcher = matcher
      self.count = count
    }
  }

  public enum Mode: String, CaseIterable, Sendable {
    /// Each miss counts.
    case strict
    /// Against the key's own learned share of misses.
    case habit
  }

  public let target: RequestMatcher
  public let steps: [Step]
  public let withinMilliseconds: Int64
  /// Target and precursors must agree in this field.
  public let same: RequestField?
  public let mode: Mode

  public init(
    target: RequestMatcher, steps: [Step], withinMilliseconds: Int64, same: RequestField? = nil,
    mode: Mode = .habit
  ) {
    self.target = target
    self.steps = steps
    self.withinMilliseconds = withinMilliseconds
    self.same = same
    self.mode = mode
  }

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    target = fields.matcher("target", isRequired: true) ?? .any
    steps = fields.items("precursors") { inner in
      let count = inner.integer("count", in: 1...1000, default: 1)
      return inner.matcher("match", isRequired: true).map { Step(matcher: $0, count: count) }
    }
    if steps.reduce(0, { $0 + $1.count }) > PrecursorMonitor.ringCountMax {
      fields.fault(
        "more than \(PrecursorMonitor.ringCountMax) requests are not remembered, so each target "
          + "would miss some", at: "precursors", suggestion: nil)
    }
    withinMilliseconds = fields.duration("within", default: 600_000) ?? 600_000
    same = fields.field("same")
    let word = fields.word(
      "mode", oneOf: Mode.allCases.map(\.rawValue), default: Mode.habit.rawValue)
    mode = Mode(rawValue: word) ?? .habit
  }

  public var plan: DetectorPlan { .precursor(self) }
}
