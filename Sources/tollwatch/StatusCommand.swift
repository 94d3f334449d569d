import AlertStore
import ArgumentParser
import Foundation
import RuleFiles
import Terminal

/// Says what a service does, from what it wrote into its database last.
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
      var notes: [String] = []
      let configuration = try ReplayPlan.configuration(
        ReplayOptions(config: config), notes: &notes)
      guard let path = configuration.store else {
        throw Stop(ExitStatus.configuration, "\(config): names no store")
      }
      guard let json = try AlertReader.open(path: path).service(ServiceStatus.key) else {
        throw Stop(ExitStatus.noInput, "\(path): no service has written to it")
      }
      let isText = (output ?? (Screen.output.isTerminal ? .text : .json)) == .text
      print(isText ? try text(ServiceStatus(json: json)) : json)
    }
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

  private func text(_ status: ServiceStatus) -> String {
    var lines = [
      "\(status.line)",
      "process \(status.processID) since \(status.startedAt), told at \(status.updatedAt)",
      "\(status.records) records, \(status.unparsed) lines unparsed, \(status.rules) rules",
    ]
    for source in status.sources {
      lines.append(
        "\(source.name): \(source.path ?? "no file open"), event time "
          + "\(source.eventTime ?? "none"), \(source.lagBytes) bytes to read"
          + (source.waitingSegments > 0 ? ", \(source.waitingSegments) segments wait" : "")
          + (source.isExcluded ? ", silent" : "")
          + (source.received.map(received) ?? ""))
    }
    return lines.map { TerminalText.escaped($0) }.joined(separator: "\n")
  }
}
