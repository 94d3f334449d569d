import AccessLog
import AlertStore
import Detection
import Terminal

/// What a database can tell of a moment: the alerts that were open, and which logs to give for
/// the rest.
struct StoredExplanation {
  private let command: RulesExplainCommand
  private let reader: AlertReader
  private let path: String
  private static let alertCountMax = 100
  private static let fileCountMax = 8
  /// An alert is open until it has been quiet for some time, at most this.
  private static let quietMillisecondsMax: Int64 = 7 * 86_400_000

  init(_ command: RulesExplainCommand, path: String) throws {
    self.command = command
    self.path = path
    do throws(StoreFault) {
      reader = try AlertReader.open(path: path)
    } catch { throw Stop(error) }
  }

  func text(on screen: Screen) throws -> String {
    do {
      guard command.output == .text else { return try json() }
      return try lines(columns: screen.columns).joined(separator: "\n")
    } catch let fault as StoreFault { throw Stop(fault) }
  }

  private func json() throws -> String {
    struct Document: Encodable {
      struct Open: Encodable {
        var id: String
        var rule: String
        var entity: String
        var reason: String
      }

      var time: String
      var alerts: [Open]
      var replay: String
    }
    return JSONPage.text(
      Document(
        time: command.at.rfc3339,
        alerts: try openAlerts().map {
          .init(id: $0.id, rule: $0.ruleID, entity: $0.entity, reason: $0.reason)
        }, replay: try replay()))
  }

  private func lines(columns: Int?) throws -> [String] {
    let alerts = try openAlerts()
    var lines = ["\(TerminalText.escaped(command.entity)) at \(command.at.rfc3339)", ""]
    for alert in alerts {
      lines.append(
        "ALERT     \(alert.ruleID) (\(alert.kind)): \(TerminalText.escaped(alert.entity))")
      let texts = [
        "alert \(alert.id.prefix(8)) since \(alert.startedAt.rfc3339)",
        TerminalText.escaped(alert.reason),
      ]
      lines += texts.flatMap { text in
        (columns.map { DisplayWidth.wrap(text, to: $0 - 10) } ?? [text])
          .map { String(repeating: " ", count: 10) + $0 }
      }
      lines.append("")
    }
    if alerts.isEmpty { lines += ["no alert about it was open", ""] }
    let note =
      "The database keeps alerts and usage, not the state of rules. For the numbers of each rule, "
      + "replay the logs, with older ones to learn from\(try covered()):"
    lines += columns.map { DisplayWidth.wrap(note, to: $0) } ?? [note]
    return lines + ["", "  " + (try replay())]
  }

  /// Alerts about it, and about its supplier's or keys', that had been told and were not over.
  private func openAlerts() throws -> [Alert] {
    var query = AlertQuery()
    query.from = EventTime(milliseconds: command.at.milliseconds - Self.quietMillisecondsMax)
    query.to = command.at
    query.includesEvidence = false
    query.countMax = Self.alertCountMax
    var named = query
    named.entities = [command.entity]
    var supplied = query
    supplied.suppliers = [command.entity]
    let found = try reader.alerts(named) + reader.alerts(supplied)
    var seen: Set<String> = []
    return found.filter {
      $0.detectedAt <= command.at && ($0.endedAt == nil || $0.revisedAt > command.at)
        && (command.rule.isEmpty || command.rule.contains($0.ruleID))
        && seen.insert($0.id).inserted
    }
  }

  /// `; edge has the moment` for sources that were read then.
  private func covered() throws -> String {
    let sources = try reader.coverage().filter {
      $0.kind == .analysed && $0.startedAt <= command.at && command.at <= $0.endedAt
    }
    let names = Set(sources.map(\.source)).sorted().map(TerminalText.escaped)
    guard !names.isEmpty else { return ", of which it has none that reach to then" }
    return "; it has read \(names.joined(separator: ", ")) up to then"
  }

  /// The command that answers the rest, with the files that evidence of alerts lies in.
  private func replay() throws -> String {
    var query = AlertQuery()
    query.to = command.at
    query.order = .latestFirst
    query.countMax = Self.alertCountMax
    query.includesEvidence = false
    var files: [String] = []
    for alert in try reader.alerts(query) {
      for line in try reader.evidence(of: alert.id) where files.count < Self.fileCountMax {
        guard let file = line.file, !files.contains(file) else { continue }
        files.append(file)
      }
    }
    let words =
      ["tollwatch", "rules", "explain", "--entity", command.entity, "--at", command.at.rfc3339]
      + (command.input.config.map { ["--config", $0] } ?? [])
      + command.registry.flatMap { ["--registry", $0] }
      + command.rules.flatMap { ["--rules", $0] }
    let logs = files.isEmpty ? "LOG…" : ShellText.command(files.sorted())
    return ShellText.command(words) + " " + logs
  }
}
