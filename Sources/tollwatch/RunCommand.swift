import AlertStore
import ArgumentParser
import Sinks
import Terminal

/// Watches logs as they are written, through every rotation, until it is stopped.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Follows the logs of a configuration and tells alerts as they are found.",
    discussion: """
      Logs may be rotated and compressed in any way. What was read and found is kept in the \
      store; after a stop or a crash it goes on where it was. SIGHUP reads the configuration, \
      rules and registry again; SIGTERM ends it.

        tollwatch run --config /etc/tollwatch/tollwatch.yaml

      The first start learns from what was rotated away beside the logs, as far back as 'backfill' \
      says, and with --bootstrap from older logs elsewhere, however old: what it finds there is \
      recorded and not printed. It remembers these places; later starts need not name them.

        tollwatch run --config /etc/tollwatch/tollwatch.yaml --bootstrap /srv/archive/
      """)

  @Option(help: "The configuration file.")
  var config: String

  @Option(
    parsing: .upToNextOption,
    help:
      "Older logs to learn from: files, folders, globs; SOURCE=LOG where there are several sources."
  )
  var bootstrap: [String] = []

  @Option(help: "json or text; text at a terminal, else json.")
  var output: OutputForm?

  func run() throws {
    // Whoever stops it while it starts gets a good end as well, and whoever asks for a reload then
    // does not end it.
    Interruption.listen()
    Interruption.listenForReload()
    CheckpointMemory.keep()
    try Stop.catching {
      let plan = try LivePlan(configurationPath: config)
      let archives = try Archives(bootstrap, sources: plan.sources.map(\.name))
      let screen = Screen.output
      let isText = (output ?? (screen.isTerminal ? .text : .json)) == .text
      let text = AlertText(
        isColored: screen.isColored, columns: { screen.columns }, file: { _ in nil })
      var service = DetectionService(
        plan, try DetectionService.openStore(plan),
        StandardOutput(isText ? .text(text) : .jsonLines), archives: archives)
      try service.run()
    }
  }
}
