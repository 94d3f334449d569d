import AlertStore
import ArgumentParser
import Detection
import RuleFiles
import Sinks
import Terminal

/// Everything that is known of one alert.
struct AlertsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one alert: reason, numbers, history, evidence, rule.",
    discussion: """
      ID is the whole identifier, or as much of its beginning as no other alert has:

        tollwatch alerts show --db incident.sqlite 9b47f8
        tollwatch alerts show --db incident.sqlite 9b47f8 --rules my-rules/
      """)

  private static let candidateCountMax = 10

  @Option(help: "The SQLite database that a replay wrote; it is only read.")
  var db: String

  @Option(help: "Rule files or folders that may hold its rule, besides the shipped ones.")
  var rules: [String] = []

  @Argument(help: "The identifier, or how it begins; 'tollwatch alerts list' has them.")
  var id: String

  func run() throws {
    try Stop.catching {
      let reader = try AlertReader.open(path: db)
      var query = AlertQuery()
      query.ids = [try identifier(in: reader)]
      guard let alert = try reader.alerts(query).first else { return }
      let page = AlertPage(
        alert, revisions: try reader.revisions(of: alert.id),
        evidence: try reader.evidence(of: alert.id), rule: rule(alert.ruleID))
      var output = BufferedOutput()
      for line in page.lines(on: .output) { try output.writeLine(line) }
      try output.flush()
    }
  }

  private func identifier(in reader: AlertReader) throws -> String {
    guard !id.isEmpty else { throw Stop(ExitStatus.usage, "Name an alert by how its id begins.") }
    let ids = try reader.alertIDs(
      beginningWith: id.lowercased(), countMax: Self.candidateCountMax + 1)
    guard let first = ids.first else {
      throw Stop(
        ExitStatus.noInput,
        "\(db) has no alert whose id begins with '\(id)'; "
          + "'tollwatch alerts list --db \(db)' has them")
    }
    if ids.count == 1 || first == id { return first }
    let more = ids.count > Self.candidateCountMax ? ["…"] : []
    let shown = (ids.prefix(Self.candidateCountMax) + more).joined(separator: "\n  ")
    throw Stop(
      ExitStatus.usage, "'\(id)' is the beginning of several ids; write one more digit:\n  \(shown)"
    )
  }

  /// The rule as it is today; what is wrong with rule files does not keep an alert from being
  /// shown.
  private func rule(_ id: String) -> Rule? {
    do throws(Stop) {
      let loaded = try RulesCommand.load(rules, shipped: RulesCommand.shippedFiles)
      return loaded.ruleSet.rules.first { $0.id == id }
    } catch {
      StandardError.writeLine(error.message)
      return nil
    }
  }
}
