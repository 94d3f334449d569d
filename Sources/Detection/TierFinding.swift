/// What was found of a key in one window of its tier, and how it is told.
struct TierFinding {
  enum Kind {
    case attempts
    /// Let through what should have been denied.
    case leak
    /// Denied what should have been let through.
    case wrongDenials
    case quota(KeyRegistry.RateLimit)
  }

  var kind: Kind
  var seconds: Int64
  var attempted: Double
  var denied: Double
  var lawfulMax: Double
  /// How far it is beyond what is told; the largest speaks.
  var ratio: Double

  private var allowed: Double { attempted - denied }

  /// When the trouble began, milliseconds; a quota's begins with the request that exceeded it.
  func start(endingAt end: Int64) -> Int64 {
    if case .quota = kind { return end - 1000 }
    return end - seconds * 1000
  }

  var observed: Double {
    switch kind {
    case .attempts, .quota: attempted
    case .leak: allowed
    case .wrongDenials: denied
    }
  }

  var unitNoun: String {
    switch kind {
    case .attempts, .quota: "attempts"
    case .leak: "allowed requests"
    case .wrongDenials: "denied requests"
    }
  }

  /// What happened, in a sentence.
  ///
  /// - Parameters:
  ///   - who: The key, in the words of a reason.
  ///   - leakMin: Allowed requests beyond which the limit is not enforced.
  func reason(_ who: String, _ tier: KeyRegistry.Tier, leakMin: Double) -> String {
    let length = Wording.duration(milliseconds: seconds * 1000)
    let all = Wording.number(attempted)
    let most = Wording.number(lawfulMax)
    let terms = Self.terms(tier)
    switch kind {
    case .attempts, .quota:
      return "\(who) tried \(all) requests in \(length); its tier \(terms) allows at most "
        + "\(most) in that time; "
        + "\(Wording.comparison(observed: attempted, expected: lawfulMax)); \(split(leakMin))"
    case .leak:
      return "the gateway let \(Wording.number(allowed)) of \(all) requests of \(who) through in "
        + "\(length); its tier \(terms) allows at most \(most): the limit is not enforced"
    case .wrongDenials:
      return "the gateway denied \(Wording.number(denied)) of \(all) requests of "
        + "\(who) in \(length), although its tier \(terms) allows \(most): the limit is too strict"
    }
  }

  /// What the gateway did, and whether it let through what it should have denied.
  private func split(_ leakMin: Double) -> String {
    var isLeaking = false
    if case .attempts = kind { isLeaking = allowed > leakMin }
    return "the gateway let \(Wording.number(allowed)) through and denied "
      + Wording.number(denied) + (isLeaking ? ": the limit is not enforced" : "")
  }

  /// `bronze (5 a second, burst 10)`.
  static func terms(_ tier: KeyRegistry.Tier) -> String {
    var parts = tier.limits.map { "\(Wording.number($0.count)) a \(period($0.periodSeconds))" }
    if tier.burst > 0 { parts.append("burst \(Wording.number(tier.burst))") }
    return "\(tier.name) (\(parts.joined(separator: ", ")))"
  }

  static func period(_ seconds: Int) -> String {
    switch seconds {
    case 1: "second"
    case 60: "minute"
    case 3600: "hour"
    case 86_400: "day"
    default: seconds > 86_400 ? "month" : "\(seconds) s"
    }
  }
}
