import ArgumentParser

/// Looks at the alerts of a database.
struct AlertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts",
    abstract: "Lists, shows and exports the alerts that a replay wrote to a database.",
    discussion: """
      The database is only read, also while a replay writes to it.

        tollwatch alerts list --db incident.sqlite --severity high --from -24h
        tollwatch alerts show --db incident.sqlite 9b47f8
        tollwatch alerts export --db incident.sqlite --output csv > alerts.csv
      """,
    subcommands: [AlertsListCommand.self, AlertsShowCommand.self, AlertsExportCommand.self])
}
