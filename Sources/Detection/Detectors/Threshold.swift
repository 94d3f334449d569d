/// A number of requests against a limit that somebody set.
public struct Threshold: Detector {
  public static let kind = "threshold"

  public static let about = """
    More requests in a window than a limit that you set, or fewer: nothing is learnt. What \
    is measured may also be errors, bytes, a percentile, or how many different values a field has. `above` tells at the \
    end of the second that exceeds it. `below` tells when a window ends that holds too few, from the first \
    whole window of a key on, and says nothing where records are missing; of a key that never spoke it \
    knows nothing.
    """

  public static let meanings = TallyPlan.meanings(of: "As much of it in a window")
    .merging([
      "measure":
        "What is measured: `requests`; `errors`, those answered with 500 or more; `bytes_in` and "
        + "`bytes_out` of all requests together; `latency.p95`, in milliseconds, and other "
        + "percentiles, also `bytes_out.p99`, of 20 requests or more (`min_samples`); "
        + "`distinct(FIELD)`, how many different values of a field there are, `distinct(key)` how "
        + "many callers. Percentiles and different values take `above` alone."
    ]) { $1 }

  public static let example = """
    - id: search-limit
      title: A key searches more often than anybody should
      kind: threshold
      match: GET /v*/search
      window: 1m
      above: 300
      tests:
        - name: six a second
          feed: 60x10 360x3 60x20
          expect: [{window: 10, state: open, reason: the limit is 300}]
        - {name: all that is allowed, feed: 300x60, expect: none}
    """

  private let tally: TallyPlan

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    let forms: [Measure.Form] = [.requests, .errors, .bytes, .percentile, .distinct]
    let measure = fields.measure("measure", oneOf: forms, default: .requests) ?? .requests
    tally = TallyPlan(
      reading: &fields, kind: Self.kind, limits: 0...1_000_000_000_000, measure: measure)
  }

  public var plan: DetectorPlan { .tally(tally) }
}
