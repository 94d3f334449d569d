import AccessLog
import ArgumentParser
import Detection
import Foundation
import LogSurvey
import Pipeline
import Terminal

/// Tells what each rule had to say of a caller at a moment, and the numbers that decided it.
struct RulesExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tells why each rule alerted, or did not: the numbers that decided it at a moment.",
    discussion: """
      The logs are replayed up to that moment with all rules; then each rule tells its verdict on \
      the entity: what it saw, what is usual, and from which count on there would be an alert. Of \
      a key its supplier, application and tier are explained, too. Give the logs from as far back \
      as the rules must learn from: what was not read was not learnt.

        tollwatch rules explain --entity northwind-1 --at 2026-03-09T12:00:00Z \
      --registry registry.yaml archive/access.log*
        tollwatch rules explain --entity northwind-1 --at 2026-03-09T12:00:00Z --db incident.sqlite

      A database keeps alerts, not the state of rules: it answers with the alerts that were open, \
      and names the logs to give for the rest. The exit status is 66 where nothing of that name \
      had been seen by then.
      """)

  @Option(help: "A key as logged, as named or its fingerprint; a supplier, address, route, ….")
  var entity: String

  @Option(
    help: "The moment: 2026-11-21T09:00:00Z; all before it has been seen.",
    transform: ReplayCommand.time)
  var at: EventTime

  @Option(help: "Only this rule; may be repeated.")
  var rule: [String] = []

  @OptionGroup var input: InputOptions

  @OptionGroup var marks: MarkOptions

  @Option(help: "The SQLite database that a replay wrote, instead of logs; it is only read.")
  var db: String?

  @Option(help: "Who owns which key: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @Option(help: "json or text.")
  var output: OutputForm = .text

  @Argument(help: "Logs: files, globs, folders, or - for standard input.")
  var logs: [String] = []

  func validate() throws {
    if db != nil, !logs.isEmpty { throw ValidationError("Name logs or a --db, not both.") }
    if db == nil, logs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, a --db, or a --config that names its logs.")
    }
  }

  func run() async throws {
    try await Stop.catchingAsync {
      let text: String
      if let db {
        text = try StoredExplanation(self, path: db).text(on: .output)
      } else {
        let report = ExplanationReport(try await explanation())
        text = output == .json ? report.json : report.text(on: .output)
      }
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
  }

  private func explanation() async throws -> Explanation {
    var options = input.replayOptions(logs: logs)
    options.registry = registry
    options.rules = rules
    options.marks = marks.mark
    options.to = EventTime(milliseconds: at.milliseconds.ceiled(to: 1000))
    let plan = try ReplayPlan(options)
    for note in plan.notes { StandardError.writeLine(note) }
    var explanation = try await answer(plan)
    guard explanation.entity != nil else { throw unknown(explanation, plan) }
    guard !rule.isEmpty else { return explanation }
    let known = explanation.rules.map(\.rule)
    for id in rule where !known.contains(id) {
      let nearest = NearestWord.nearest(to: id, among: known).map { "; did you mean '\($0)'?" }
      throw Stop(ExitStatus.usage, "There is no rule '\(id)'\(nearest ?? "").")
    }
    explanation.rules.removeAll { !rule.contains($0.rule) }
    return explanation
  }

  private func answer(_ plan: ReplayPlan) async throws -> Explanation {
    let names = EntityNames.all(of: entity, plan.registry, plan.fingerprints)
    var pipeline = plan.pipeline(inquiry: Inquiry(names: names, time: at))
    try await LogWalk(plan).run(into: &pipeline)
    guard let explanation = pipeline.explanation() else {
      preconditionFailure("the pipeline was asked")
    }
    return explanation
  }

  private func unknown(_ explanation: Explanation, _ plan: ReplayPlan) -> Stop {
    guard let first = explanation.firstTime else {
      return Stop(ExitStatus.noInput, "no record came before \(at.rfc3339)")
    }
    let hint = EntityNames.hint(near: entity, plan.registry)
    return Stop(
      ExitStatus.noInput,
      "nothing named '\(entity)' was seen from \(first.rfc3339) to \(at.rfc3339)\(hint)")
  }
}

extension Int64 {
  /// The least multiple of `unit` that is not below.
  func ceiled(to unit: Int64) -> Int64 {
    (self + unit - 1).floorDivided(by: unit) * unit
  }
}
