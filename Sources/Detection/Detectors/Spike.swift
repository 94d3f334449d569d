/// Far more than the series usually sends at this hour of the week, or with `direction` far
/// less, or either.
public struct Spike: Detector {
  public static let kind = "spike"

  public static let about = """
    Far more requests than the series usually sends at this hour of the week. An alert needs all of: the \
    factor and the difference of `at_least`, a chance of less than one in a million by what the series \
    scattered so far, and a day of history. A key too new to be judged by itself is judged with its \
    supplier, or with all traffic.
    """

  public static let meanings = VolumePlan.meanings

  public static let example = """
    - id: supplier-traffic-spike
      title: A supplier sends far more than it usually does at this hour
      kind: spike
      per: supplier
      window: [5m, 30m, 2h]
      at_least: {times: 2, more: 100}
      tests:
        - name: five times the usual rate
          feed: (60x288)x3 300x6
          expect: [{window: 865, state: open, reason: times as many}]
        - {name: a little more each hour, feed: (60x12 70x12 80x12 70x12)x18, expect: none}
    """

  private let volume: VolumePlan

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    volume = VolumePlan(reading: &fields, defaultDirection: .up)
  }

  public var plan: DetectorPlan { .volume(volume) }
}
