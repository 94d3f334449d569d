public import AccessLog

/// One rule of a rule file, compiled.
public struct Rule: Sendable {
  public var id: String
  public var title: String
  public var severity: Severity
  public var per: Per
  public var filter: RequestFilter
  /// Samples (windows, targets) that a series must have before it is judged on its own;
  /// `nil` leaves it to the kind.
  public var minSamples: Int?
  public var isShadow: Bool
  public var policy: EpisodePolicy
  public var why: String?
  public var runbook: String?
  /// What the kind makes of the rest.
  public var detector: any Detector
  /// Hash of everything that can change a verdict; 16 hexadecimal digits.
  public var contentHash: String
  /// What holds for some of those that it judges.
  public var overrides: [RuleOverride] = []
  /// Of the engine's: whom it judges where the rule has overrides, and its number among them.
  var audience: RuleAudience?
  var variant = 0

  public init(
    id: String, title: String, severity: Severity = .medium, per: Per = .key,
    filter: RequestFilter = RequestFilter(), minSamples: Int? = nil, isShadow: Bool = false,
    policy: EpisodePolicy = EpisodePolicy(), why: String? = nil, runbook: String? = nil,
    detector: any Detector, contentHash: String = ""
  ) {
    self.id = id
    self.title = title
    self.severity = severity
    self.per = per
    self.filter = filter
    self.minSamples = minSamples
    self.isShadow = isShadow
    self.policy = policy
    self.why = why
    self.runbook = runbook
    self.detector = detector
    self.contentHash = contentHash
  }

  /// What the rule reads of a record besides what is always read.
  var columns: RecordColumns {
    var columns = filter.expression?.columns ?? []
    switch detector.plan {
    case .precursor(let plan): columns.formUnion(plan.same?.columns ?? [])
    case .tally(let plan):
      columns.formUnion(plan.measure.columns)
    case .volume(let plan): columns.formUnion(plan.measure.columns)
    case .tier: break
    }
    return overrides.reduce(into: columns) { $0.formUnion($1.rule.columns) }
  }
}

/// All rules of a run, in the order of their identifiers.
public struct RuleSet: Sendable {
  public let rules: [Rule]
  /// Hash over the rules, for the journal.
  public let contentHash: String

  public init(_ rules: [Rule], contentHash: String = "") {
    self.rules = rules.sorted { $0.id < $1.id }
    self.contentHash = contentHash
  }

  /// What the rules read of a record besides what is always read.
  public var columns: RecordColumns {
    rules.reduce(into: []) { $0.formUnion($1.columns) }
  }
}
