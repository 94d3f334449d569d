import AccessLog
import Detection
import Pipeline
import RuleFiles
import RuleWorkshop

/// One rule with many settings over the same logs.
///
/// The settings are rules of one engine, which judges each by itself and lets those that count
/// the same thing share the counting.
struct Backtest {
  struct Setting {
    /// Empty for the rule as its file has it.
    var edits: [RuleEdit]
    var rule: Rule
    var episodes: [TrialEpisode] = []
    /// Why it judged nothing; `nil` where it did.
    var sleepReason: String?
  }

  var ruleID: String
  var settings: [Setting]
  /// The span that alerts may be of.
  var from: EventTime?
  var to: EventTime?
  /// Notes for the person, such as what found no room.
  var notes: [String] = []

  /// At least one day, so that a short log promises no more alerts a day than it has.
  var dayCount: Double {
    guard let from, let to else { return 1 }
    return max(1, Double(to.milliseconds - from.milliseconds) / 86_400_000)
  }

  /// - Parameters:
  ///   - settings: The first as the file has it.
  ///   - plan: What to read, with the rules that it is given.
  static func run(
    _ settings: [Setting], detectFrom: EventTime?, plan: (RuleSet) throws -> ReplayPlan
  ) async throws -> Backtest {
    let ids = settings.indices.map { "setting-\(10_000 + $0)" }
    let rules = zip(ids, settings).map { id, setting in
      var rule = setting.rule
      rule.id = id
      return rule
    }
    let plan = try plan(RuleSet(rules))
    for note in plan.notes { StandardError.writeLine(note) }
    var pipeline = plan.pipeline()
    var episodes = TrialEpisodes()
    try await LogWalk(plan).run(into: &pipeline) { episodes.add($0) }
    var test = Backtest(ruleID: settings[0].rule.id, settings: settings)
    test.note(pipeline.summary(), detectFrom)
    let found = Dictionary(grouping: episodes.all, by: \.ruleID)
    let asleep = Dictionary(
      pipeline.summary().sleepingRules.map { ($0.id, $0.reason) }, uniquingKeysWith: { a, _ in a })
    for (index, id) in ids.enumerated() {
      test.settings[index].episodes = found[id] ?? []
      test.settings[index].sleepReason = asleep[id]
    }
    if episodes.leftOutCount > 0 {
      test.notes.append("no room for \(episodes.leftOutCount) further alerts")
    }
    return test
  }

  private mutating func note(_ summary: EngineSummary, _ detectFrom: EventTime?) {
    from = summary.statistics.firstTime.map { max($0, detectFrom ?? $0) }
    to = summary.statistics.lastTime
    notes += summary.refusals.map { "no room for \($0.count) \($0.what)" }
  }
}
