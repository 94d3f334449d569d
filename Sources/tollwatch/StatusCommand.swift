import AlertStore
import ArgumentParser
import Foundation
import RuleFiles
import Terminal

/// Says what a service does: by itself, where it runs, or from what it wrote into its database last.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows how far a running service has come.",
    discussion: """
        tollwatch status --config /etc/tollwatch/tollwatch.yaml
      """)

  @Option(help: "The configuration file of the service.")
  var config: String

  @Option(help: "json or text; text at a terminal, else json.")
  var output: OutputForm?

  func run() throws {
    try Stop.catching {
      let path = try store()
      guard let json = try ControlSocket.ask(besideDatabase: path) ?? lastWord(path) else {
        throw Stop(ExitStatus.noInput, "\(path): no service has written to it")
      }
      let isText = (output ?? (Screen.output.isTerminal ? .text : .json)) == .text
      print(isText ? try text(ServiceStatus(json: json)) : json)
    }
  }

  /// What the service wrote last; a dead one must not seem to run.
  private func lastWord(_ path: String) throws -> String? {
    guard let kept = try? AlertReader.open(path: path).service(ServiceStatus.key) else {
      return nil
    }
    var status = try ServiceStatus(json: kept)
    guard status.isOfTheDead else { return kept }
    status.state = ServiceStatus.dead
    return status.json
  }

  /// A configuration that became wrong under a running service tells where that is all the same.
  private func store() throws -> String {
    let (configuration, diagnostics) = ConfigurationLoader.examine(path: config)
    let faults = diagnostics.filter { $0.severity == .error }
    for fault in faults { StandardError.writeLine(fault.description) }
    guard let path = configuration.store else {
      throw Stop(ExitStatus.configuration, "\(config): names no store")
    }
    return path
  }

  private func received(_ received: ServiceStatus.Received) -> String {
    var text = ", \(received.messages) lines received"
    if received.dropped > 0 { text += ", \(received.dropped) too long" }
    if received.refusedConnections > 0 {
      text += ", \(received.refusedConnections) connections refused"
    }
    if received.removedBytes > 0 { text += ", \(received.removedBytes) bytes removed for room" }
    return text + (received.isBlocked ? ", the disk takes no more" : "")
  }

  private func unparsed(_ status: ServiceStatus) -> String {
    let share = status.unparsedShare.map { " (\(($0 * 10_000).rounded() / 100) %)" } ?? ""
    return "\(status.unparsed) lines unparsed\(share)"
  }

  private func dictionary<Value>(_ values: [String: Value]?) -> [(String, Value)] {
    (values ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func text(_ status: ServiceStatus) -> String {
    var lines = [
      "\(status.line)",
      "process \(status.processID) since \(status.startedAt), told at \(status.updatedAt)",
      "\(status.records) records, \(unparsed(status)), \(status.late) late; "
        + "\(status.keys ?? 0) keys, \(status.series ?? 0) series, \(status.rules) rules",
    ]
    if let time = status.committedAt { lines[1] += ", committed last at \(time)" }
    for source in status.sources {
      lines.append(
        "\(source.name): \(source.path ?? "no file open"), event time "
          + "\(source.eventTime ?? "none"), \(source.lagBytes) bytes to read"
          + (source.waitingSegments > 0 ? ", \(source.waitingSegments) segments wait" : "")
          + (source.isExcluded ? ", silent" : "")
          + (source.received.map(received) ?? ""))
      if let problem = source.problem { lines.append("\(source.name): told last: \(problem)") }
    }
    lines += dictionary(status.waitingRules).map { "\($0): \($1)" }
    lines += dictionary(status.refused).map { "no room for \($1) \($0)" }
    if status.waitingBackfills > 0 { lines.append("\(status.waitingBackfills) late archives wait") }
    return lines.map { TerminalText.escaped($0) }.joined(separator: "\n")
  }
}
