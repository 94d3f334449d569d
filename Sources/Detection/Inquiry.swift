public import AccessLog

/// What somebody wants to know: for every rule, its verdict on one entity at one moment.
public struct Inquiry: Hashable, Sendable {
  /// Under which the entity may stand: a key's name, its fingerprint, a supplier, an address.
  public var names: [String]
  /// What had been seen by then decides; a whole second, or the one after it.
  public var time: EventTime

  public init(names: [String], time: EventTime) {
    self.names = names
    self.time = time
  }

  /// The first second of which nothing had been seen.
  var second: Int64 { (time.milliseconds - 1).floorDivided(by: 1000) + 1 }
}

/// What each rule had to say of an entity at a moment.
public struct Explanation: Hashable, Sendable {
  public var time: EventTime
  /// Who it is: `northwind-1 of northwind`; `nil` where nothing of that name had been seen.
  public var entity: String?
  /// The first record of all; `nil` where there was none.
  public var firstTime: EventTime?
  /// In the order of their identifiers.
  public var rules: [RuleExplanation]
}

/// What one rule had to say, and the numbers that decided it.
public struct RuleExplanation: Hashable, Sendable {
  public enum Verdict: String, CaseIterable, Sendable {
    /// An alert is open.
    case alert
    /// It judged, and found nothing to tell.
    case quiet
    /// It does not know enough to judge.
    case learning
    /// Records are missing, so nothing follows from what did not come.
    case abstains
    /// No request of the entity came that it counts.
    case silent
    /// It can judge nobody: something is missing that would wake it.
    case asleep
    /// It judges something else than was asked for.
    case other
  }

  public var rule: String
  public var kind: String
  /// Whom it judged: `supplier northwind`.
  public var entity: String?
  public var verdict: Verdict
  /// What decided it, in words; `nil` where the numbers say all.
  public var reason: String?
  public var numbers: [Number] = []
  /// The alert that was open.
  public var alert: OpenAlert?

  public struct OpenAlert: Hashable, Sendable {
    public var id: String
    public var startedAt: EventTime
    public var score: Double
  }

  /// Something that was counted, and from where on it is an alert.
  public struct Number: Hashable, Sendable {
    /// `requests in 5 min`.
    public var unit: String
    public var seen: Double
    /// What was expected, and how far it scatters.
    public var usual: Double?
    public var spread: Double?
    /// The least count that opens an alert, or with `isFall` the most; `nil` where none would.
    public var opensAt: Double?
    public var isFall = false
    /// An alert is open, and goes on from `opensAt` on.
    public var isOpen = false
    /// What there should be; it opens nothing by itself.
    public var needed: Int?
    /// Minus log10 of the probability that what was seen is chance.
    public var score: Double?
    /// What else keeps it from being told.
    public var remark: String?
  }
}

extension RuleExplanation.Number {
  /// `requests in 5 min: 12; usual are 4.2 ± 3; opens at 71`.
  public var text: String {
    var parts = ["\(unit): \(Wording.number(seen))" + (needed.map { " of \($0) needed" } ?? "")]
    if let usual {
      let scatter = spread.map { " ± \(Wording.number($0))" } ?? ""
      parts.append("usual are \(Wording.number(usual))\(scatter)")
    }
    if needed == nil { parts.append(limit) }
    if let remark { parts.append(remark) }
    return parts.joined(separator: "; ")
  }

  private var limit: String {
    guard let opensAt else { return isFall ? "none would be no alert" : "no count is an alert" }
    return (isOpen ? "goes on at " : "opens at ") + Wording.number(opensAt)
      + (isFall ? " or fewer" : "")
  }
}
