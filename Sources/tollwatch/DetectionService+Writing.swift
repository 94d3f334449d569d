import AlertStore
import Detection
import Glibc
import Pipeline

// How alerts, journal and checkpoints come into the database.
extension DetectionService {
  /// Where only time has passed a checkpoint may wait; a tick is one row of the journal.
  private static let quietCheckpointMilliseconds: Int64 = 3_600_000
  /// The longest pause between two tries after somebody asked it to stop.
  private static let stoppingMillisecondsMax: Int64 = 1_600

  // MARK: - journal

  /// All begins here: what the journal has belongs to another beginning. A death before the first
  /// checkpoint that is due must find this one, or all would begin once more, steered otherwise.
  mutating func beginJournal() throws(StoreFault) {
    gapPlaces = [:]
    steering = SteeringLog(
      behind: try store.journal(behind: .min).compactMap(\.ordinal).max() ?? 0, rows: [])
    steering.add(
      JournalEntry(.configuration, time: ServiceClock.utc, detail: plan.contentHash), at: nil)
    steering.seal()
    var batch = StoreBatch(journal: steering.rows)
    batch.positions = []
    batch.service[ToldReach.key] = ToldReach([:]).json
    let content = CheckpointContent(
      plan: plan.contentHash, state: pipeline.state(), positions: [],
      ordinal: steering.lastOrdinal, usageParts: try usage.numbers(of: []))
    try checkpoints.write(content, with: batch)
    steering.noteWritten()
  }

  /// Goes on where the checkpoint was taken, steered as before up to where alerts were told. Under
  /// other rules than then what these find is told besides.
  mutating func goOnWithJournal(isSamePlan: Bool) throws(StoreFault) {
    var ordinal = try store.service(CheckpointContent.ordinalKey).flatMap { Int64($0) } ?? 0
    var rows = try store.journal(behind: ordinal)
    // A process that died may have tried another one.
    if !isSamePlan || rows.first?.kind == .configuration {
      rows = try change(rows, behind: ordinal)
      // The new configuration holds already.
      ordinal += 1
      rows.removeFirst()
    }
    steering = SteeringLog(
      behind: ordinal, rows: rows, reach: ToldReach(json: try store.service(ToldReach.key)))
  }

  /// The journal behind the checkpoint, as it is under the plan.
  private func change(
    _ rows: [JournalRow], behind ordinal: Int64
  ) throws(StoreFault) -> [JournalRow] {
    let configuration = JournalEntry(
      .configuration, time: ServiceClock.utc, detail: plan.contentHash)
    guard
      let changed = SteeringLog.rows(
        rows, behind: ordinal, under: configuration, at: restoredPlaces)
    else { return rows }
    var batch = StoreBatch(journal: changed)
    batch.journalEnd = ordinal
    try store.write(batch)
    return changed
  }

  private var restoredPlaces: [String: LogPlace] {
    var places: [String: LogPlace] = [:]
    for index in plan.sources.indices { places[plan.sources[index].name] = place(of: index) }
    return places
  }

  /// What is known besides the alerts, as rows.
  mutating func rows() -> StoreBatch {
    let told = pipeline.takeJournal().filter { [.rules, .registry].contains($0.kind) }
    if !steering.isRecovering { steering.add(told.map(StoreRows.row)) }
    return StoreBatch(coverage: StoreRows.coverage(pipeline.takeCoverage()))
  }

  // MARK: - alerts

  mutating func commitWhenDue() throws {
    let now = ServiceClock.now
    guard committer.hasWaiting, now - committedAt >= Self.commitMilliseconds else { return }
    try commit()
  }

  /// A database that cannot be written is tried again and again; nothing is read meanwhile, so
  /// that the logs hold what is not yet kept.
  mutating func commit(_ batch: StoreBatch? = nil) throws {
    var batch = batch ?? StoreBatch()
    tellOrder(in: &batch)
    batch.segmentFiles = Dictionary(
      sources.map { ($0.plan.name, $0.paths) }, uniquingKeysWith: { first, _ in first })
    try persist { service throws(StoreFault) in
      try service.writeJournal()
      try service.committer.commit(batch)
    }
    committedAt = ServiceClock.now
  }

