/// What `threshold` and `ratio` have in common: counts in a window that slides, against a limit
/// that somebody set.
public struct TallyPlan: Hashable, Sendable {
  /// The word after `kind:`.
  public var kind: String
  public var windowMilliseconds: Int64
  /// Requests of which the share is judged; `nil` judges their number.
  public var part: Expression?
  /// Requests in a window, or a share of them from 0 to 1.
  public var limit: Double
  /// More than the limit is an alert, or less.
  public var isAbove: Bool

  public init(
    kind: String, windowMilliseconds: Int64, part: Expression? = nil, limit: Double, isAbove: Bool
  ) {
    precondition(Self.windows.contains(windowMilliseconds) && windowMilliseconds % 1000 == 0)
    self.kind = kind
    self.windowMilliseconds = windowMilliseconds
    self.part = part
    self.limit = limit
    self.isAbove = isAbove
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
    reading fields: inout Fields, kind: String, limits: ClosedRange<Double>, part: Expression? = nil
  ) {
    self.kind = kind
    self.part = part
    let window = fields.duration("window", default: 300_000) ?? 300_000
    let isLegal = Self.windows.contains(window) && window % 1000 == 0
    if !isLegal {
      fields.fault(
        "the window must be whole seconds, a day at most", at: "window", suggestion: "5m")
    }
    windowMilliseconds = isLegal ? window : 300_000
    let above = fields.number("above", in: limits)
    let below = fields.number("below", in: limits)
    isAbove = above != nil
    limit = above ?? below ?? limits.upperBound
    if limits.upperBound == 1, above == 1 {
      fields.fault("no share is above 1", at: "above", suggestion: nil)
    }
    if below == 0 { fields.fault("nothing is below 0", at: "below", suggestion: nil) }
    if (above == nil) == (below == nil) {
      fields.fault(
        above == nil ? "a limit is missing: 'above' or 'below'" : "there can be one limit",
        at: above == nil ? "kind" : "below", suggestion: nil)
    }
  }

  /// How many parts the window slides by.
  var cellCount: Int64 {
    let seconds = windowMilliseconds / 1000
    return [10, 9, 8, 7, 6, 5, 4, 3, 2].first { seconds % $0 == 0 } ?? 1
  }

  var cellSeconds: Int64 { windowMilliseconds / 1000 / cellCount }
}
