import AccessLog
import Detection
import RuleWorkshop
import Terminal

/// What a change of rules would have done, for people and for programs.
struct ReplayDiffReport {
  private let diff: ReplayDiff

  init(_ diff: ReplayDiff) { self.diff = diff }

  // MARK: - Text

  func text(on screen: Screen) -> String {
    var lines: [String] = []
    if let from = diff.from, let to = diff.to {
      lines = ["\(diff.old) and \(diff.new), from \(from.rfc3339) to \(to.rfc3339)", ""]
    }
    lines.append(ruleTable.text(on: screen))
    lines +=
      list("gone", diff.gone, run: 0, on: screen) + list("new", diff.come, run: 1, on: screen)
    lines += movedLines(on: screen) + (diff.notes.isEmpty ? [] : [""] + diff.notes)
    return lines.joined(separator: "\n")
  }

  private var ruleTable: Table {
    var table = Table([
      .flexible("rule"), .text("change"), .number("old"), .number("new"), .number("gone"),
      .number("new only"), .number("moved"),
    ])
    for count in counts {
      table.add([
        count.rule, count.change,
        Quantity.count(count.oldAlerts), Quantity.count(count.newAlerts),
        Quantity.count(count.gone), Quantity.count(count.come), Quantity.count(count.moved),
      ])
    }
    return table
  }

  private func list(
    _ title: String, _ clusters: [EpisodeCluster], run: Int, on screen: Screen
  ) -> [String] {
    guard !clusters.isEmpty else { return [] }
    var table = Table([.text("since"), .text("rule"), .text("about"), .flexible("it says")])
    for episode in clusters.flatMap({ $0.episodes[run] }) {
      table.add([
        String(episode.startedAt.rfc3339.prefix(16)), episode.ruleID, episode.entity,
        episode.reason,
      ])
    }
    return ["", "\(title): \(Quantity.count(table.rows.count, "alert"))", table.text(on: screen)]
  }

  private func movedLines(on screen: Screen) -> [String] {
    guard !diff.moved.isEmpty else { return [] }
    var table = Table([.text("rule"), .text("about"), .text("told"), .text("instead of")])
    for cluster in diff.moved {
      let (old, new) = (cluster.detectedAt(by: 0), cluster.detectedAt(by: 1))
      table.add([
        cluster.ruleID, cluster.entity, new?.rfc3339 ?? "", old?.rfc3339 ?? "",
      ])
    }
    let title = "told at another time: \(Quantity.count(table.rows.count, "trouble"))"
    return ["", title, table.text(on: screen)]
  }

  // MARK: - JSON

  private struct RuleCount: Encodable {
    var rule: String
    var change: String
    var oldAlerts = 0
    var newAlerts = 0
    /// Troubles.
    var gone = 0
    var come = 0
    var moved = 0
  }

  private struct Document: Encodable {
    struct Moved: Encodable {
      var old: [EpisodeRow]
      var new: [EpisodeRow]
    }

    var old: String
    var new: String
    var from: String?
    var to: String?
    var rules: [RuleCount]
    var gone: [EpisodeRow]
    var come: [EpisodeRow]
    var moved: [Moved]
    var notes: [String]
  }

  private var counts: [RuleCount] {
    let byRule = Dictionary(grouping: diff.clusters, by: \.ruleID)
    return diff.rules.map { rule in
      var count = RuleCount(rule: rule.id, change: rule.change.rawValue)
      for cluster in byRule[rule.id] ?? [] {
        let (old, new) = (cluster.episodes[0], cluster.episodes[1])
        count.oldAlerts += old.count
        count.newAlerts += new.count
        count.gone += new.isEmpty ? 1 : 0
        count.come += old.isEmpty ? 1 : 0
        let isMoved = cluster.detectedAt(by: 0) != cluster.detectedAt(by: 1)
        count.moved += !old.isEmpty && !new.isEmpty && isMoved ? 1 : 0
      }
      return count
    }
  }

  /// One object, with its keys in a fixed order.
  var json: String {
    func rows(_ clusters: [EpisodeCluster], _ run: Int) -> [EpisodeRow] {
      clusters.flatMap { $0.episodes[run] }.map { EpisodeRow($0) }
    }
    return JSONPage.text(
      Document(
        old: diff.old, new: diff.new, from: diff.from?.rfc3339, to: diff.to?.rfc3339,
        rules: counts, gone: rows(diff.gone, 0), come: rows(diff.come, 1),
        moved: diff.moved.map { Document.Moved(old: rows([$0], 0), new: rows([$0], 1)) },
        notes: diff.notes))
  }
}
