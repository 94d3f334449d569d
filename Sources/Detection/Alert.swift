public import AccessLog

/// How bad an alert is, as the rule's author said.
public enum Severity: String, CaseIterable, Comparable, Sendable {
  case info, low, medium, high, critical

  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a series or an alert is about.
public enum EntityType: String, CaseIterable, Sendable {
  case key, application, supplier, tier, api, route, version
  case clientIP = "client_ip"
  case network, global
  /// Two of them together: a key at a route.
  case pair
}

/// One revision of an episode: a rule's verdict on one entity, from its start to its end.
///
/// The identifier is a hash of the rule, the entity and the start, so that writing the same
/// episode twice is writing it once.
public struct Alert: Hashable, Sendable {
  public enum State: String, CaseIterable, Sendable {
    case open, resolved
    /// Of a rule that is judged and counted, never sent.
    case shadow
  }

  public var id: String
  /// Counts from 1.
  public var revision: Int
  public var ruleID: String
  public var kind: String
  public var ruleHash: String
  public var severity: Severity
  public var entityType: EntityType
  public var entity: String
  public var supplier: String?
  public var tier: String?
  public var application: String?
  public var state: State
  public var startedAt: EventTime
  public var detectedAt: EventTime
  public var endedAt: EventTime?
  public var observed: Double
  public var expectedLow: Double?
  public var expectedMid: Double?
  public var expectedHigh: Double?
  /// What `observed` counts: `requests per 5 min`.
  public var unit: String
  /// Minus log10 of the probability that this is chance: 6 means one in a million.
  public var score: Double
  /// Windows, targets or seconds that the verdict rests on.
  public var sampleSize: Int
  /// The baseline has not yet seen this hour of the week twice.
  public var isLearning: Bool
  public var reason: String
  public var evidence: [EvidenceLine]
  /// The event time of this change.
  public var revisedAt: EventTime
  /// Where the engine kept the counts of the windows before; never in the canonical form.
  public var picture: AlertPicture?

  public init(
    id: String, revision: Int, ruleID: String, kind: String, ruleHash: String, severity: Severity,
    entityType: EntityType, entity: String, supplier: String? = nil, tier: String? = nil,
    application: String? = nil, state: State, startedAt: EventTime, detectedAt: EventTime,
    endedAt: EventTime? = nil, observed: Double, expectedLow: Double? = nil,
    expectedMid: Double? = nil, expectedHigh: Double? = nil, unit: String, score: Double,
    sampleSize: Int, isLearning: Bool, reason: String, evidence: [EvidenceLine] = [],
    revisedAt: EventTime, picture: AlertPicture? = nil
  ) {
    self.id = id
    self.revision = revision
    self.ruleID = ruleID
    self.kind = kind
    self.ruleHash = ruleHash
    self.severity = severity
    self.entityType = entityType
    self.entity = entity
    self.supplier = supplier
    self.tier = tier
    self.application = application
    self.state = state
    self.startedAt = startedAt
    self.detectedAt = detectedAt
    self.endedAt = endedAt
    self.observed = observed
    self.expectedLow = expectedLow
    self.expectedMid = expectedMid
    self.expectedHigh = expectedHigh
    self.unit = unit
    self.score = score
    self.sampleSize = sampleSize
    self.isLearning = isLearning
    self.reason = reason
    self.evidence = evidence
    self.revisedAt = revisedAt
    self.picture = picture
  }
}

/// A log line that an alert rests on, with secrets masked.
public struct EvidenceLine: Hashable, Sendable {
  /// The declared name of the source.
  public var source: String
  /// Masked and safe to print once escaped for its place.
  public var line: String
  /// Keyed hash of the raw line, 32 hexadecimal digits: proves which line it was.
  public var lineHash: String
  /// Index of the segment in its source and offset of the line in its decompressed bytes: a
  /// hint to find it again, outside the promise of equal bytes.
  public var segmentIndex: Int
  public var offset: Int64
  /// The line came from a gzip member whose checksum does not match or never came.
  public var isUnverified: Bool

  public init(
    source: String, line: String, lineHash: String, segmentIndex: Int, offset: Int64,
    isUnverified: Bool = false
  ) {
    self.source = source
    self.line = line
    self.lineHash = lineHash
    self.segmentIndex = segmentIndex
    self.offset = offset
    self.isUnverified = isUnverified
  }
}
