import AccessLog
import AlertStore
import ArgumentParser
import Detection
import Foundation
import Pipeline
import Sinks
import Terminal

/// One replay under way: sources merged by time into the pipeline, alerts out to standard
/// output and the database.
struct Replay {
  /// Alerts written to the database in one transaction at most.
  private static let storedCountMax = 1000

  private let plan: ReplayPlan
  private var output: StandardOutput
  private let store: AlertStore?
  private var usage: StoredUsage?
  private var stored: [Alert] = []
  private var report: ReplayReport
  private var recorder: InvestigationRecorder?
  private let progress: ReplayProgress
  /// Alerts and progress share a screen: then alerts are shown as they come.
  private let isOutputTerminal = Screen.output.isTerminal
  private var unverified: [UnverifiedBytes] = []
  /// Of the alerts that this run wrote to the database.
  private var ownIDs: Set<String> = []
  private var worst: Severity?

  var wasInterrupted: Bool { Interruption.isRequested }

  init(_ plan: ReplayPlan) throws(Stop) {
    self.plan = plan
    let screen = Screen.output
    let isText = (plan.command.output ?? (screen.isTerminal ? .text : .json)) == .text
    let paths = plan.segmentPaths
    let text = AlertText(
      isColored: screen.isColored, columns: { screen.columns },
      file: { paths[$0.source]?[$0.segmentIndex] })
    output = StandardOutput(isText ? .text(text) : .jsonLines)
    report = ReplayReport(plan)
    progress = ReplayProgress(plan.sources)
    recorder = plan.command.report.map { InvestigationRecorder(plan, path: $0) }
    store = try Self.openStore(plan)
    usage = store.map { StoredUsage($0, plan) }
  }

  func hasAlert(atLeast severity: Severity) -> Bool { worst.map { $0 >= severity } ?? false }

  private static func openStore(_ plan: ReplayPlan) throws(Stop) -> AlertStore? {
    guard let path = plan.command.db else { return nil }
    do throws(StoreFault) {
      let store = try AlertStore.open(path: path, createdBy: "tollwatch \(Tollwatch.version)")
      try store.setFingerprintKeyID(plan.fingerprints.identifier)
      return store
    } catch { throw Stop(ExitStatus.failed, error.description) }
  }

  // MARK: - running

  mutating func run() async throws {
    for note in plan.notes { StandardError.writeLine(note) }
    var pipeline = plan.pipeline()
    do {
      try await readAll(into: &pipeline)
      try end(&pipeline)
    } catch {
      progress.hide()
      throw error
    }
  }

  /// Everything has been read that will be.
  private mutating func end(_ pipeline: inout Pipeline) throws {
    progress.hide()
    try close(&pipeline)
    let summary = pipeline.summary()
    recorder?.mark(unverified)
    try recorder?.write(summary, report, isPartial: wasInterrupted)
    StandardError.writeLine(report.text(summary, isPartial: wasInterrupted))
    if summary.statistics.recordCount == 0, summary.statistics.malformedCount > 0 {
      throw Stop(
        ExitStatus.configuration,
        "not one line fits the format; say what the gateway writes: --log-format '<its log_format>'"
      )
    }
  }

  private mutating func readAll(into pipeline: inout Pipeline) async throws {
    let recorder = recorder
    let walk = LogWalk(plan, progress: progress) { recorder?.digests(ofSource: $0) ?? [] }
    try await walk.run { step, source in
      if case .stopped = step {
        try end(&pipeline)
        exit(ExitStatus.interrupted.rawValue)
      }
      do {
        try take(consume step, from: source, into: &pipeline, walk)
      } catch is OutputClosed {
        // Whoever read the alerts has enough: a reason to stop, and no error.
        try close(&pipeline)
        throw walk.leaving(Stop(.success, ""))
      } catch let stop as Stop { throw walk.leaving(stop) }
      return pipeline.clock(of: source)
    }
  }

