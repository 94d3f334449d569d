import AccessLog
import Detection
import RuleFiles
import RuleWorkshop
import Terminal

/// What each setting of a rule would have found, for people and for programs.
struct BacktestReport {
  private let backtest: Backtest
  private let troubleCountMax: Int
  private let clusters: [EpisodeCluster]

  /// - Parameter limit: Troubles that are listed for people; 0 for all.
  init(_ backtest: Backtest, limit: Int) {
    self.backtest = backtest
    troubleCountMax = limit == 0 ? .max : limit
    clusters = EpisodeCluster.clusters(
      of: backtest.settings.map(\.episodes), ruleID: { _ in backtest.ruleID })
  }

  // MARK: - Text

  func text(on screen: Screen) -> String {
    (heading + [settingTable.text(on: screen)] + troubles(on: screen) + backtest.notes)
      .joined(separator: "\n")
  }

  private var heading: [String] {
    guard let from = backtest.from, let to = backtest.to else { return ["no record came"] }
    return ["\(backtest.ruleID) from \(from.rfc3339) to \(to.rfc3339)", ""]
  }

  private var settingTable: Table {
    var table = Table([
      .text("setting"), .number("alerts"), .number("a day"), .number("entities"),
      .number("for each"), .flexible("most"),
    ])
    for setting in backtest.settings {
      let counts = Self.counts(setting.episodes)
      let total = setting.episodes.count
      let most = counts.first.map { "\($0.entity) \(Quantity.count($0.count))" }
      table.add([
        Self.name(setting), Quantity.count(total),
        Quantity.number(Double(total) / backtest.dayCount), Quantity.count(counts.count),
        counts.isEmpty ? "" : Quantity.number(Double(total) / Double(counts.count)),
        setting.sleepReason ?? most ?? "",
      ])
    }
    return table
  }

  private static func name(_ setting: Backtest.Setting) -> String {
    setting.edits.isEmpty
      ? "as it is"
      : setting.edits.map { "\($0.path.joined(separator: "."))=\($0.value)" }
        .joined(separator: " ")
  }

  /// A trouble a row, with the settings that find it, in the order of the table above.
  private func troubles(on screen: Screen) -> [String] {
    guard !clusters.isEmpty else { return ["", "no setting finds anything"] }
    var table = Table([.text("since"), .text("about"), .text("found"), .flexible("it says")])
    for cluster in clusters.prefix(troubleCountMax) {
      let found = backtest.settings.indices.map { cluster.isFound(by: $0) ? "●" : "·" }
      table.add([
        String(cluster.startedAt.rfc3339.prefix(16)), cluster.entity, found.joined(),
        cluster.all.first?.reason ?? "",
      ])
    }
    let left = clusters.count - table.rows.count
    let more = left > 0 ? ["and \(Quantity.count(left)) more; --limit 0 lists all"] : []
    return ["", "which, by the settings in the order above", table.text(on: screen)] + more
  }

  /// Entities with their alerts, the most first.
  private static func counts(
    _ episodes: [TrialEpisode]
  ) -> [(type: EntityType, entity: String, count: Int)] {
    struct Who: Hashable {
      var type: EntityType
      var entity: String
    }
    return Dictionary(grouping: episodes) { Who(type: $0.entityType, entity: $0.entity) }
      .map { (type: $0.type, entity: $0.entity, count: $1.count) }
      .sorted { ($1.count, $0.entity, $0.type.rawValue) < ($0.count, $1.entity, $1.type.rawValue) }
  }

  // MARK: - JSON

  private struct Document: Encodable {
    struct Entity: Encodable {
      var entityType: String
      var entity: String
      var alerts: Int
    }

    struct Setting: Encodable {
      var values: [String: String]
      var alerts: Int
      var alertsADay: Double
      var entities: [Entity]
      var sleepReason: String?
      var episodes: [EpisodeRow]
    }

    var rule: String
    var from: String?
    var to: String?
    var days: Double
    var settings: [Setting]
    var notes: [String]
  }

  /// One object, with its keys in a fixed order.
  var json: String {
    JSONPage.text(
      Document(
        rule: backtest.ruleID, from: backtest.from?.rfc3339, to: backtest.to?.rfc3339,
        days: backtest.dayCount, settings: backtest.settings.map(document),
        notes: backtest.notes))
  }

  private func document(_ setting: Backtest.Setting) -> Document.Setting {
    Document.Setting(
      values: Dictionary(
        setting.edits.map { ($0.path.joined(separator: "."), $0.value) },
        uniquingKeysWith: { $1 }),
      alerts: setting.episodes.count,
      alertsADay: Double(setting.episodes.count) / backtest.dayCount,
      entities: Self.counts(setting.episodes).map {
        Document.Entity(entityType: $0.type.rawValue, entity: $0.entity, alerts: $0.count)
      },
      sleepReason: setting.sleepReason,
      episodes: setting.episodes.map { EpisodeRow($0, ruleID: backtest.ruleID) })
  }
}

/// An alert of a trial run, as programs get it. Its id is that of no alert that was kept.
struct EpisodeRow: Encodable {
  var rule: String
  var severity: String
  var entityType: String
  var entity: String
  var startedAt: String
  var detectedAt: String
  var endedAt: String?
  var reason: String

  init(_ episode: TrialEpisode, ruleID: String? = nil) {
    rule = ruleID ?? episode.ruleID
    severity = episode.severity.rawValue
    entityType = episode.entityType.rawValue
    entity = episode.entity
    startedAt = episode.startedAt.rfc3339
    detectedAt = episode.detectedAt.rfc3339
    endedAt = episode.endedAt?.rfc3339
    reason = episode.reason
  }
}
