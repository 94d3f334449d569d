/// A key against the limits of the tier that it bought: what it attempted, what the gateway let
/// through, and what it denied.
public struct Tier: Detector {
  public static let kind = "tier"

  public static let about = """
    A key against the tier that it bought, second by second: what it attempted, what the gateway let \
    through although it should not, and what it denied although it should not. Bounds leave room for \
    stamps of a second and for the limiter's own windows. Keys without a tier are not judged.
    """

  public static let meanings = [
    "over":
      "Windows in which attempts are summed: whole seconds, a minute at most. Limits by the hour, "
      + "day and month are judged in their calendar periods.",
    "overshoot": "How many times what the tier allows must be attempted.",
  ]

  public static let example = """
    - id: over-tier
      title: A key far over its tier
      kind: tier
      per: key
      over: [1s, 10s, 60s]
      overshoot: 2
      severity: critical
      tests:
        - name: twenty times its rate
          tier: {rate_per_second: 5, burst: 10, limiter: bucket}
          feed: 100x3
          expect: [{window: 0, state: open, reason: the gateway let 100 through}]
        - name: its rate and its burst
          tier: {rate_per_second: 5, burst: 10, limiter: bucket}
          feed: 15 5x120
          expect: none
    """

  /// Milliseconds, ascending.
  public let windows: [Int64]
  /// How many times the lawful maximum of a window must be exceeded.
  public let overshoot: Double

  public init(windows: [Int64] = [1000, 10_000, 60_000], overshoot: Double = 2) {
    self.windows = windows
    self.overshoot = overshoot
  }

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    let windows = fields.durations("over", default: [1000, 10_000, 60_000]).sorted()
    overshoot = fields.number("overshoot", in: 1...1_000_000, default: 2)
    let isLegal = windows.allSatisfy { $0 >= 1000 && $0 <= 60_000 && $0 % 1000 == 0 }
    if !isLegal {
      fields.fault(
        "windows of a tier are whole seconds, at most a minute", at: "over",
        suggestion: "[1s, 10s, 60s]")
    }
    self.windows = isLegal ? windows : [1000]
  }

  public var plan: DetectorPlan { .tier(self) }
}
