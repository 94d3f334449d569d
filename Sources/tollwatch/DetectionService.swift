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
/// again, steered by the same journal; what they tell is in the database already, or is new.
struct DetectionService: ~Copyable {
  static let commitMilliseconds: Int64 = 200
  /// Under which the database has marks that were set while no service ran.
  static let marksKey = "marks"
  /// Under which the database has when the service was started first.
  private static let startKey = "prints_from"
  private static let statusMilliseconds: Int64 = 5_000
  private static let quietMilliseconds: Int64 = 1_000

  private(set) var plan: LivePlan
  let store: AlertStore
  var committer: AlertCommitter
  let checkpoints: CheckpointWriter
  var manager = ServiceManager()
  var pipeline: Pipeline
  private(set) var sources: [LiveSource] = []
  var steering = SteeringLog()
  var usage: LiveUsage
  /// Archives that came too late and wait to be judged, the first one perhaps under way.
  var lateLogs: [LateLog] = []
  /// Those that the journal does not have yet.
  var newLateLogs: [LateLog] = []
  /// Marks that were set while no process was there.
  var keptMarks: [Mark] = []
  /// Those that were judged before a death that may have kept their alerts from the database.
  var repeatedLogs: Set<LateLog> = []
  var backfill: Backfill?
  var backfilledLineCount = 0
  /// Gaps of lines that were added too late, which the journal does not have yet.
  var missed: [JournalEntry] = []
  /// Where the last gap of each source is, by its name.
  var gapPlaces: [String: LogPlace] = [:]
  /// Behind which entry the journal begins.
  var journalBase: Int64 = 0
  private var archives: Archives
  private var listeners: SourceListeners?
  private(set) var wakeup: Wakeup?
  private let startedAt = ServiceClock.utc
  var committedAt = ServiceClock.now
  var checkpointAt = ServiceClock.now
  /// Something but the time has changed since the last checkpoint.
  var hasNews = false
  private var statusAt: Int64 = .min
  var tickedAt = ServiceClock.now
  /// What the process before knew last of event time; nil once that was made use of.
  var lastEventClock: EventClock?
  /// Milliseconds of event time that passed while no process was there, and are not made up for.
  var downtime: Int64 = 0
  var judgedAt = ServiceClock.now
  /// When bytes went in last, milliseconds of a clock that does not jump.
  var readAt = ServiceClock.now
  /// Since when no source has brought a line, where that is longer than it may be.
  var silentSince: Int64?
  /// Why the database cannot be written, or the new configuration not be taken.
  var storeProblem: String?
  private var planProblem: String?
  private var hasToldHeartbeat = false

  /// `store` is that of the plan.
  init(
    _ plan: LivePlan, _ store: AlertStore, _ output: StandardOutput, archives: Archives = Archives()
  ) {
    self.plan = plan
    self.archives = archives
    self.store = store
    committer = AlertCommitter(store, output)
    checkpoints = CheckpointWriter(store, seal: plan.fingerprints.seal)
    pipeline = plan.freshPipeline(countsUsage: true)
    usage = LiveUsage(store, plan, known: nil)
  }

  /// The database of `plan`, which no other process writes to.
  ///
  /// A disk that is full is waited for, as it is later: who restarts a service that ends at once
  /// gives up after some times.
  static func openStore(_ plan: LivePlan) throws -> AlertStore {
    var manager = ServiceManager()
    var backoff = Backoff()
    while true {
      do throws(StoreFault) {
        let store = try AlertStore.open(
          path: plan.store, createdBy: "tollwatch \(Tollwatch.version)")
        try store.setFingerprintKeyID(plan.fingerprints.identifier)
        return store
      } catch {
        guard error.mayPass, !Interruption.isRequested else { throw Stop(error) }
        if backoff.isFirst {
          StandardError.writeLine("\(error.description): waiting for it to pass")
          manager.ready()
        }
        manager.tell("waiting: \(error.description)")
        backoff.wait {
          poll(nil, 0, 100)
          manager.beat(at: ServiceClock.now)
        }
      }
    }
  }

  /// Runs until a signal ends it, which must be listened for.
  mutating func run() throws {
    listeners = try SourceListeners(plan)
    try begin()
    wakeup = Wakeup(plan)
    manager.ready()
    while !Interruption.isRequested {
      if Interruption.takeReload() { try reload() }
      var hasRead = advance(at: ServiceClock.now)
      if !hasRead {
        tick(at: ServiceClock.now)
        hasRead = try advanceBackfill()
      }
      judgeWhenDue(at: ServiceClock.now)
      try takeMarks()
      noteLateLogs()
      noteMissed()
      try commitWhenDue()
      try checkpointWhenDue()
      tellStatusWhenDue()
      manager.beat(at: ServiceClock.now)
      if pipeline.waitingUsageCount >= StoredUsage.waitingCountMax { try writeUsage() }
      rest(isNecessary: !hasRead)
    }
    manager.stopping()
    try end()
  }