  /// Writes, with longer and longer pauses where that fails. Whoever wants to stop is not kept for
  /// long: what is not written is read again.
  mutating func persist(
    _ write: (inout DetectionService) throws(StoreFault) -> Void
  ) throws {
    var backoff = Backoff()
    while true {
      do throws(StoreFault) {
        try write(&self)
        storeProblem = nil
        return
      } catch {
        if Interruption.isRequested, backoff.milliseconds > Self.stoppingMillisecondsMax {
          throw Stop(error)
        }
        noteFault(error)
        manager.tell("waiting: \(error.description)")
        backoff.wait {
          rest()
          manager.beat(at: ServiceClock.now)
        }
      }
    }
  }

  /// Before anybody hears of what followed from it: after a death it must follow again, and from
  /// the same logs in the same order.
  private mutating func writeJournal() throws(StoreFault) {
    guard !steering.rows.isEmpty || committer.hasUntold else { return }
    // What is found again was told before, and lies before that reach.
    guard !steering.isRecovering else { return }
    var batch = StoreBatch(journal: steering.rows)
    batch.service[ToldReach.key] = ToldReach(places).json
    tellOrder(in: &batch)
    try store.write(batch)
    steering.noteWritten()
  }

  private func tellOrder(in batch: inout StoreBatch) {
    guard !isCatchingUp else { return }
    batch.positions = sources.flatMap(\.order)
    let first = sources.map { ($0.plan.name, $0.firstKnownSegment) }.filter { $0.1 > 0 }
    guard !first.isEmpty else { return }
    batch.service[FirstSegments.key] =
      FirstSegments(
        numbers: Dictionary(first, uniquingKeysWith: { first, _ in first })
      ).json
  }

  mutating func noteFault(_ fault: StoreFault) {
    if storeProblem != fault.description { StandardError.writeLine(fault.description) }
    storeProblem = fault.description
  }

  // MARK: - checkpoints

  mutating func checkpointWhenDue() throws {
    let now = ServiceClock.now
    let isDue =
      now - checkpointAt
      >= (hasNews ? plan.checkpointMilliseconds : Self.quietCheckpointMilliseconds)
    guard isDue, !checkpoints.isBusy, !isCatchingUp else { return }
    checkpointAt = now
    if let fault = checkpoints.takeFault() { noteFault(fault) }
    try settle()
    var content = try content()
    // Between half of the bound and all of it is what can be replayed.
    content.isBase = content.ordinal - journalBase > plan.journalCountMax / 2
    if content.isBase { journalBase = content.ordinal }
    checkpoints.start(content)
  }

  /// Judges and commits all that can be: alerts of before a state must be there before it is, and
  /// other rules than now must find nothing of before it.
  private mutating func settle() throws {
    var alerts: [Alert] = []
    pipeline.settle(into: &alerts)
    committer.take(alerts)
    try commit(rows())
    try writeUsage()
  }

  /// Usage of whole hours must be there before a state is that does not have it any more.
  mutating func writeUsage(andOpenHour: Bool = false) throws {
    usage.take(pipeline.takeUsage(andOpenHour: andOpenHour))
    guard usage.hasWaiting else { return }
    try persist { service throws(StoreFault) in try service.usage.write() }
  }

  /// Which files told of the usage that a checkpoint is going to hold.
  private mutating func usageParts() throws -> String {
    let parts = pipeline.waitingUsageParts
    var text = ""
    try persist { service throws(StoreFault) in text = try service.usage.numbers(of: parts) }
    return text
  }

  /// A checkpoint that is waited for. `next` is the plan that holds from here on.
  mutating func checkpoint(endingWith next: LivePlan? = nil) throws {
    while checkpoints.isBusy { poll(nil, 0, 10) }
    try settle()
    if let next {
      steering.add(
        JournalEntry(.configuration, time: ServiceClock.utc, detail: next.contentHash), at: places)
    }
    var content = try content()
    content.plan = (next ?? plan).contentHash
    // A journal that told of the new plan without its state, or the other way round, would lie.
    try persist { service throws(StoreFault) in
      try service.checkpoints.write(content, with: StoreBatch(journal: service.steering.rows))
    }
    steering.noteWritten()
    checkpointAt = ServiceClock.now
  }

  private mutating func content() throws -> CheckpointContent {
    let usageParts = try usageParts()
    steering.seal()
    hasNews = false
    return CheckpointContent(
      plan: plan.contentHash, state: pipeline.state(), positions: sources.flatMap(\.positions),
      ordinal: steering.lastOrdinal, usageParts: usageParts)
  }
}
