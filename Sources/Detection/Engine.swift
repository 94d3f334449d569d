public import AccessLog
import Baselines

/// Turns batches of records into revisions of alerts.
///
/// It reads no clock and does no I/O: time moves only when records move it. Records pass a
/// queue that puts them into the canonical order (time, source, position); everything behind it
/// sees one sequence, so the alerts are a function of the logs, the rules and the registry
/// alone. An engine is not copyable, because two copies would soon disagree.
public struct Engine: ~Copyable, Sendable {
  let options: EngineOptions
  let sources: [SourceDeclaration]
  let sampling: Sampling
  var context: EngineContext
  var clocks: [SourceClock]
  var finished: [Bool]
  var excluded: [Bool]
  /// Records of a source that rejoined and are older than this are late, milliseconds.
  var floors: [Int64]
  var belowFloorCount: [Int]
  var gapStarts: [Int64?]
  var began: [Bool]
  var coverage: [CoverageLedger]
  var queue = RecordQueue()
  var classifier: RequestClassifier
  var volumes: [VolumeMonitor]
  var tiers: [TierMonitor]
  var precursors: [PrecursorMonitor]
  var tallies: [TallyMonitor]
  let entityResolver: EntityResolver
  var usage: UsageLedger
  /// Shortest windows in use, seconds; each is closed for all its monitors at once.
  private let windowLengths: [Int64]
  /// The next second in which some window ends.
  var nextWindowEnd = Int64.min
  var currentSecond: Int64?
  /// Where somebody asked for what rules say of an entity.
  var examination: Examination?
  /// Of the records that are being processed; kept for its memory.
  var lookups: [Lookup] = []
  private var spare: [RecordBatch] = []
  public internal(set) var statistics = EngineStatistics()
  /// Gaps of the statistics that ``takeCoverage()`` gave.
  var takenGapCount = 0

  public init(
    rules: RuleSet, registry: KeyRegistry, sources: [SourceDeclaration], options: EngineOptions
  ) {
    precondition(!sources.isEmpty, "an engine needs a source")
    let rules = rules.rules.flatMap(\.variants)
    self.options = options
    self.sources = sources
    context = EngineContext(
      rules: rules, registry: registry, hash: options.hash, bounds: options.bounds,
      fingerprint: options.fingerprint)
    context.episodes.detectFrom = options.detectFrom?.milliseconds ?? .min
    context.episodes.backfill = options.backfill
    clocks = sources.map { SourceClock(latenessMilliseconds: $0.latenessMilliseconds) }
    finished = Array(repeating: false, count: sources.count)
    excluded = Array(repeating: false, count: sources.count)
    floors = Array(repeating: .min, count: sources.count)
    belowFloorCount = Array(repeating: 0, count: sources.count)
    gapStarts = Array(repeating: nil, count: sources.count)
    began = Array(repeating: false, count: sources.count)
    coverage = Array(repeating: CoverageLedger(), count: sources.count)
    sampling = Sampling(sources)
    examination = Examination(options.inquiry, rules)
    let plan = EnginePlan(
      rules: rules, registry: registry, bounds: options.bounds, sampling: sampling)
    classifier = RequestClassifier(plan.subscriptions, hash: options.hash)
    volumes = plan.volumes
    tiers = plan.tiers
    precursors = plan.precursors
    tallies = plan.tallies
    windowLengths = plan.windowLengths
    entityResolver = EntityResolver(registry: registry)
    usage = UsageLedger(
      isOn: options.countsUsage, registry: registry, hash: options.hash,
      bounds: options.bounds.usage)
  }

  /// A batch to fill, if one is free: its memory is reused.
  public mutating func spareBatch() -> RecordBatch? { spare.popLast() }

  /// Records that wait for older ones; a reader may wait when they are many.
  public var waitingCount: Int { queue.count }

  /// The event time that source `index` has reached.
  public func clock(of index: Int) -> EventTime? {
    clocks[index].time.map(EventTime.init(milliseconds:))
  }

  // MARK: - input

  /// Takes in a batch of `source`; appends to `alerts` what became certain with it.
  public mutating func observe(
    _ batch: consuming RecordBatch, from source: Int, into alerts: inout [Alert]
  ) {
    count(batch)
    let number = queue.retain(batch, from: source)
    admitAll(number, source)
    judge(into: &alerts, isForced: false)
  }

  /// Bytes of `source` are missing here: its records from now to the next one are unknown.
  public mutating func noteGap(in source: Int) {
    guard gapStarts[source] == nil, let time = clocks[source].time else { return }
    gapStarts[source] = time
    context.gaps.open(source: source, at: time)
  }

  /// Records of `source` between the two times are missing, and no more than these.
  public mutating func noteGap(in source: Int, from start: EventTime, to end: EventTime) {
    addGap(source, start: start.milliseconds, end: end.milliseconds)
  }

  /// The source fell silent: event time no longer waits for it.
  public mutating func exclude(_ source: Int, into alerts: inout [Alert]) {
    excluded[source] = true
    noteGap(in: source)
    judge(into: &alerts, isForced: true)
  }

