import AccessLog
import ArgumentParser
import Detection
import Foundation
import Terminal

/// Answers what happened: historical logs in, explained alerts out.
struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replays access logs, plain or compressed, and prints what was out of the usual.",
    discussion: """
      LOG is a file, a glob, a folder, or - for standard input. Each log is a source with its \
      rotations, which are read in the order in which they were written; a configuration can \
      declare sources otherwise.

        tollwatch replay /var/log/nginx/
        tollwatch replay --registry registry.yaml --db incident.sqlite 'access.log*'
        tollwatch replay --report incident.html --from 2026-11-20 archive/
        tollwatch replay --detect-from 2026-11-01 --rules my-rules/ archive/
        tollwatch replay --config tollwatch.yaml --journal /var/lib/tollwatch/tollwatch.sqlite
        tollwatch replay --diff my-rules/ new-rules/ archive/access.log*
      """)

  @OptionGroup var input: InputOptions

  @OptionGroup var marks: MarkOptions

  @Option(help: "Who owns which key and what tier it bought: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @Option(help: "The SQLite database to write; nothing is written without it.")
  var db: String?

  @Option(help: "One HTML page of all that was found, written at the end.")
  var report: String?

  @Option(
    help: "The database of a service: does again what it did, and finds what it found.")
  var journal: String?

  @Option(
    help: "With --journal: a configuration that held before --config; may be repeated.")
  var earlierConfig: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Two rule files or folders: tells what the second would find otherwise, in one reading.",
      valueName: "old> <new"))
  var diff: [String] = []

  @Option(help: "json or text; text at a terminal, else json.")
  var output: OutputForm?

  @Option(
    help: "Leave out records before this time (2026-11-21T09:00:00Z, or a date).", transform: time)
  var from: EventTime?

  @Option(help: "Leave out records at or after this time.", transform: time)
  var to: EventTime?

  @Option(
    help: "Learn from what comes before this time, and alert only from it on.", transform: time)
  var detectFrom: EventTime?

  @Option(help: "Threads to inflate and parse with; the alerts are the same for any number.")
  var threads: Int?

  @Option(
    help: "Exit with 3 if an alert of this severity or a higher one was found.", transform: severity
  )
  var failOn: Severity?

  @Argument(help: "Files, globs, folders, or - for standard input.")
  var logs: [String] = []

  @Sendable static func time(_ text: String) throws -> EventTime {
    guard let time = EventTime(rfc3339: text) else {
      throw ValidationError("'\(text)' is no time; write 2026-11-21T09:00:00Z, or 2026-11-21.")
    }
    return time
  }

  @Sendable private static func severity(_ text: String) throws -> Severity {
    guard let severity = Severity(rawValue: text) else {
      let known = Severity.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("'\(text)' is no severity; there are: \(known).")
    }
    return severity
  }

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 256.")
    }
    if allLogs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, or a --config that names its logs.")
    }
    try checkJournal()
    try checkDiff()
    if let from, let to, to <= from { throw ValidationError("--to must be after --from.") }
  }

  /// What steers the engine besides the service's own journal would make other alerts.
  private func checkJournal() throws {
    guard journal != nil else {
      if earlierConfig.isEmpty { return }
      throw ValidationError("--earlier-config goes with --journal.")
    }
    if input.config == nil { throw ValidationError("--journal takes the service's --config.") }
    let isSteered =
      from != nil || to != nil || detectFrom != nil || !registry.isEmpty || !rules.isEmpty
      || !marks.mark.isEmpty || input.format != nil || input.logFormat != nil
      || !input.identity.isEmpty
    if isSteered || report != nil || threads != nil || failOn != nil {
      throw ValidationError(
        "--journal goes with --config, --earlier-config, --fingerprint-key, --db and --output.")
    }
  }

  /// What stands behind the two of `--diff` are logs, as they would be anywhere else.
  private var allLogs: [String] { diff.dropFirst(2) + logs }

  private func checkDiff() throws {
    guard !diff.isEmpty else { return }
    guard diff.count >= 2 else {
      throw ValidationError("--diff takes two rule files or folders, the old one first.")
    }
    if journal != nil || db != nil || report != nil || failOn != nil {
      throw ValidationError("--diff goes without --journal, --db, --report and --fail-on.")
    }
  }

  private func runDiff() async throws {
    let found = try await ReplayDiff.run(old: diff[0], new: diff[1], options)
    let report = ReplayDiffReport(found)
    let isText = (output ?? (Screen.output.isTerminal ? .text : .json)) == .text
    let text = isText ? report.text(on: .output) : report.json
    try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
  }

  func run() async throws {
    try await Stop.catchingAsync {
      if !diff.isEmpty { return try await runDiff() }
      if let journal, let configuration = input.config {
        return try JournalReplay.run(options(journal, configuration))
      }
      let plan = try ReplayPlan(options)
      var replay = try Replay(plan)
      try await replay.run()
      if replay.wasInterrupted { throw ExitStatus.interrupted }
      if let failOn, replay.hasAlert(atLeast: failOn) { throw ExitStatus.alertsFound }
    }
  }

  private func options(_ journal: String, _ configuration: String) -> JournalReplay.Options {
    JournalReplay.Options(
      journal: journal, configuration: configuration, earlierConfigurations: earlierConfig,
      fingerprintKey: input.fingerprintKey, logs: allLogs, database: db, output: output)
  }

  private var options: ReplayOptions {
    var options = input.replayOptions(logs: allLogs)
    options.registry = registry
    options.rules = rules
    options.marks = marks.mark
    options.db = db
    options.report = report
    options.output = output
    (options.from, options.to, options.detectFrom) = (from, to, detectFrom)
    options.threads = threads
    return options
  }
}
