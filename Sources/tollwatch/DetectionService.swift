import AccessLog
import AlertStore
import Detection
import Foundation
import Glibc
import Ingest
import Pipeline
import Sinks

/// The service: logs are followed, their bytes go through the pipeline, alerts go to standard
/// output and into the database.
///
/// Two cadences: alerts are committed within ``commitMilliseconds``, checkpoints, which are larger,
/// about once a minute. After a death the last checkpoint's state meets the same bytes
/// again; what they tell is in the database already, or is new.
struct DetectionService: ~Copyable {
  static let commitMilliseconds: Int64 = 200
  private static let statusMilliseconds: Int64 = 5_000
  private static let idleMilliseconds: Int32 = 200
  /// Records that wait for older ones of another source; beyond it only that source is read.
  private static let waitingCountMax = 2_000_000
  private static let retryMillisecondsMax: Int64 = 30_000

  private var plan: LivePlan
  private let store: AlertStore
  private var committer: AlertCommitter
  private let checkpoints: CheckpointWriter
  private var manager = ServiceManager()
  private var pipeline: Pipeline
  private var sources: [LiveSource] = []
  private let startedAt = ServiceClock.utc
  private var committedAt = ServiceClock.now
  private var checkpointAt = ServiceClock.now
  private var statusAt: Int64 = .min
  private var tickedAt = ServiceClock.now
  private var toldJournalCount = 0
  /// Why the database cannot be written, or the new configuration not be taken.
  private var storeProblem: String?
  private var planProblem: String?

  /// `store` is that of the plan.
  init(_ plan: LivePlan, _ store: AlertStore, _ output: StandardOutput) {
    self.plan = plan
    self.store = store
    committer = AlertCommitter(store, output)
    checkpoints = CheckpointWriter(store, seal: plan.fingerprints.seal)
    pipeline = Self.freshPipeline(plan)
  }

  /// The database of `plan`, which no other process writes to.
  static func openStore(_ plan: LivePlan) throws -> AlertStore {
    do throws(StoreFault) {
      let store = try AlertStore.open(
        path: plan.store, createdBy: "tollwatch \(Tollwatch.version)")
      try store.setFingerprintKeyID(plan.fingerprints.identifier)
      return store
    } catch { throw Stop(error) }
  }

  // MARK: - running

  /// Runs until a signal ends it, which must be listened for.
  mutating func run() throws {
    Interruption.listenForReload()
    try begin()
    manager.ready()
    while !Interruption.isRequested {
      if Interruption.takeReload() { try reload() }
      let hasRead = advance()
      if !hasRead { tick() }
      try commitWhenDue()
      try checkpointWhenDue()
      tellStatusWhenDue()
      manager.beat(at: ServiceClock.now)
      if !hasRead { poll(nil, 0, Self.idleMilliseconds) }
    }
    manager.stopping()
    try end()
  }

  /// Reads a chunk of the source whose clock is slowest, of those that have one.
  private mutating func advance() -> Bool {
    let now = ServiceClock.now
    excludeSilent(at: now)
    var clocks: [(Int64, Int)] = []
    for index in sources.indices {
      clocks.append((pipeline.clock(of: index)?.milliseconds ?? .min, index))
    }
    for (_, index) in clocks.sorted(by: <) {
      var events: [FileTailer.Event] = []
      let hasRead = sources[index].tailer.advance(at: now, into: &events)
      for event in events { take(event, of: index) }
      noteSpeech(of: index, hasRead: hasRead, at: now)
      if hasRead { return true }
      // A silent one is left behind once it has been silent for long enough.
      if pipeline.waitingCount > Self.waitingCountMax, !pipeline.isExcluded(index) { return false }
    }
    return false
  }

  private mutating func take(_ event: FileTailer.Event, of index: Int) {
    var alerts: [Alert] = []
    switch event {
    case .chunk(let bytes):
      rejoin(index, &alerts)
      sources[index].notePath(ofSegment: pipeline.segmentIndex(of: index))
      pipeline.push(bytes, from: index, into: &alerts)
    case .gap:
      // What follows does not continue the line that is open.
      pipeline.endSegment(of: index, into: &alerts)
      pipeline.noteGap(in: index)
    case .segmentEnd: pipeline.endSegment(of: index, into: &alerts)
    case .note(let text): StandardError.writeLine("\(sources[index].plan.name): \(text)")
    }
    committer.take(alerts)
  }

  // MARK: - silence

  private func noteSpeech(of index: Int, hasRead: Bool, at now: Int64) {
    if hasRead {
      sources[index].spokeAt = now
      sources[index].idleLookCount = 0
    } else {
      sources[index].idleLookCount += 1
    }
  }

  /// Event time goes on without a source that has been silent, where others went far ahead.
  private mutating func excludeSilent(at now: Int64) {
    for index in sources.indices
    where !pipeline.isExcluded(index) && sources[index].isSilent(at: now) {
      guard let ahead = latestTime(besides: index) else { continue }
      let own = pipeline.clock(of: index)?.milliseconds
      if let own, ahead - own < sources[index].plan.silenceMilliseconds { continue }
      apply(.excluded, index, at: own ?? ahead)
      StandardError.writeLine("\(sources[index].plan.name): silent; time goes on without it")
    }
  }

