public import AccessLog
public import Detection

/// What is kept of an alert of a trial run: enough to say which it was, and not its evidence.
public struct TrialEpisode: Hashable, Sendable {
  public var id: String
  public var ruleID: String
  public var severity: Severity
  public var isShadow: Bool
  public var entityType: EntityType
  public var entity: String
  public var startedAt: EventTime
  public var detectedAt: EventTime
  /// `nil` while it is open.
  public var endedAt: EventTime?
  /// Of its last revision, which has the worst.
  public var reason: String

  init(_ alert: Alert) {
    id = alert.id
    ruleID = alert.ruleID
    severity = alert.severity
    isShadow = alert.state == .shadow
    entityType = alert.entityType
    entity = alert.entity
    startedAt = alert.startedAt
    detectedAt = alert.detectedAt
    endedAt = alert.endedAt
    reason = alert.reason
  }
}

/// The alerts of a trial run, revision by revision.
public struct TrialEpisodes: Sendable {
  /// More are counted only.
  public static let countMax = 1_000_000

  /// In the order in which they were first told.
  public private(set) var all: [TrialEpisode] = []
  public private(set) var leftOutCount = 0
  private var places: [String: Int] = [:]
  private let countMax: Int

  public init(countMax: Int = Self.countMax) { self.countMax = countMax }

  public mutating func add(_ alerts: [Alert]) {
    for alert in alerts { add(alert) }
  }

  private mutating func add(_ alert: Alert) {
    if let place = places[alert.id] {
      all[place] = TrialEpisode(alert)
    } else if all.count < countMax {
      places[alert.id] = all.count
      all.append(TrialEpisode(alert))
    } else if alert.revision == 1 {
      leftOutCount += 1
    }
  }
}
