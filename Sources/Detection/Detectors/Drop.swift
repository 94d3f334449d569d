/// Far less than the series usually sends at this hour of the week.
public struct Drop: Detector {
  public static let kind = "drop"

  public static let about = """
    Far fewer requests than the series usually sends at this hour of the week, down to none at all. It \
    judges an hour of the week that was seen twice, and says nothing where records are missing.
    """

  public static let meanings = VolumePlan.meanings

  public static let example = """
    - id: supplier-traffic-drop
      title: A supplier sends far less than it usually does at this hour
      kind: drop
      per: supplier
      window: [30m, 2h]
      at_least: {times: 4, more: 100}
      tests:
        - name: silence after three ordinary weeks
          feed: (150x48)x16 0x6
          expect: [{window: 770, state: open, reason: none at all}]
        - {name: three ordinary weeks, feed: (150x48)x16, expect: none}
    """

  private let volume: VolumePlan

  public init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    volume = VolumePlan(reading: &fields, defaultDirection: .down)
  }

  public var plan: DetectorPlan { .volume(volume) }
}