  private mutating func rejoin(_ index: Int, _ alerts: inout [Alert]) {
    guard pipeline.isExcluded(index) else { return }
    apply(.rejoined, index, at: latestTime() ?? 0)
  }

  private func latestTime(besides other: Int? = nil) -> Int64? {
    var latest: Int64?
    for index in sources.indices where index != other && !pipeline.isExcluded(index) {
      guard let time = pipeline.clock(of: index)?.milliseconds else { continue }
      latest = max(latest ?? time, time)
    }
    return latest
  }

  private mutating func apply(_ kind: JournalEntry.Kind, _ index: Int?, at time: Int64) {
    var alerts: [Alert] = []
    let entry = JournalEntry(
      kind, time: EventTime(milliseconds: time), source: index.map { sources[$0].plan.name })
    pipeline.apply(entry, into: &alerts)
    committer.take(alerts)
  }

  /// Nobody speaks and all was read: event time goes on as the clock on the wall does, so that
  /// what is known is told within the lateness.
  private mutating func tick() {
    let now = ServiceClock.now
    let interval: Int64 = pipeline.waitingCount > 0 ? 1_000 : 60_000
    guard now - tickedAt >= interval, let spokeAt = sources.map(\.spokeAt).max(),
      let time = latestTime(), sources.allSatisfy({ $0.tailer.waitingCount == 0 })
    else { return }
    let quiet = now - max(spokeAt, tickedAt)
    tickedAt = now
    if quiet > 0 { apply(.tick, nil, at: time + quiet) }
  }

  // MARK: - beginning and ending

  private static func freshPipeline(_ plan: LivePlan) -> Pipeline {
    do throws(SnapshotFault) {
      return try plan.pipeline()
    } catch { preconditionFailure("a pipeline that restores nothing cannot fail to") }
  }

  /// Goes on from the last checkpoint; where there is none, all that is on disk is read, and what
  /// the database has by then is not told again.
  private mutating func begin() throws {
    for note in plan.notes { StandardError.writeLine(note) }
    do throws(StoreFault) {
      let checkpoint = try store.checkpoint()
      let positions = restore(checkpoint)
      try noteStart()
      makeSources(positions)
    } catch { throw Stop(error) }
  }

  private mutating func restore(_ checkpoint: Checkpoint?) -> [ReadPosition] {
    toldJournalCount = 0
    pipeline = Self.freshPipeline(plan)
    guard let checkpoint else { return [] }
    do throws(SnapshotFault) {
      pipeline = try plan.pipeline(restoring: checkpoint.state)
      if let outcome = pipeline.restored, !outcome.isWhole {
        StandardError.writeLine(Self.description(outcome))
      }
      return checkpoint.positions
    } catch {
      StandardError.writeLine("the checkpoint cannot be used (\(error)): logs are read anew")
      return []
    }
  }

  /// What changed since the checkpoint, and what it costs.
  private static func description(_ outcome: SnapshotOutcome) -> String {
    var changes: [String] = []
    if outcome.hasOtherRules { changes.append("the rules") }
    if outcome.hasOtherRegistry { changes.append("the registry") }
    changes += outcome.goneSources.map { "without source \($0)" }
    changes += outcome.newSources.map { "new source \($0)" }
    let learning = outcome.newDefinitions.count
    return "changed since: \(changes.joined(separator: ", ")); what was learnt is kept"
      + (learning > 0 ? ", \(learning) definitions of series start anew" : "")
  }

  private mutating func makeSources(_ positions: [ReadPosition]) {
    let oldest = ServiceClock.utc.milliseconds - plan.backfillMilliseconds
    sources = plan.sources.map { source in
      LiveSource(
        source, positions: positions.filter { $0.source == source.name }.map(TailPosition.init),
        oldestTime: oldest, at: ServiceClock.now, firstTime: plan.firstTime(of: source))
    }
  }

  /// From the first start on, alerts are printed.
  private mutating func noteStart() throws(StoreFault) {
    if let text = try store.service("prints_from"), let time = Int64(text) {
      committer.printsFrom = EventTime(milliseconds: time)
      return
    }
    committer.printsFrom = ServiceClock.utc
    var batch = StoreBatch()
    batch.service = ["prints_from": "\(committer.printsFrom.milliseconds)"]
    try store.write(batch)
  }

  /// A configuration that is wrong leaves the old one at work.
  private mutating func reload() throws {
    manager.reloading()
    defer { manager.ready() }
    guard let new = newPlan() else { return }
    try checkpoint()
    plan = new
    try begin()
    StandardError.writeLine("\(plan.configurationPath): read again")
  }

