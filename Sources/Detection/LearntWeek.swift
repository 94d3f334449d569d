public import AccessLog
public import Baselines

/// What a series is expected to count at each hour of the week, as it was known at a moment.
public struct LearntWeek: Hashable, Sendable {
  /// One hour of the week, in the local time of the series.
  public struct Hour: Hashable, Sendable {
    /// Requests a window.
    public var mean: Double
    /// Roughly the middle 95 of 100 counts.
    public var low: Double
    public var high: Double
    public var knowledge: Baseline.Knowledge
  }

  /// What a rule that judges by it says at the moment.
  public struct Judgement: Hashable, Sendable {
    public var rule: String
    public var verdict: RuleExplanation.Verdict
    public var reason: String?
    /// From which count on there would be an alert, for each of the rule's windows.
    public var numbers: [RuleExplanation.Number]
  }

  /// `northwind-1 of northwind`.
  public var entity: String
  public var time: EventTime
  /// `requests`, or what else is counted.
  public var unit: String
  public var windowSeconds: Int64
  /// Of the tz database.
  public var zone: String
  /// Windows learnt from.
  public var windowCount: Int64
  /// 168, from Monday 00:00 on; `nil` where the hour is not known.
  public var hours: [Hour?]
  /// The hour of the week at ``time``.
  public var hourOfWeek: Int
  /// Counted in the window under way.
  public var seen: Double
  public var judgements: [Judgement]
}
