import ArgumentParser

/// The command line.
@main struct Tollwatch: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "tollwatch",
    abstract: "Watches the traffic that passes an API gateway, from its compressed access logs.",
    version: version,
    subcommands: [
      ReplayCommand.self, CheckCommand.self, RegistryCommand.self, RulesCommand.self,
      TraceCommand.self, AlertsCommand.self, UsageCommand.self, SimulateCommand.self,
      FingerprintCommand.self, FormatsCommand.self, ExamCommand.self,
    ])
}
