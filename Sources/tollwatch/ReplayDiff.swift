import AccessLog
import Detection
import Foundation
import Pipeline
import RuleFiles
import RuleWorkshop
import Terminal

/// Two sets of rules over the same logs, read once: what a change of rules would have done.
struct ReplayDiff {
  /// What happened to a rule between the two sets.
  enum Change: String { case added, removed, changed, same }

  struct RuleChange {
    var id: String
    var change: Change
  }

  let old: String
  let new: String
  /// Every rule of either set, by id.
  let rules: [RuleChange]
  /// The first of the two runs is the old one.
  private(set) var clusters: [EpisodeCluster] = []
  private(set) var from: EventTime?
  private(set) var to: EventTime?
  private(set) var notes: [String] = []

  /// - Parameters:
  ///   - old: A rule file or folder, besides those that the command names.
  ///   - new: The one that would take its place.
  static func run(
    old: String, new: String, _ options: ReplayOptions
  ) async throws -> ReplayDiff {
    var notes: [String] = []
    let configuration = try ReplayPlan.configuration(options, notes: &notes)
    let oldRules = try rules(with: old, options, configuration, &notes)
    let newRules = try rules(with: new, options, configuration, &notes)
    for note in notes { StandardError.writeLine(note) }
    var diff = ReplayDiff(old: old, new: new, oldRules, newRules)
    // Of both, so that the columns are read which either looks at.
    let plan = try ReplayPlan(options, rules: RuleSet(oldRules.rules + newRules.rules))
    for note in plan.notes where !notes.contains(note) { StandardError.writeLine(note) }
    try await diff.read(plan, oldRules, newRules)
    return diff
  }

  private static func rules(
    with path: String, _ options: ReplayOptions, _ configuration: Configuration,
    _ notes: inout [String]
  ) throws -> RuleSet {
    var options = options
    options.rules.append(path)
    return try ReplayPlan.rules(options, configuration, notes: &notes)
  }

  private init(old: String, new: String, _ oldRules: RuleSet, _ newRules: RuleSet) {
    self.old = old
    self.new = new
    func content(_ set: RuleSet) -> [String: String] {
      Dictionary(
        set.rules.map { ($0.id, "\($0.contentHash) \($0.severity) \($0.isShadow)") },
        uniquingKeysWith: { $1 })
    }
    let (before, after) = (content(oldRules), content(newRules))
    rules = Set(before.keys).union(after.keys).sorted().map { id in
      switch (before[id], after[id]) {
      case (nil, _): RuleChange(id: id, change: .added)
      case (_, nil): RuleChange(id: id, change: .removed)
      case (let a, let b): RuleChange(id: id, change: a == b ? .same : .changed)
      }
    }
  }

  private mutating func read(
    _ plan: ReplayPlan, _ oldRules: RuleSet, _ newRules: RuleSet
  ) async throws {
    var first = plan.pipeline(rules: oldRules)
    var second = plan.pipeline(rules: newRules)
    var runs = [TrialEpisodes(), TrialEpisodes()]
    try await LogWalk(plan).run(into: &first, and: &second) { ofFirst, ofSecond in
      runs[0].add(ofFirst)
      runs[1].add(ofSecond)
    }
    clusters = EpisodeCluster.clusters(of: runs.map(\.all))
    let summary = second.summary()
    (from, to) = (summary.statistics.firstTime, summary.statistics.lastTime)
    for run in runs where run.leftOutCount > 0 {
      notes.append("no room for \(Quantity.count(run.leftOutCount)) further alerts")
    }
    let asleep = Set(first.summary().sleepingRules.map(\.id))
    notes += summary.sleepingRules.filter { !asleep.contains($0.id) }
      .map { "sleeps with the new rules: \($0.id): \($0.reason)" }
  }

  // MARK: - what became of them

  var gone: [EpisodeCluster] { clusters.filter { !$0.isFound(by: 1) } }
  var come: [EpisodeCluster] { clusters.filter { !$0.isFound(by: 0) } }
  var kept: [EpisodeCluster] { clusters.filter { $0.isFound(by: 0) && $0.isFound(by: 1) } }
  /// Kept ones that are told at another time.
  var moved: [EpisodeCluster] { kept.filter { $0.detectedAt(by: 0) != $0.detectedAt(by: 1) } }
}
