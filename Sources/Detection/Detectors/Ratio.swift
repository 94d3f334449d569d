/// A share of requests against a limit that somebody set.
public struct Ratio: Detector {
  public static let kind = "ratio"

  public static let about = """
    The share of requests that fulfil a condition, above a limit that you set, or below it. Few requests \
    prove little: an alert needs `min_samples` requests in the window (20), and a share that chance would \
    bring less than once in a million windows if the limit were the truth (binomial distribution).
    """

  public static let meanings =
    TallyPlan.meanings(of: "A share, from 0 to 1,")
    .merging([
      "part": "The requests whose share is judged: a quoted expression.",
      "measure": "The same in other words, `share(status >= 500)`: this or `part`.",
    ]) { $1 }

  public static let example = """
    - id: route-fails
      title: A route fails for too many
      kind: ratio
      per: route
      part: 'status >= 500'
      window: 10m
      above: 0.05
      tests:
        - name: half of the requests fail
          lines:
            - {at: "08:00:00", request: GET /v1/quotes, times: 600, every: 2s}
            - {at: "08:10:00", request: GET /v1/quotes, status: 503, times: 300, every: 2s}
          expect: [{at: "08:12:00", state: open, reason: the limit is 5 in 100}]
        - name: one in fifty does
          lines:
            - {at: "08:00:00", request: GET /v1/quotes, times: 2000, every: 1s}
            - {at: "08:00:00", request: GET /v1/quotes, status: 503, times: 40, every: 50s}
          expect: none
    """

  private let tally: TallyPlan

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    let part = fields.expression("part", isRequired: false).map(Measure.share)
    let share = fields.measure("measure", oneOf: [.share], default: nil)
    if fields.has("part") == fields.has("measure") {
      fields.fault(
        share == nil
          ? "a ratio needs 'part', the requests whose share is judged"
          : "a ratio has 'part' or 'measure'", at: share == nil ? "kind" : "measure",
        suggestion: nil)
    }
    // After a fault any share will do.
    let measure = part ?? share ?? .requests
    tally = TallyPlan(reading: &fields, kind: Self.kind, limits: 0...1, measure: measure)
  }

  public var plan: DetectorPlan { .tally(tally) }
}