  /// Answers who asks; waits a while for that where nothing else is to be done.
  func rest(isNecessary: Bool = true) {
    guard isNecessary else {
      wakeup?.answer { status(state: "running").json }
      return
    }
    let isQuiet = ServiceClock.now - readAt >= Self.quietMilliseconds
    wakeup?.wait(isQuiet: isQuiet) { status(state: "running").json }
  }

  // MARK: - beginning and ending

  /// Goes on from the last checkpoint; where there is none, all that is on disk is read, and what
  /// the database has by then is not told again.
  mutating func begin() throws {
    for note in plan.notes { StandardError.writeLine(note) }
    do throws(StoreFault) { try goOn() } catch {
      guard error.mayPass else { throw Stop(error) }
      noteFault(error)
      manager.ready()
      try persist { service throws(StoreFault) in try service.goOn() }
    }
  }

  /// From the beginning, however often it was tried.
  private mutating func goOn() throws(StoreFault) {
    let checkpoint = try store.checkpoint()
    try rememberArchives()
    let (positions, order) = try restore(checkpoint)
    try noteStart()
    try findLateLogs()
    keptMarks = KeptMarks(json: try store.service(Self.marksKey)).marks
    lastEventClock = try store.service(EventClock.key).flatMap(EventClock.init)
    downtime = 0
    journalBase = try store.journalBase() ?? 0
    makeSources(positions, order)
  }

  private mutating func rememberArchives() throws(StoreFault) {
    var all = Archives(json: try store.service(Archives.key))
    all.add(archives)
    archives = all
    plan.take(all)
    guard !all.paths.isEmpty else { return }
    var batch = StoreBatch()
    batch.service[Archives.key] = all.json
    try store.write(batch)
  }

