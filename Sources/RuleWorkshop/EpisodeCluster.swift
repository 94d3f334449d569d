public import AccessLog
public import Detection

/// Alerts of several runs over the same logs that are about the same trouble: one entity, and
/// times that overlap. The start of an alert depends on the rule's values, so ids do not tell.
public struct EpisodeCluster: Hashable, Sendable {
  public var ruleID: String
  public var entityType: EntityType
  public var entity: String
  /// By run; empty for a run that did not find it.
  public private(set) var episodes: [[TrialEpisode]]

  public var startedAt: EventTime { all.map(\.startedAt).min() ?? EventTime(seconds: 0) }

  /// Whether run `index` has an alert of it.
  public func isFound(by index: Int) -> Bool { !episodes[index].isEmpty }

  /// When run `index` first told of it.
  public func detectedAt(by index: Int) -> EventTime? { episodes[index].map(\.detectedAt).min() }

  public var all: [TrialEpisode] { episodes.flatMap(\.self) }

  /// The troubles of `runs` by time; the rule of each run's alerts as `ruleID` says.
  public static func clusters(
    of runs: [[TrialEpisode]], ruleID: (TrialEpisode) -> String = { $0.ruleID }
  ) -> [EpisodeCluster] {
    var sorted = runs.enumerated().flatMap { run, episodes in
      episodes.map { Placed(run: run, rule: ruleID($0), episode: $0) }
    }
    sorted.sort { $0.order < $1.order }
    var clusters: [EpisodeCluster] = []
    var end = EventTime(milliseconds: .min)
    for placed in sorted {
      let episode = placed.episode
      if let last = clusters.last, last.isOf(placed), episode.startedAt <= end {
        clusters[clusters.count - 1].episodes[placed.run].append(episode)
        end = max(end, placed.end)
      } else {
        clusters.append(EpisodeCluster(placed, runCount: runs.count))
        end = placed.end
      }
    }
    return clusters.sorted { $0.order < $1.order }
  }

  private struct Placed {
    var run: Int
    var rule: String
    var episode: TrialEpisode

    var end: EventTime { episode.endedAt ?? EventTime(milliseconds: .max) }
    var order: (String, String, String, EventTime, Int) {
      (rule, episode.entityType.rawValue, episode.entity, episode.startedAt, run)
    }
  }

  private init(_ placed: Placed, runCount: Int) {
    ruleID = placed.rule
    entityType = placed.episode.entityType
    entity = placed.episode.entity
    episodes = Array(repeating: [], count: runCount)
    episodes[placed.run] = [placed.episode]
  }

  private func isOf(_ placed: Placed) -> Bool {
    (ruleID, entityType, entity)
      == (placed.rule, placed.episode.entityType, placed.episode.entity)
  }

  private var order: (EventTime, String, String, String) {
    (startedAt, ruleID, entityType.rawValue, entity)
  }
}
