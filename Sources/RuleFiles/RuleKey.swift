public import Detection

/// A key of the rule language: what it takes, what holds without it, and what it means.
public struct RuleKey: Hashable, Sendable {
  /// What may stand behind the key.
  public indirect enum Form: Hashable, Sendable {
    case identifier, text
    /// One or a list of them.
    case texts
    case word([String])
    /// One of them, or a list of two.
    case oneOrTwo([String])
    case flag
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case duration, durations
    /// `POST /v*/orders`, and one or a list of them.
    case matcher, matchers
    case expression, field
    /// `errors`, `latency.p95`
    case measure([Measure.Form])
    case feed, request, time, clock
    case mapping([RuleKey])
    case items([RuleKey])
    /// Names and values of one's own.
    case labels
    /// Labels, and keys of the rule with other values.
    case overrides
    /// `none`, or alerts.
    case alerts([RuleKey])
  }

  public var name: String
  public var form: Form
  /// What holds where the key is absent, as a file would write it.
  public var absent: String?
  public var isRequired: Bool
  public var meaning: String

  init(
    _ name: String, _ form: Form, absent: String? = nil, isRequired: Bool = false,
    meaning: String = ""
  ) {
    self.name = name
    self.form = form
    self.absent = absent
    self.isRequired = isRequired
    self.meaning = meaning
  }

  /// The keys of the mapping, or of each mapping of the list, below it.
  public var inner: [RuleKey] {
    switch form {
    case .mapping(let keys), .items(let keys), .alerts(let keys): keys
    default: []
    }
  }
}
