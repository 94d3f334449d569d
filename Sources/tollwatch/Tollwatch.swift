import ArgumentParser
import Detection

/// The command line.
@main struct Tollwatch: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tollwatch",
    abstract: "Watches the traffic that passes an API gateway, from its compressed access logs.",
    discussion: """
      Begin with the logs that you have; nothing must be configured:

        tollwatch replay --report page.html 'access.log*'
        tollwatch simulate --seed 7 --days 15 --out drill
      """,
    version: version,
    subcommands: [
      ReplayCommand.self, RunCommand.self, StatusCommand.self, StateCommand.self, MarkCommand.self,
      CheckCommand.self,
      RegistryCommand.self, RulesCommand.self, TraceCommand.self, AlertsCommand.self,
      UsageCommand.self, BaselineCommand.self, SimulateCommand.self,
      FingerprintCommand.self, FormatsCommand.self, ExamCommand.self,
      ManualCommand.self,
    ])

  /// A misspelt command is told with the one that was meant.
  ///
  /// What is no task of its own runs on the first thread: the threads of tasks begin by asking for
  /// a priority, which a sandbox refuses, with words in the journal.
  @MainActor static func main() async {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    if let word = CommandLine.arguments.dropFirst().first, !word.hasPrefix("-"), word != "help",
      !names.contains(word)
    {
      let nearest = NearestWord.nearest(to: word, among: names).map { "; did you mean '\($0)'?" }
      StandardError.writeLine(
        "there is no command '\(word)'\(nearest ?? "; 'tollwatch --help' lists them")")
      Self.exit(withError: ExitStatus.usage)
    }
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch { Self.exit(withError: error) }
  }
}
