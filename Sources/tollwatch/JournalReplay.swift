import AccessLog
import AlertStore
import Detection
import Foundation
import Ingest
import Pipeline
import Sinks
import Terminal

/// Does once more what a service did: the same bytes, steered by its journal, give the same
/// alerts, byte for byte, also where sources were silent or late and rules were changed.
struct JournalReplay: ~Copyable {
  /// What the command line says.
  struct Options {
    /// The service's database.
    var journal: String
    var configuration: String
    /// Those that held before.
    var earlierConfigurations: [String] = []
    var fingerprintKey: String?
    /// Where the logs are now, if not where the configuration says.
    var logs: [String] = []
    var database: String?
    var output: OutputForm?
  }

  private let options: Options
  private let journal: ServiceJournal
  private var plan: LivePlan
  private var pipeline: Pipeline
  private var output: StandardOutput
  private let store: AlertStore?
  private var sources: [JournalSource] = []
  private var alertCount = 0

  static func run(_ options: Options) throws {
    let journal = try ServiceJournal(options)
    let plan = try journal.firstPlan()
    var replay = JournalReplay(options, journal, plan, try store(options.database, plan))
    try replay.run()
  }

  private init(
    _ options: Options, _ journal: ServiceJournal, _ plan: LivePlan, _ store: AlertStore?
  ) {
    self.options = options
    self.journal = journal
    self.plan = plan
    self.store = store
    let screen = Screen.output
    let isText = (options.output ?? (screen.isTerminal ? .text : .json)) == .text
    let text = AlertText(
      isColored: screen.isColored, columns: { screen.columns }, file: { _ in nil })
    output = StandardOutput(isText ? .text(text) : .jsonLines)
    pipeline = plan.freshPipeline()
  }

  private static func store(_ path: String?, _ plan: LivePlan) throws -> AlertStore? {
    guard let path else { return nil }
    do throws(StoreFault) {
      let store = try AlertStore.open(path: path, createdBy: "tollwatch \(Tollwatch.version)")
      try store.setFingerprintKeyID(plan.fingerprints.identifier)
      return store
    } catch { throw Stop(error) }
  }

  private mutating func run() throws {
    try takeBase()
    openLogs()
    for entry in journal.entries.dropFirst(journal.base == nil ? 1 : 0) {
      try feed(to: entry)
      if entry.entry.kind == .configuration { try change(to: entry) }
      if entry.entry.kind == .backfill { try judge(entry.entry) }
    }
    try feed(to: nil)
    try end()
  }

  /// Begins where the journal does.
  private mutating func takeBase() throws {
    guard let base = journal.base else { return }
    do throws(SnapshotFault) {
      pipeline = try plan.pipeline(restoring: base.state)
    } catch { throw Stop(ExitStatus.failed, "the beginning of the journal: \(error)") }
    StandardError.writeLine(
      "the journal begins at \(pipeline.statistics.lastTime?.rfc3339 ?? "its service's start"); "
        + "what is older was dropped from it")
  }

  /// The logs of the plan; those that are open stay so.
  private mutating func openLogs() {
    var open: [JournalSource] = []
    for (index, source) in plan.sources.enumerated() {
      let known = sources.first { $0.name == source.name }
      known?.index = index
      open.append(
        known
          ?? JournalSource(
            source.name, index: index,
            positions: journal.positions.filter { $0.source == source.name }.map(TailPosition.init),
            first: journal.firstSegments,
            from: LogPlace(
              segment: pipeline.segmentIndex(of: index), offset: pipeline.offset(of: index)),
            paths: options.logs.isEmpty ? source.allPaths : options.logs))
    }
    sources = open
  }

  /// Puts in what the service had read when it came to `entry`, and lets that hold; nil is the end.
  private mutating func feed(to entry: SteeringEntry?) throws {
    var alerts: [Alert] = []
    for source in sources {
      if entry != nil, entry?.places?[source.name] == nil { continue }
      source.feed(&pipeline, before: entry?.places?[source.name], into: &alerts)
    }
    if let entry {
      pipeline.apply(entry.entry, into: &alerts)
    } else {
      pipeline.settle(into: &alerts)
    }
    _ = pipeline.takeJournal()
    try tell(alerts)
  }

  /// An archive that came late was judged here, by itself.
  private mutating func judge(_ entry: JournalEntry) throws {
    guard let log = LateLog(entry) else { return }
    let paths = options.logs.isEmpty ? nil : options.logs
    guard var backfill = Backfill(log, plan, in: paths, countsUsage: false) else {
      return StandardError.writeLine("\(log.name): is not to be found")
    }
    while !backfill.isOver { backfill.advance() }
    try tell(backfill.alerts)
    try write(StoreBatch(coverage: backfill.coverage))
  }

  /// What was learnt goes on under another plan, as it did in the service.
  private mutating func change(to entry: SteeringEntry) throws {
    plan = try journal.plan(of: entry)
    do throws(SnapshotFault) {
      pipeline = try plan.pipeline(restoring: pipeline.snapshot(seal: plan.fingerprints.seal))
    } catch { throw Stop(ExitStatus.failed, "\(error)") }
    openLogs()
  }

  private mutating func tell(_ alerts: [Alert]) throws {
    guard !alerts.isEmpty else { return }
    alertCount += alerts.count
    try write(StoreBatch(alerts: alerts))
    do throws(SinkFault) { try output.deliver(alerts) } catch { throw Stop(error) }
  }

  private func write(_ batch: StoreBatch) throws {
    do throws(StoreFault) { try store?.write(batch) } catch { throw Stop(error) }
  }

  private mutating func end() throws {
    try write(StoreBatch(coverage: StoreRows.coverage(pipeline.takeCoverage())))
    do throws(SinkFault) { try output.flush() } catch { throw Stop(error) }
    do throws(StoreFault) { try store?.close() } catch { throw Stop(error) }
    StandardError.writeLine(
      "\(pipeline.statistics.lineCount) lines, \(journal.entries.count) entries of the journal, "
        + "\(alertCount) revisions of alerts")
  }
}