  private mutating func take(
    _ step: consuming LogWalk.Step, from source: Int, into pipeline: inout Pipeline,
    _ walk: LogWalk
  ) throws {
    var alerts: [Alert] = []
    switch consume step {
    case .batch(let batch):
      report.noteMalformed(batch, plan.sources[source])
      usage?.noteHead(of: batch, source)
      recorder?.note(batch)
      pipeline.push(batch, from: source, into: &alerts)
      while let used = pipeline.spareBatch() { walk.give(used) }
      if pipeline.waitingUsageCount >= StoredUsage.waitingCountMax {
        try take(pipeline.takeUsage())
      }
    case .gap: pipeline.noteGap(in: source)
    case .end: pipeline.finish(source, into: &alerts)
    case .stopped: break
    case .unverified(let segment, let bytes):
      unverified.append(
        UnverifiedBytes(source: plan.sources[source].name, segment: segment, bytes: bytes))
    }
    try take(alerts)
  }

  // MARK: - alerts

  private mutating func take(_ alerts: [Alert]) throws {
    guard !alerts.isEmpty else { return }
    for alert in alerts {
      report.count(alert)
      recorder?.note(alert)
      if alert.state != .shadow { worst = max(worst ?? alert.severity, alert.severity) }
    }
    try keep(alerts)
    do throws(SinkFault) {
      if isOutputTerminal { progress.hide() }
      try output.deliver(alerts)
      if isOutputTerminal { try output.flush() }
    } catch .closed { throw OutputClosed() } catch {
      throw Stop(ExitStatus.failed, error.description)
    }
  }

  /// Before anybody else has them, so that a reader who has enough costs no row.
  private mutating func keep(_ alerts: [Alert]) throws(Stop) {
    guard store != nil else { return }
    ownIDs.formUnion(alerts.map(\.id))
    stored += alerts
    if stored.count >= Self.storedCountMax { try write(StoreBatch(alerts: stored)) }
  }

  private mutating func take(_ harvest: UsageHarvest) throws(Stop) {
    recorder?.note(harvest)
    try usage?.write(harvest)
  }

  private mutating func write(_ batch: StoreBatch) throws(Stop) {
    var batch = batch
    batch.segmentFiles = plan.segmentPaths
    stored.removeAll()
    do throws(StoreFault) {
      _ = try store?.write(batch)
    } catch { throw Stop(ExitStatus.failed, error.description) }
  }

  /// Writes what is known only at the end: journal, coverage, and which lines no checksum
  /// vouches for.
  private mutating func close(_ pipeline: inout Pipeline) throws {
    do throws(SinkFault) {
      try output.flush()
    } catch .closed {} catch { throw Stop(ExitStatus.failed, error.description) }
    try take(pipeline.takeUsage(andOpenHour: true))
    guard let store else { return }
    try write(StoreRows(pipeline).batch(alerts: stored))
    let doubtful = try doubtfulAlerts(store)
    if !doubtful.isEmpty { try write(StoreBatch(alerts: doubtful)) }
    report.doubtfulIDs = doubtful.map(\.id)
    do throws(StoreFault) {
      try store.close()
    } catch { throw Stop(ExitStatus.failed, error.description) }
  }

  /// Those of this run that rest on bytes which no checksum vouches for; another run's source of
  /// the same name was another file.
  private func doubtfulAlerts(_ store: AlertStore) throws(Stop) -> [Alert] {
    guard !unverified.isEmpty else { return [] }
    do throws(StoreFault) {
      return try store.alerts().filter { ownIDs.contains($0.id) }
        .compactMap { $0.marking(unverified) }
    } catch { throw Stop(ExitStatus.failed, error.description) }
  }
}

/// Nobody reads the alerts any more.
private struct OutputClosed: Error {}

/// Decompressed bytes of a segment that no checksum vouches for.
struct UnverifiedBytes: Hashable, Sendable {
  var source: String
  var segment: Int
  var bytes: Range<Int64>
}

extension Alert {
  /// The alert with its doubtful lines marked; nil where it has none.
  func marking(_ unverified: [UnverifiedBytes]) -> Alert? {
    var marked = self
    var isDoubtful = false
    for index in evidence.indices {
      let line = evidence[index]
      let doubt = unverified.contains {
        $0.source == line.source && $0.segment == line.segmentIndex
          && $0.bytes.contains(line.offset)
      }
      guard doubt else { continue }
      marked.evidence[index].isUnverified = true
      isDoubtful = true
    }
    return isDoubtful ? marked : nil
  }
}
