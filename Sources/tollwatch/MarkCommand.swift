import AccessLog
import AlertStore
import ArgumentParser
import Detection
import RuleFiles

/// Tells a service that something was done: rules with `after` look back to it.
struct MarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mark",
    abstract: "Notes a deploy, a campaign or the like, for rules that look back to it.",
    discussion: """
      A rule with 'after: {mark: deploy, within: 1h}' speaks within an hour after the mark alone. \
      The mark goes into the journal of the service, so that 'replay --journal' finds the same; where \
      no service runs, the next one takes it. Other commands take marks by --mark.

        tollwatch mark deploy --config /etc/tollwatch/tollwatch.yaml
        tollwatch mark spring-sale --at 2026-03-20T08:00:00Z --config tollwatch.yaml
        tollwatch replay --rules my-rules/ --mark deploy=2026-03-09T12:00:00Z 'access.log*'
      """)

  @Argument(help: "Its name: lower case letters, digits and hyphens.")
  var name: String

  @Option(help: "When it was, or will be; now if left out.", transform: ReplayCommand.time)
  var at: EventTime?

  @Option(help: "The configuration file of the service.")
  var config: String

  func validate() throws { try Self.check(name) }

  /// `deploy=2026-11-20T10:00:00Z`.
  @Sendable static func mark(_ text: String) throws -> Mark {
    guard let sign = text.firstIndex(of: "=") else {
      throw ValidationError("'\(text)' is no mark; write deploy=2026-11-20T10:00:00Z.")
    }
    let name = String(text[..<sign])
    try check(name)
    return Mark(name: name, time: try ReplayCommand.time(String(text[sign...].dropFirst())))
  }

  private static func check(_ name: String) throws {
    guard Mark.isLegal(name: name) else {
      throw ValidationError("'\(name)' is no mark; use lower case letters, digits and hyphens.")
    }
  }

  func run() throws {
    try Stop.catching {
      let (configuration, diagnostics) = ConfigurationLoader.examine(path: config)
      guard let path = configuration.store else {
        for fault in diagnostics { StandardError.writeLine(fault.description) }
        throw Stop(ExitStatus.configuration, "\(config): names no store")
      }
      let mark = Mark(name: name, time: at ?? ServiceClock.utc)
      switch ControlSocket.set(mark, besideDatabase: path) {
      case true: StandardError.writeLine("the mark '\(name)' holds from \(mark.time.rfc3339) on")
      case false:
        throw Stop(ExitStatus.failed, "\(path): the service did not take the mark; try it again")
      case nil: try keep(mark, in: path)
      }
    }
  }

  /// Where no service runs; where one does not answer, it holds the database.
  private func keep(_ mark: Mark, in path: String) throws {
    var hasRoom = false
    do throws(StoreFault) {
      let store = try AlertStore.open(path: path, createdBy: "tollwatch \(Tollwatch.version)")
      var kept = KeptMarks(json: try store.service(DetectionService.marksKey))
      hasRoom = kept.add(mark)
      var batch = StoreBatch()
      batch.service[DetectionService.marksKey] = kept.json
      try store.write(batch)
      try store.close()
    } catch { throw Stop(error) }
    guard hasRoom else {
      throw Stop(ExitStatus.failed, "\(path): \(KeptMarks.countMax) marks wait for a service")
    }
    StandardError.writeLine(
      "no service runs; the next one takes the mark '\(name)', which holds from "
        + "\(mark.time.rfc3339) on")
  }
}

/// Marks of a run over historical logs.
struct MarkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A mark for rules with 'after': deploy=2026-11-20T10:00:00Z; may be repeated.",
      valueName: "name=time"), transform: MarkCommand.mark)
  var mark: [Mark] = []
}
