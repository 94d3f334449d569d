import AccessLog
public import ArgumentParser
import Detection
import Foundation
import Ingest
public import LogSurvey
import Pipeline
import Sinks
import Terminal

/// Everything about one key, supplier, address, network or request.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Follows one key, supplier, address, network or request through logs or a database.",
    discussion: """
      ENTITY is a key (its name in the registry, as logged, or its fingerprint), a supplier, an \
      address, a network, or a request id. Shown are its first and last request, from where and \
      for what, hour by hour, and its alerts; from an address its keys, from a key its addresses. \
      A raw key on a command line stays in the shell's history: 'tollwatch fingerprint' reads \
      it from standard input and gives the fingerprint to trace.

        tollwatch trace northwind-1 --registry registry.yaml /var/log/nginx/
        tollwatch trace 192.0.2.7 access.log.1.gz
        tollwatch trace 192.0.2.0/24 --db incident.sqlite
        tollwatch trace key:3f9a0c1d2b4e5f60 --db incident.sqlite --from 2026-11-20
        tollwatch trace 7f3c5d0e9b2a4c6d --kind request-id access.log
      """)

  @OptionGroup var input: InputOptions

  @Option(help: "The SQLite database that a replay wrote, instead of logs; it is only read.")
  var db: String?

  @Option(help: "What ENTITY is, where its text could mean several things.")
  var kind: EntityHistory.Kind?

  @Option(help: "Who owns which key: YAML, JSON or CSV; may be repeated.")
  var registry: [String] = []

  @Option(help: "Rule files or folders, besides the shipped ones; may be repeated.")
  var rules: [String] = []

  @OptionGroup var span: SpanOptions

  @Option(help: "json or text; text at a terminal, else text too.")
  var output: OutputForm = .text

  @Argument(help: "A key, supplier, address, network or request id.")
  var entity: String

  @Argument(help: "Logs: files, globs, folders, or - for standard input.")
  var logs: [String] = []

  func validate() throws {
    if db != nil, !logs.isEmpty { throw ValidationError("Name logs or a --db, not both.") }
    if db == nil, logs.isEmpty, input.config == nil {
      throw ValidationError("Name a LOG, a --db, or a --config that names its logs.")
    }
    if db == nil, span.countsBack {
      throw ValidationError("A time that counts back needs a --db; logs have no known end.")
    }
  }

  func run() async throws {
    try await Stop.catchingAsync {
      let report: TraceReport
      if let db {
        report = try StoredTrace(self, path: db).found()
      } else {
        report = try await foundInLogs()
      }
      let text = output == .json ? report.json : report.text(on: .output)
      try FileHandle.standardOutput.write(contentsOf: Data((text + "\n").utf8))
    }
  }

  // MARK: - Logs

  private func foundInLogs() async throws -> TraceReport {
    var options = input.replayOptions(logs: logs)
    options.registry = registry
    options.rules = rules
    options.columns = EntityTrace.columns
    (options.from, options.to) = try span.resolved(end: nil)
    let plan = try ReplayPlan(options)
    for note in plan.notes { StandardError.writeLine(note) }
    let fingerprints = plan.fingerprints
    let target = TraceTarget(entity, kind: kind, registry: plan.registry) {
      fingerprints.name(for: $0)
    }
    var trace = EntityTrace(
      target, registry: plan.registry, hash: fingerprints.tableHash,
      span: (from: options.from, to: options.to)
    ) { fingerprints.name(for: $0) }
    var latest: [String: Alert] = [:]
    try await follow(plan, &trace, &latest)
    guard let history = trace.history() else {
      throw silent(in: plan.registry) ?? notFound(trace.nearNames)
    }
    let names = trace.alertEntities
    let callers = history.callers
    let alerts = latest.values.filter {
      names.contains($0.entity) && history.kind.entityTypes.contains($0.entityType)
        || history.kind == .supplier && $0.supplier == entity
        || $0.entityType == .key && callers.contains($0.entity)
    }
    return TraceReport(history, alerts: Array(alerts))
  }

  /// Reads all, with the engine beside the trace.
  private func follow(
    _ plan: ReplayPlan, _ trace: inout EntityTrace, _ latest: inout [String: Alert]
  ) async throws {
    var pipeline = plan.pipeline()
    let walk = LogWalk(plan)
    try await walk.run { step, index in
      var alerts: [Alert] = []
      let source = plan.sources[index]
      if case .batch(let batch) = step {
        trace.observe(
          batch, source: source.name, file: source.segments[batch.segmentIndex].path,
          parser: source.parser)
      }
      pipeline.take(step, from: index, into: &alerts)
      while let used = pipeline.spareBatch() { walk.give(used) }
      for alert in alerts { latest[alert.id] = alert }
      return pipeline.clock(of: index)
    }
  }

  /// What the registry knows and the logs do not.
  func silent(in registry: KeyRegistry) -> Stop? {
    let key = registry.keys.first { $0.name == entity }
    guard key != nil || registry.suppliers.contains(where: { $0.name == entity }) else {
      return nil
    }
    let owner = key.flatMap(\.supplier).map { " of \(registry.suppliers[$0].name)" } ?? ""
    let what = key == nil ? "supplier" : "key"
    return Stop(
      ExitStatus.noInput,
      "the registry has the \(what) '\(entity)'\(owner), and no request of it is here")
  }

  func notFound(_ near: [String]) -> Stop {
    let what = kind.map { "\($0.rawValue) " } ?? ""
    var hint = near.isEmpty ? "" : "; near it are: \(near.joined(separator: ", "))"
    if db != nil, entity.hasPrefix("key:"), registry.isEmpty, input.config == nil {
      hint += "; a key of the registry is kept by its name, which --registry finds"
    }
    return Stop(ExitStatus.noInput, "there is no \(what)'\(entity)' in it\(hint)")
  }
}

extension EntityHistory.Kind: ExpressibleByArgument {}

extension EntityHistory {
  /// The keys that called from an address or a network: their alerts belong to its story.
  var callers: Set<String> {
    guard kind == .address || kind == .network else { return [] }
    return Set(lists.first { $0.title == "keys" }?.entries.map(\.text) ?? [])
  }
}

extension EntityHistory.Kind {
  /// As alerts call it.
  var entityTypes: [EntityType] {
    switch self {
    case .key: [.key]
    case .supplier: [.supplier]
    case .address: [.clientIP]
    case .network: [.network]
    case .requestID: []
    }
  }
}
