/// How a rule's verdicts become alerts: what every kind takes.
public struct EpisodePolicy: Hashable, Sendable {
  /// How long there must have been trouble, without a quiet time that would end it, before there
  /// is an alert; milliseconds.
  public var forMilliseconds: Int64
  /// How long it must be quiet before an alert is over; never less than the kind needs.
  public var resolveAfterMilliseconds: Int64
  /// An alert that goes on is told again when it is that old, twice as old, four times and so on;
  /// never, if 0; milliseconds.
  public var remindAfterMilliseconds: Int64
  /// Outside of these hours nothing is told; always, if `nil`.
  public var during: WeeklyHours?
  /// Rules that open no alert about the same entity, or one that belongs to it, while this one has
  /// an alert.
  public var inhibits: [String]
  /// It speaks for a while after a mark, and at no other time; always, if `nil`.
  public var after: AfterMark?
  /// What the alerts are about in place of each entity, which they then count.
  public var group: EntityType?

  /// For how long after which mark a rule speaks.
  public struct AfterMark: Hashable, Sendable {
    public var mark: String
    public var withinMilliseconds: Int64

    public init(mark: String, withinMilliseconds: Int64) {
      self.mark = mark
      self.withinMilliseconds = withinMilliseconds
    }

    /// As a sentence has it: `within 1 h after the mark 'deploy'`.
    var words: String {
      "within \(Wording.duration(milliseconds: withinMilliseconds)) after the mark '\(mark)'"
    }
  }

  /// What each entity belongs to, for `group`.
  public static let groups: [EntityType] = [.application, .supplier, .tier, .global]

  public init(
    forMilliseconds: Int64 = 0, resolveAfterMilliseconds: Int64 = 0,
    remindAfterMilliseconds: Int64 = 0, during: WeeklyHours? = nil,
    inhibits: [String] = [], after: AfterMark? = nil, group: EntityType? = nil
  ) {
    self.forMilliseconds = forMilliseconds
    self.resolveAfterMilliseconds = resolveAfterMilliseconds
    self.remindAfterMilliseconds = remindAfterMilliseconds
    self.during = during
    self.inhibits = inhibits
    self.after = after
    self.group = group
  }

  /// Whether an alert of that time that was told at `toldAt` is to be told again. Counting from
  /// the time of the alert, each pause is as long as all before it together.
  func isReminderDue(detectedAt: Int64, toldAt: Int64, now: Int64) -> Bool {
    remindAfterMilliseconds > 0
      && now - detectedAt >= max(remindAfterMilliseconds, 2 * (toldAt - detectedAt))
  }

  /// Whether `verdict` is of a time at which the rule speaks. What came too little must have come
  /// too little within the hours: before them nobody had to send anything.
  func speaks(of verdict: Verdict, _ marks: borrowing MarkLedger) -> Bool {
    guard during != nil || after != nil else { return true }
    let start = verdict.isOfTooLittle ? verdict.startedAt : verdict.detectedAt - 1
    return speaks(from: start, to: verdict.detectedAt, marks)
  }

  /// Whether it speaks of all of a span.
  func speaks(from start: Int64, to end: Int64, _ marks: borrowing MarkLedger) -> Bool {
    guard during?.covers(from: start, to: end) ?? true else { return false }
    guard let after else { return true }
    guard let mark = marks.last(named: after.mark, through: start) else { return false }
    return end <= mark &+ after.withinMilliseconds
  }
}
