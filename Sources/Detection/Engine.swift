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
  private var classifier: RequestClassifier
  var volumes: [VolumeMonitor]
  var tiers: [TierMonitor]
  var precursors: [PrecursorMonitor]
  var tallies: [TallyMonitor]
  private let entityResolver: EntityResolver
  var usage: UsageLedger
  /// Shortest windows in use, seconds; each is closed for all its monitors at once.
  private let windowLengths: [Int64]
  /// The next second in which some window ends.
  var nextWindowEnd = Int64.min
  var currentSecond: Int64?
  /// Where somebody asked for what rules say of an entity.
  var examination: Examination?
  /// Of the records that are being processed; kept for its memory.
  private var lookups: [Lookup] = []
  private var spare: [RecordBatch] = []
  public internal(set) var statistics = EngineStatistics()

  public init(
    rules: RuleSet, registry: KeyRegistry, sources: [SourceDeclaration], options: EngineOptions
  ) {
    precondition(!sources.isEmpty, "an engine needs a source")
    self.options = options
    self.sources = sources
    context = EngineContext(
      rules: rules.rules, registry: registry, hash: options.hash, bounds: options.bounds,
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
    examination = Examination(options.inquiry, rules.rules)
    let plan = EnginePlan(
      rules: rules.rules, registry: registry, bounds: options.bounds, sampling: sampling)
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

  // MARK: - records

  /// Finds out who calls, and of which class the requests are, for many records in a row: the
  /// looks do not wait for each other, as they would between the counting.
  private mutating func look(_ ready: [RecordQueue.Reference]) {
    lookups.removeAll(keepingCapacity: true)
    lookups.reserveCapacity(ready.count)
    for index in ready.indices {
      let slot = Int(ready[index].batch) - queue.firstBatch
      let place = Int(ready[index].index)
      let id = classID(slot, place)
      lookups.append(Lookup(key: key(slot, place), classID: UInt32(id)))
    }
  }

  private struct Lookup: Sendable {
    var key: UInt32
    var classID: UInt32
  }

  private mutating func process(_ reference: RecordQueue.Reference, _ lookup: Lookup) {
    let second = reference.time / 1000
    if second != currentSecond { advance(to: second) }
    statistics.note(reference.time)
    let slot = Int(reference.batch) - queue.firstBatch
    queue.batches[slot].referenceCount -= 1
    let subscribers = classifier.subscribers(of: Int(lookup.classID))
    guard usage.isOn || !subscribers.isEmpty else { return }
    let caller =
      lookup.key == KeyTable.nobody
      ? .nobody : context.keys.caller(lookup.key, at: reference.time)
    if usage.isOn { countUsage(reference, slot, caller) }
    let record = RecordPlace(
      time: reference.time, second: second, slot: slot, index: Int(reference.index),
      caller: caller, weight: sampling.weights[queue.batches[slot].source])
    for number in subscribers { feed(classifier.subscriber(number), record) }
  }

  private mutating func countUsage(
    _ reference: RecordQueue.Reference, _ slot: Int, _ caller: KeyTable.Caller
  ) {
    if usage.isHourOver(at: reference.time) { usage.closeHour(context.keys) }
    // Usage is told as it came, so a record stands for all that its source did not log.
    let weight = sampling.factors[queue.batches[slot].source]
    usage.count(
      &queue.batches[slot], Int(reference.index), weight, at: reference.time, caller)
  }

  @inline(__always)
  private mutating func classID(_ slot: Int, _ index: Int) -> Int {
    let key = ClassCache.key(
      route: queue.batches[slot].batch.route[index],
      method: queue.batches[slot].batch.method[index],
      status: queue.batches[slot].batch.status[index],
      flags: queue.batches[slot].batch.flags[index])
    let known = Int(queue.batches[slot].classes.value(for: key))
    let id =
      known >= 0
      ? known
      : classifier.decide(
        queue.batches[slot].batch, index, key, &queue.batches[slot].classes)
    guard classifier.isUndecided(id) else { return id }
    return classifier.refine(id, queue.batches[slot].batch, index)
  }

  /// What subscribers need to know of a record.
  private struct RecordPlace {
    var time: Int64
    var second: Int64
    var slot: Int
    var index: Int
    var caller: KeyTable.Caller
    /// What the record counts.
    var weight: Int32
  }

  @inline(__always)
  private mutating func key(_ slot: Int, _ index: Int) -> UInt32 {
    let symbol = queue.batches[slot].batch.key[index]
    guard symbol != .none else { return KeyTable.nobody }
    let known = queue.batches[slot].keys[Int(symbol.index)]
    return known != RecordQueue.unmapped ? known : mapKey(slot, symbol)
  }

  private mutating func mapKey(_ slot: Int, _ symbol: Symbol) -> UInt32 {
    let key = context.keys.index(for: symbol, of: queue.batches[slot].batch.keys)
    // Who found no room is asked for each time, so that its records are counted one by one.
    if key != KeyTable.nobody { queue.batches[slot].keys[Int(symbol.index)] = key }
    return key
  }

  private mutating func feed(
    _ subscriber: RequestClassifier.Subscriber, _ record: RecordPlace
  ) {
    switch subscriber {
    case .volume(let index):
      guard let entity = entity(volumes[index].entityType, record) else { return }
      if volumes[index].count(entity, record.weight, at: record.second, &context) {
        volumes[index].keepEvidence(evidence(record), for: entity)
      }
    case .tier(let index): feedTier(index, record)
    case .tally(let index): feedTally(index, record)
    case .tallyPart(let index):
      guard let entity = entity(tallies[index].entityType, record) else { return }
      if tallies[index].countPart(entity, record.weight) {
        tallies[index].keepEvidence(evidence(record), for: entity)
      }
    case .precursorStep(let index, let step):
      guard let entity = entity(precursors[index].entityType, record),
        let value = joinValue(precursors[index].plan.same, record)
      else { return }
      precursors[index].addPrecursor(entity, step: step, time: record.time, value: value)
    case .precursorTarget(let index):
      guard let entity = entity(precursors[index].entityType, record),
        let value = joinValue(precursors[index].plan.same, record)
      else { return }
      if precursors[index].addTarget(entity, time: record.time, value: value) {
        precursors[index].keepEvidence(evidence(record), for: entity)
      }
    }
  }

  private mutating func feedTier(_ index: Int, _ record: RecordPlace) {
    let key = record.caller.key
    guard record.caller.tier >= 0 else { return }
    let isThrottled =
      queue.batches[record.slot].batch.flags[record.index].contains(.throttled)
    let isNotable = tiers[index].count(
      key, tier: Int(record.caller.tier), isThrottled: isThrottled, second: record.second,
      weight: record.weight)
    if isNotable, tiers[index].wantsEvidence(for: key, at: record.second) {
      tiers[index].keepEvidence(evidence(record), for: key, at: record.second)
    }
  }

  private mutating func feedTally(_ index: Int, _ record: RecordPlace) {
    guard let entity = entity(tallies[index].entityType, record) else { return }
    let isNotable: Bool
    switch tallies[index].counted {
    case .requests:
      isNotable = tallies[index].count(
        entity, Int64(record.weight), at: record.second, &context)
    case .amount(let field):
      let amount = amount(field, record)
      isNotable = tallies[index].count(entity, amount, at: record.second, &context)
    case .values(let field):
      guard let value = value(field, record) else { return }
      isNotable = tallies[index].countValue(entity, value, at: record.second, &context)
    }
    if isNotable { tallies[index].keepEvidence(evidence(record), for: entity) }
  }

  /// What a record and those that it stands for have in a field; no more than a tebibyte is
  /// believed.
  private func amount(_ field: FieldSlot, _ record: RecordPlace) -> Int64 {
    let one = queue.batches[record.slot].batch.number(field, at: record.index) ?? 0
    return Int64(min(max(0, one) * Double(record.weight), 0x1p40))
  }

  /// The hash of a value that is told apart from others; `nil` where the record has none.
  private func value(_ field: Measure.DistinctField, _ record: RecordPlace) -> UInt64? {
    switch field {
    case .key: record.caller.key == KeyTable.nobody ? nil : UInt64(record.caller.key)
    case .field(let field):
      field.valueHash(
        of: queue.batches[record.slot].batch, at: record.index, hash: options.hash)
    }
  }

  /// The hash of the field in which target and precursors must agree; 0 where none is asked
  /// for, `nil` where the record has none.
  private func joinValue(_ field: RequestField?, _ record: RecordPlace) -> UInt64? {
    guard let field else { return 0 }
    return field.valueHash(
      of: queue.batches[record.slot].batch, at: record.index, hash: options.hash)
  }

  private mutating func entity(_ type: EntityType, _ record: RecordPlace) -> Entity? {
    switch type {
    case .key:
      guard record.caller.key != KeyTable.nobody else { return nil }
      return Entity(
        type: record.caller.isAddress ? .clientIP : .key, index: record.caller.key)
    case .supplier:
      guard record.caller.supplier >= 0 else { return nil }
      return Entity(type: .supplier, index: UInt32(record.caller.supplier))
    case .application:
      return context.keys.application(ofRow: record.caller.row).map {
        Entity(type: .application, index: UInt32($0))
      }
    case .tier:
      guard record.caller.tier >= 0 else { return nil }
      return Entity(type: .tier, index: UInt32(record.caller.tier))
    case .global: return .all
    case .clientIP, .network:
      return entityResolver.addressEntity(
        type, queue.batches[record.slot].batch, record.index, &context)
    case .route, .api, .version:
      return entityResolver.routeEntity(
        type, &queue.batches[record.slot], record.index, &context)
    }
  }

  private func evidence(_ record: RecordPlace) -> EvidenceLine {
    let source = queue.batches[record.slot].source
    let standIn =
      record.caller.key == KeyTable.nobody
      ? "" : context.keys.name(of: record.caller.key, at: record.time)
    let batch = queue.batches[record.slot].batch
    return EvidenceLine(
      source: sources[source].name,
      line: sources[source].parser.maskedLine(record.index, of: batch, standIn: standIn),
      lineHash: batch.withText(batch.line[record.index]) { Secrets.hash(of: $0, options.hash) },
      segmentIndex: batch.segmentIndex,
      offset: batch.startOffset + Int64(batch.line[record.index].start),
      isUnverified: batch.isUnverified)
  }
}