  /// The source speaks again: what it has from before the present is late. The present is what
  /// the clocks of the others say, however much of it was judged already.
  public mutating func rejoin(_ source: Int, into alerts: inout [Alert]) {
    settle(into: &alerts)
    excluded[source] = false
    floors[source] = (currentSecond ?? 0) * 1000
  }

  /// Judges all that can no longer change, which otherwise may wait for more of it.
  public mutating func settle(into alerts: inout [Alert]) { judge(into: &alerts, isForced: true) }

  /// Whether event time does not wait for the source.
  public func isExcluded(_ source: Int) -> Bool { excluded[source] }

  /// Event time went on although nobody spoke.
  public mutating func tick(_ time: EventTime, into alerts: inout [Alert]) {
    for source in sources.indices where !finished[source] && !excluded[source] {
      clocks[source].advance(to: time.milliseconds)
    }
    judge(into: &alerts, isForced: true)
  }

  /// Something was done that rules look back to: from its time on it is known to those that judge
  /// what was not judged yet.
  public mutating func note(_ mark: Mark, into alerts: inout [Alert]) {
    settle(into: &alerts)
    context.marks.add(mark)
  }

  /// No more records will come from `source`.
  public mutating func finish(_ source: Int, into alerts: inout [Alert]) {
    var released: [SourceClock.Held] = []
    let held = clocks[source].held
    clocks[source].finish(released: &released)
    for record in released { admit(record, source) }
    for record in held { queue.release(batch: record.batch) }
    if let start = gapStarts[source] { tellGap(source, start: start, end: start) }
    gapStarts[source] = nil
    finished[source] = true
    // A source that has ended is no gap for the others.
    context.gaps.close(source: source, at: .min)
    judge(into: &alerts, isForced: true)
  }

  // MARK: - time

  /// No record older than this can still come; `nil` while some source has not spoken.
  private var watermark: Int64? {
    var slowest = Int64.max
    for source in sources.indices where !finished[source] && !excluded[source] {
      guard let mark = clocks[source].watermark else { return nil }
      slowest = min(slowest, mark)
    }
    return slowest
  }

  /// Processes what can no longer change, up to a whole second.
  private mutating func judge(into alerts: inout [Alert], isForced: Bool) {
    guard isForced || queue.isWorthTaking, let watermark else { return }
    let isAtEnd = watermark == .max && finished.allSatisfy { $0 }
    guard isAtEnd || watermark < .max else { return }
    let limit = isAtEnd ? Int64.max : watermark.floorDivided(by: 1000) * 1000
    let ready = queue.take(before: limit)
    look(ready)
    for index in ready.indices { process(ready[index], lookups[index]) }
    if isAtEnd {
      if let second = currentSecond { advance(to: second + 1) }
    } else if currentSecond != nil {
      advance(to: limit / 1000)
    }
    queue.dropUsedBatches(into: &spare)
    context.episodes.drain(into: &alerts)
  }

  /// Moves event time to the start of `second`; everything before it is complete.
  mutating func advance(to second: Int64) {
    guard let current = currentSecond else {
      currentSecond = second
      return
    }
    guard second > current else { return }
    if let moment = examination?.moment(after: current), moment <= second {
      return examine(at: moment, onTheWayTo: second)
    }
    endSecond(current)
    closeWindows(after: current, through: second)
    fireDeadlines(through: second)
    context.settle(before: .max)
    currentSecond = second
  }

  private mutating func endSecond(_ second: Int64) {
    for index in volumes.indices where volumes[index].hasHotSeries {
      volumes[index].judgeHot(at: (second + 1) * 1000, &context)
    }
    for index in tiers.indices { tiers[index].closeSecond(second, &context) }
    for index in precursors.indices { precursors[index].closeSecond(second, &context) }
    for index in tallies.indices { tallies[index].closeSecond(second, &context) }
  }

  /// A window that is open contains `current`, so each length has at most one end to pass.
  private mutating func closeWindows(after current: Int64, through second: Int64) {
    guard second >= nextWindowEnd else { return }
    let ends = windowLengths.map { (end: (current / $0 + 1) * $0, length: $0) }
      .filter { $0.end <= second }.sorted { ($0.end, $0.length) < ($1.end, $1.length) }
    for (end, length) in ends {
      fireDeadlines(through: end - 1)
      context.settle(before: end * 1000)
      for index in volumes.indices where volumes[index].shape.windowSeconds == length {
        let found = volumes[index].closeWindow(at: end * 1000, &context)
        if !found.isEmpty { judgeForThin(found, parent: index, at: end) }
      }
    }
    nextWindowEnd = windowLengths.map { (second / $0 + 1) * $0 }.min() ?? .max
  }

  private mutating func fireDeadlines(through second: Int64) {
    while let due = context.wheel.next(through: second) {
      context.settle(before: due * 1000)
      for deadline in context.wheel.take(due) {
        switch EngineContext.Deadline(token: deadline.token) {
        case .episode(let slot): context.episodeDeadline(slot, second: due)
        case .fall(let monitor, let slot):
          volumes[monitor].fallDeadline(slot, second: due, &context)
        case .tally(let monitor, let slot):
          tallies[monitor].deadline(slot, second: due, &context)
        }
      }
    }
  }
}