  /// Where it goes on, and what was read behind that place before.
  private mutating func restore(
    _ checkpoint: Checkpoint?
  ) throws(StoreFault) -> (positions: [ReadPosition], order: [ReadPosition]) {
    pipeline = plan.freshPipeline(countsUsage: true)
    usage = LiveUsage(store, plan, known: nil)
    guard let checkpoint else {
      try beginJournal()
      return ([], [])
    }
    do throws(SnapshotFault) {
      pipeline = try plan.pipeline(restoring: checkpoint.state, countsUsage: true)
    } catch {
      StandardError.writeLine("the checkpoint cannot be used (\(error)): logs are read anew")
      try beginJournal()
      return ([], [])
    }
    if let outcome = pipeline.restored, !outcome.isWhole {
      StandardError.writeLine(Self.description(outcome))
    }
    pipeline.tellUsageAnew()
    usage = LiveUsage(store, plan, known: try store.service(LiveUsage.partsKey))
    let isSamePlan = checkpoint.plan == plan.contentHash
    try goOnWithJournal(isSamePlan: isSamePlan)
    return (checkpoint.positions, try store.positions())
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

  private mutating func makeSources(_ positions: [ReadPosition], _ order: [ReadPosition]) {
    let backfill = ServiceClock.utc.milliseconds - plan.backfillMilliseconds
    sources = plan.sources.enumerated().map { index, source in
      LiveSource(
        source, positions: positions.filter { $0.source == source.name }.map(TailPosition.init),
        order: order.filter { $0.source == source.name }.map(TailPosition.init),
        segment: pipeline.segmentIndex(of: index),
        oldestTime: backfill, at: ServiceClock.now,
        firstTime: plan.firstTime(of: source))
    }
    readAt = ServiceClock.now
  }

  /// From the first start on, alerts are printed. A clock that ran ahead then was wrong, and must
  /// not mute what comes until it would have been right.
  private mutating func noteStart() throws(StoreFault) {
    let known = try store.service(Self.startKey).flatMap { Int64($0) }
    let start = min(known ?? .max, ServiceClock.utc.milliseconds)
    committer.printsFrom = EventTime(milliseconds: start)
    guard start != known else { return }
    var batch = StoreBatch()
    batch.service = [Self.startKey: "\(start)"]
    try store.write(batch)
  }

  /// A configuration that is wrong leaves the old one at work.
  private mutating func reload() throws {
    manager.reloading()
    defer { manager.ready() }
    guard let new = newPlan() else { return }
    // What the journal still has to say was said under the old one.
    guard !isCatchingUp else { return Interruption.askForReload() }
    // Each step may take a while, and is progress.
    manager.beat(at: ServiceClock.now)
    try checkpoint(endingWith: plan.contentHash == new.contentHash ? nil : new)
    manager.beat(at: ServiceClock.now)
    plan = new
    try begin()
    manager.beat(at: ServiceClock.now)
    // The old socket goes before the new one is made in its place.
    wakeup = nil
    wakeup = Wakeup(plan)
    StandardError.writeLine("\(plan.configurationPath): read again")
  }

  private mutating func newPlan() -> LivePlan? {
    let path = plan.configurationPath
    do {
      let new = try LivePlan(configurationPath: path)
      guard new.store == plan.store,
        new.fingerprints.identifier == plan.fingerprints.identifier
      else { throw Stop(ExitStatus.configuration, "store and fingerprint key need a restart") }
      guard new.listening == plan.listening else {
        throw Stop(ExitStatus.configuration, "what sources listen to needs a restart")
      }
      planProblem = nil
      return new
    } catch {
      let message = (error as? Stop)?.message ?? "\(error)"
      planProblem = "the configuration is wrong; the old one is at work"
      StandardError.writeLine("\(message)\n\(path): wrong; the old one is at work")
      return nil
    }
  }

  mutating func end() throws {
    wakeup = nil
    listeners?.stop()
    if !isCatchingUp { try checkpoint() }
    // The checkpoint counts on in the hour that is open, which is then told again and in full.
    try writeUsage(andOpenHour: true)
    var batch = rows()
    batch.service[ServiceStatus.key] = status(state: ServiceStatus.stopped).json
    batch.service[EventClock.key] = eventClock?.text
    try commit(batch)
    // All is committed; what cannot be tidied up now is when it is opened next.
    do throws(StoreFault) { try store.close() } catch { noteFault(error) }
  }

  // MARK: - what it says of itself

  private mutating func tellStatusWhenDue() {
    let now = ServiceClock.now
    guard now >= statusAt + Self.statusMilliseconds || statusAt == .min else { return }
    statusAt = now
    noteTraffic(at: now)
    let status = status(state: "running")
    manager.tell(status.line)
    var batch = StoreBatch()
    batch.service[ServiceStatus.key] = status.json
    batch.service[EventClock.key] = eventClock?.text
    noteTurnedClock(in: &batch)
    // The next one may find the disk with room again.
    do throws(StoreFault) { try store.write(batch) } catch { return noteFault(error) }
    if let path = plan.heartbeat, !Heartbeat.touch(path), !hasToldHeartbeat {
      hasToldHeartbeat = true
      StandardError.writeLine("\(path): the heartbeat cannot be written")
    }
  }

  /// The clock on the wall was turned back to before the first start.
  private mutating func noteTurnedClock(in batch: inout StoreBatch) {
    let now = ServiceClock.utc
    guard now < committer.printsFrom else { return }
    committer.printsFrom = now
    batch.service[Self.startKey] = "\(now.milliseconds)"
  }

  private func status(state: String) -> ServiceStatus {
    var status = ServiceStatus(
      startedAt: startedAt.rfc3339, updatedAt: ServiceClock.utc.rfc3339, state: state)
    status.take(pipeline.statistics, pipeline.tally())
    status.backfilled = backfilledLineCount
    status.waitingBackfills = lateLogs.count + newLateLogs.count
    status.rules = plan.rules.rules.count
    status.alertRevisions = committer.committedCount
    status.committedAt = ServiceClock.utc(of: committedAt).rfc3339
    status.usageRowsDropped = usage.droppedRowCount
    status.checkpoints = checkpoints.writtenCount
    status.problem = storeProblem ?? planProblem
    status.silentSince = silentSince.map { ServiceClock.utc(of: $0).rfc3339 }
    for index in sources.indices {
      let source = sources[index]
      var told = ServiceStatus.Source(
        name: source.plan.name, path: source.tailer.path, lagBytes: source.tailer.lagBytes,
        waitingSegments: source.tailer.waitingCount,
        eventTime: pipeline.clock(of: index)?.rfc3339, isExcluded: pipeline.isExcluded(index))
      told.segment = pipeline.segmentIndex(of: index)
      told.offset = pipeline.offset(of: index)
      told.problem = source.problem
      told.received = listeners?.counts(of: source.plan.name).map(ServiceStatus.Received.init)
      status.sources.append(told)
    }
    return status
  }
}
