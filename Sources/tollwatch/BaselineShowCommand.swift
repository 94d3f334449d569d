import AccessLog
import AlertStore
import ArgumentParser
import Detection
import Foundation
import Pipeline
import Report
import Terminal

/// Draws the week that was learnt of somebody, and what it would take for an alert.
struct BaselineShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Draws what is usual of a key, a supplier, a route, … at each hour of the week.",
    discussion: """
      For each hour of the week, in the supplier's own time zone, what is expected of a window, \
      and from which count on there would be an alert now. The logs are read up to that moment \
      and learnt from; of a running service, give its configuration and its database, which is \
      only read, and which has what was learnt by its last checkpoint.

        tollwatch baseline show northwind-1 --registry registry.yaml archive/access.log*
        tollwatch baseline show northwind --config tollwatch.yaml --svg week.svg
        tollwatch baseline show northwind-1 --config /etc/tollwatch/tollwatch.yaml \
      --db /var/lib/tollwatch/tollwatch.sqlite

      The exit status is 66 where nothing of that name was seen.
      """)

  @Argument(help: "A key as logged, as named or its fingerprint; a supplier, address, route, ….")
  var entity: String

  @Option(
    help: "The moment: 2026-11-21T09:00:00Z; the last record's if left out.",
    transform: ReplayCommand.time)
  var at: EventTime?

  @OptionGroup var input: InputOptions

  @Option(help: "The database of a running service, instead of logs; with its --config.")
  var db: String?

  @Option(help: "Who owns which key: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @Option(help: "Where to draw the week as SVG, too.")
  var svg: String?

  @Option(help: "json or text.")
  var output: OutputForm = .text

  @Argument(help: "Logs: files, globs, folders, or - for standard input.")
  var logs: [String] = []

  func validate() throws {
    if db != nil, !logs.isEmpty { throw ValidationError("Name logs or a --db, not both.") }
    if db != nil, input.config == nil {
      throw ValidationError("Name the service's --config beside its --db: it has rules and keys.")
    }
    if db != nil, !registry.isEmpty || !rules.isEmpty {
      throw ValidationError("With a --db the --config names registry and rules.")
    }
    if db != nil, at != nil {
      throw ValidationError("--at goes with logs; a --db has what is known now.")
    }
    if db == nil, logs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, or a --config that names its logs.")
    }
  }

  func run() async throws {
    try await Stop.catchingAsync {
      let report = LearntWeekReport(try await weeks())
      if let svg { try write(report, to: svg) }
      let text = output == .json ? report.json : report.text(on: .output)
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
  }

  private func weeks() async throws -> [LearntWeek] {
    if let db { return try stored(db) }
    var options = input.replayOptions(logs: logs)
    options.registry = registry
    options.rules = rules
    options.to = at.map { EventTime(milliseconds: $0.milliseconds.ceiled(to: 1000)) }
    let plan = try ReplayPlan(options)
    for note in plan.notes { StandardError.writeLine(note) }
    var pipeline = plan.pipeline()
    try await LogWalk(plan).run(into: &pipeline)
    return try weeks(of: pipeline, plan.registry, plan.fingerprints)
  }

  /// What the service knew at its last checkpoint.
  private func stored(_ path: String) throws -> [LearntWeek] {
    guard let config = input.config else { preconditionFailure("it was asked for") }
    let plan = try LivePlan(
      configurationPath: config, database: path, fingerprintKey: input.fingerprintKey)
    for note in plan.notes { StandardError.writeLine(note) }
    let checkpoint: Checkpoint?
    do {
      checkpoint = try AlertReader.open(path: path).checkpoint()
    } catch let fault as StoreFault { throw Stop(fault) }
    guard let checkpoint else {
      throw Stop(
        ExitStatus.noInput,
        "\(path): no service has kept there what it learnt; name logs instead")
    }
    let pipeline: Pipeline
    do throws(SnapshotFault) {
      pipeline = try plan.pipeline(restoring: checkpoint.state)
    } catch {
      throw Stop(ExitStatus.failed, "\(path): what was learnt cannot be read: \(error)")
    }
    return try weeks(of: pipeline, plan.registry, plan.fingerprints)
  }

  private func weeks(
    of pipeline: borrowing Pipeline, _ registry: KeyRegistry, _ fingerprints: Fingerprints
  ) throws(Stop) -> [LearntWeek] {
    let names = EntityNames.all(of: entity, registry, fingerprints)
    let weeks = pipeline.learntWeeks(of: names, at: at)
    guard weeks.isEmpty else { return weeks }
    let types = pipeline.whoHasWeeks.joined(separator: ", ")
    if let phrase = pipeline.phrase(ofAny: names) {
      throw Stop(
        ExitStatus.noInput,
        "of \(phrase) nothing is learnt by the hour; the rules learn what is usual per \(types)")
    }
    let hint = EntityNames.hint(near: entity, registry)
    throw Stop(ExitStatus.noInput, "nothing named '\(entity)' was seen\(hint)")
  }

  private func write(_ report: LearntWeekReport, to path: String) throws(Stop) {
    do throws(AtomicFile.Fault) {
      try AtomicFile.write(report.svg, to: path)
    } catch { throw Stop(ExitStatus.failed, "\(path): \(error)") }
  }
}
