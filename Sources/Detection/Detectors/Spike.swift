/// Far more than the series usually sends at this hour of the week, or with `direction` far
/// less, or either.
public struct Spike: Detector {
  public static let kind = "spike"

  public static let example = """
    - id: supplier-traffic-spike
      title: A supplier sends far more than it usually does at this hour
      kind: spike
      per: supplier
      window: [5m, 30m, 2h]
      at_least: {times: 2, more: 100}
    """

  private let volume: VolumePlan

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    volume = VolumePlan(reading: &fields, defaultDirection: .up)
  }

  public var plan: DetectorPlan { .volume(volume) }
}