  private mutating func newPlan() -> LivePlan? {
    let path = plan.configurationPath
    do {
      let new = try LivePlan(configurationPath: path)
      guard new.store == plan.store,
        new.fingerprints.identifier == plan.fingerprints.identifier
      else { throw Stop(ExitStatus.configuration, "store and fingerprint key need a restart") }
      planProblem = nil
      return new
    } catch {
      let message = (error as? Stop)?.message ?? "\(error)"
      planProblem = "the configuration is wrong; the old one is at work"
      StandardError.writeLine("\(message)\n\(path): wrong; the old one is at work")
      return nil
    }
  }

  private mutating func end() throws {
    try checkpoint()
    var batch = rows()
    batch.service[ServiceStatus.key] = status(state: "stopped").json
    try commit(batch)
    do throws(StoreFault) { try store.close() } catch { throw Stop(error) }
  }

  // MARK: - writing

  private mutating func commitWhenDue() throws {
    let now = ServiceClock.now
    guard committer.hasWaiting, now - committedAt >= Self.commitMilliseconds else { return }
    try commit()
  }

  /// A database that cannot be written is tried again and again; nothing is read meanwhile, so
  /// that the logs hold what is not yet kept.
  private mutating func commit(_ batch: StoreBatch? = nil) throws {
    var batch = batch ?? StoreBatch()
    batch.positions = sources.flatMap(\.positions)
    batch.segmentFiles = Dictionary(
      sources.map { ($0.plan.name, $0.paths) }, uniquingKeysWith: { first, _ in first })
    var delay = Self.commitMilliseconds
    while true {
      do throws(StoreFault) {
        try committer.commit(batch)
        break
      } catch {
        if Interruption.isRequested { throw Stop(error) }
        noteFault(error)
        wait(delay)
        delay = min(2 * delay, Self.retryMillisecondsMax)
        continue
      }
    }
    storeProblem = nil
    committedAt = ServiceClock.now
  }

  private mutating func noteFault(_ fault: StoreFault) {
    if storeProblem != fault.description { StandardError.writeLine(fault.description) }
    storeProblem = fault.description
  }

  private mutating func wait(_ milliseconds: Int64) {
    manager.tell("waiting: \(storeProblem ?? "")")
    let end = ServiceClock.now + milliseconds
    while ServiceClock.now < end, !Interruption.isRequested {
      poll(nil, 0, Self.idleMilliseconds)
      manager.beat(at: ServiceClock.now)
    }
  }

  private mutating func checkpointWhenDue() throws {
    let now = ServiceClock.now
    guard now - checkpointAt >= plan.checkpointMilliseconds, !checkpoints.isBusy else { return }
    checkpointAt = now
    if let fault = checkpoints.takeFault() { noteFault(fault) }
    // Alerts of before the state must be there before it is.
    try commit(rows())
    checkpoints.start(pipeline.state(), sources.flatMap(\.positions), plan: plan.identifier)
  }

  /// A checkpoint that is waited for.
  private mutating func checkpoint() throws {
    while checkpoints.isBusy { poll(nil, 0, 10) }
    try commit(rows())
    do throws(StoreFault) {
      try checkpoints.write(
        pipeline.state(), sources.flatMap(\.positions), plan: plan.identifier)
    } catch { throw Stop(error) }
    checkpointAt = ServiceClock.now
  }

  private mutating func rows() -> StoreBatch {
    let batch = StoreRows(pipeline, toldCount: toldJournalCount).batch(alerts: [])
    toldJournalCount = pipeline.journal.count
    return batch
  }

  // MARK: - what it says of itself

  private mutating func tellStatusWhenDue() {
    let now = ServiceClock.now
    guard now >= statusAt + Self.statusMilliseconds || statusAt == .min else { return }
    statusAt = now
    let status = status(state: "running")
    manager.tell(status.line)
    var batch = StoreBatch()
    batch.service[ServiceStatus.key] = status.json
    // The next one may find the disk with room again.
    do throws(StoreFault) { try store.write(batch) } catch { noteFault(error) }
  }

  private func status(state: String) -> ServiceStatus {
    var status = ServiceStatus(
      startedAt: startedAt.rfc3339, updatedAt: ServiceClock.utc.rfc3339, state: state)
    let statistics = pipeline.statistics
    status.lines = statistics.lineCount
    status.records = statistics.recordCount
    status.unparsed = statistics.malformedCount
    status.late = pipeline.summary().sources.reduce(0) { $0 + $1.late }
    status.rules = plan.rules.rules.count
    status.alertRevisions = committer.committedCount
    status.checkpoints = checkpoints.writtenCount
    status.problem = storeProblem ?? planProblem
    for index in sources.indices {
      let source = sources[index]
      status.sources.append(
        ServiceStatus.Source(
          name: source.plan.name, path: source.tailer.path, lagBytes: source.tailer.lagBytes,
          waitingSegments: source.tailer.waitingCount,
          eventTime: pipeline.clock(of: index)?.rfc3339, isExcluded: pipeline.isExcluded(index)))
    }
    return status
  }
}
