/// What `threshold` and `ratio` have in common: counts in a window that slides, against a limit
/// that somebody set.
public struct TallyPlan: Hashable, Sendable {
  /// The word after `kind:`.
  public let kind: String
  public let windowMilliseconds: Int64
  public let measure: Measure
  /// In what `measure` is measured.
  public let limit: Double
  /// More than the limit is an alert, or less.
  public let isAbove: Bool
  /// Requests of which the share is judged; `nil` judges an amount.
  public let part: Expression?

  public init(
    kind: String, windowMilliseconds: Int64, measure: Measure = .requests, limit: Double,
    isAbove: Bool
  ) {
    precondition(Self.windows.contains(windowMilliseconds) && windowMilliseconds % 1000 == 0)
    self.kind = kind
    self.windowMilliseconds = windowMilliseconds
    self.measure = measure
    self.limit = limit
    self.isAbove = isAbove
    part = measure.part(above: limit)
  }

  static let windows: ClosedRange<Int64> = 1000...86_400_000

  static func meanings(of measured: String) -> [String: String] {
    [
      "window": "The span that is counted; it slides by a tenth of its length, or by as little as "
        + "divides it. Whole seconds, a day at most.",
      "above": "\(measured) beyond which there is an alert. This or `below`.",
      "below": "\(measured) that there must be.",
    ]
  }

  /// Reads `window`, and `above` or `below`.
  init<Fields: RuleFieldReading>(
    reading fields: inout Fields, kind: String, limits: ClosedRange<Double>, measure: Measure
  ) {
    let window = fields.duration("window", default: 300_000) ?? 300_000
    let isLegal = Self.windows.contains(window) && window % 1000 == 0
    if !isLegal {
      fields.fault(
        "the window must be whole seconds, a day at most", at: "window", suggestion: "5m")
    }
    let above = fields.number("above", in: limits)
    let below = fields.number("below", in: limits)
    self.init(
      kind: kind, windowMilliseconds: isLegal ? window : 300_000, measure: measure,
      limit: above ?? below ?? limits.upperBound, isAbove: above != nil)
    checkLimits(above, below, limits, &fields)
  }

  private func checkLimits<Fields: RuleFieldReading>(
    _ above: Double?, _ below: Double?, _ limits: ClosedRange<Double>, _ fields: inout Fields
  ) {
    if limits.upperBound == 1, above == 1 {
      fields.fault("no share is above 1", at: "above", suggestion: nil)
    }
    if below == 0 { fields.fault("nothing is below 0", at: "below", suggestion: nil) }
    if (above == nil) == (below == nil) {
      fields.fault(
        above == nil ? "a limit is missing: 'above' or 'below'" : "there can be one limit",
        at: above == nil ? "kind" : "below", suggestion: nil)
    } else if below != nil, !measure.takesBelow {
      fields.fault(
        "the measure '\(measure.text)' takes 'above' alone", at: "below", suggestion: nil)
    } else if case .distinct = measure, limit > Double(TallyMonitor.distinctLimitMax) {
      fields.fault(
        "no more than \(TallyMonitor.distinctLimitMax) different values are told apart",
        at: "above", suggestion: nil)
    }
  }

  /// How many parts the window slides by.
  var cellCount: Int64 {
    let seconds = windowMilliseconds / 1000
    return [10, 9, 8, 7, 6, 5, 4, 3, 2].first { seconds % $0 == 0 } ?? 1
  }

  var cellSeconds: Int64 { windowMilliseconds / 1000 / cellCount }

  /// The share of ``part`` that is allowed, from 0 to 1.
  var shareLimit: Double {
    if case .percentile(_, let percent) = measure { return (100 - percent) / 100 }
    return limit
  }
}

// MARK: - wording

extension TallyPlan {
  /// What an alert's numbers count.
  var unit: String {
    switch measure {
    case .requests, .errors: measure.text
    case .bytes: "bytes"
    case .percentile: "in 100 requests above \(bound)"
    case .share: "in 100 requests"
    case .distinct(let field): "different \(field.word)"
    }
  }

  /// `k1 sent 12 requests`.
  func sentence(_ who: String, _ amount: String) -> String {
    switch measure {
    case .errors: "\(who) had \(amount) errors"
    case .bytes(.bytesIn): "the requests of \(who) had \(amount) bytes"
    case .bytes: "the answers to \(who) had \(amount) bytes"
    case .distinct(let field): "the requests of \(who) had \(amount) different \(field.word)"
    case .requests, .percentile, .share: "\(who) sent \(amount) requests"
    }
  }

  /// What is said of those whose share is judged.
  var partSentence: String {
    switch measure {
    case .percentile(.latencyMilliseconds, _): "took more than \(bound)"
    case .percentile: "had more than \(bound)"
    default: "fulfil \(part?.text ?? "")"
    }
  }

  /// The same as the name of a number.
  var partName: String {
    if case .percentile = measure { "of more than \(bound)" } else { part?.text ?? "" }
  }

  /// `800 ms`.
  private var bound: String {
    if case .percentile(.latencyMilliseconds, _) = measure { return "\(Wording.number(limit)) ms" }
    return "\(Wording.number(limit)) bytes"
  }
}

extension Measure {
  /// That there is too little of it says something.
  fileprivate var takesBelow: Bool {
    switch self {
    case .percentile, .distinct: false
    case .requests, .errors, .bytes, .share: true
    }
  }
}
