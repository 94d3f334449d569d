import AccessLog
import Baselines

/// One rule of kind `threshold` or `ratio` at work: each entity's requests in a window that slides
/// by cells, and how many of them fulfil the rule's condition.
///
/// A limit that is exceeded is found at the end of the second, in the cells before and the one
/// under way, so no more than a window is ever counted. That too few came shows when nobody
/// speaks: each entity has a deadline at the first end of a cell at which it can be so.
struct TallyMonitor: Sendable {
  static let entityCountMax = 1_000_000

  let rule: Int
  let plan: TallyPlan
  let entityType: EntityType
  let filter: RequestFilter
  let cellSeconds: Int64
  let cellCount: Int
  /// Requests that one count stands for.
  let unit: Double
  /// Requests of a window from which on a share says something.
  let countMin: Int64
  private let entityCountMax: Int
  /// Its place in the engine, which names its deadlines.
  var number = 0
  var slotOfEntity = SlotTable()
  var series: [TallySeries] = []
  /// Series by series, one for each cell; cell `c` stands at `c % cellCount`.
  var counts: [Int32] = []
  /// The same of requests that fulfil the condition; empty without one.
  var parts: [Int32] = []
  /// Series that may be beyond the limit in the second under way.
  var touched: [UInt32] = []
  /// Of the second under way; looked up, never iterated.
  var evidence: [UInt32: [EvidenceLine]] = [:]
  var refusedCount = 0

  private static let countMinDefault: Int64 = 20
  /// A rule that knows no chance says that it is sure.
  private static let scoreOfALimit = 6.0

  init(
    rule: Int, plan: TallyPlan, entityType: EntityType, filter: RequestFilter, minSamples: Int?,
    unit: Int = 1, entityCountMax: Int = Self.entityCountMax
  ) {
    self.rule = rule
    self.plan = plan
    self.entityType = entityType
    self.filter = filter
    self.unit = Double(unit)
    self.entityCountMax = entityCountMax
    countMin = minSamples.map(Int64.init) ?? Self.countMinDefault
    cellSeconds = plan.cellSeconds
    cellCount = Int(plan.cellCount)
  }

  /// The requests whose share is judged.
  var partFilter: RequestFilter? {
    plan.part.map { part in
      let both = filter.expression.map { Expression($0, and: part) } ?? part
      return RequestFilter(matchers: filter.matchers, expression: both)
    }
  }

  /// Whether it looks at entities when they are silent.
  var watchesSilence: Bool { plan.part == nil && !plan.isAbove }

  // MARK: - records

  /// Counts a record; true if it is worth keeping as evidence.
  @inline(__always)
  mutating func count(
    _ entity: Entity, _ weight: Int32, at second: Int64, _ context: inout EngineContext
  ) -> Bool {
    guard let slot = slot(of: entity, at: second, &context) else { return false }
    let cell = second / cellSeconds
    if series[slot].cell != cell { advance(slot, to: cell) }
    counts[slot * cellCount + Int(cell % Int64(cellCount))].addClamped(weight)
    series[slot].sum += Int64(weight)
    // With a condition it is the part that comes next which decides what is shown.
    return touch(slot) && plan.part == nil
  }

  /// Counts a record among those that fulfil the condition; it has been counted just before.
  @inline(__always)
  mutating func countPart(_ entity: Entity, _ weight: Int32) -> Bool {
    guard let slot = slotOfEntity[entity.index] else { return false }
    let cell = Int(series[slot].cell % Int64(cellCount))
    parts[slot * cellCount + cell].addClamped(weight)
    series[slot].partSum += Int64(weight)
    return touch(slot) && plan.isAbove
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    guard let slot = slotOfEntity[entity.index] else { return }
    evidence[UInt32(slot), default: []].append(line)
  }

  /// Notes a series that may be beyond the limit; true if there is room for its lines.
  private mutating func touch(_ slot: Int) -> Bool {
    guard isBeyond(slot), !watchesSilence else { return false }
    if !series[slot].isTouched {
      series[slot].isTouched = true
      touched.append(UInt32(slot))
    }
    return (evidence[UInt32(slot)]?.count ?? 0) < EpisodeTable.evidenceCountMax
  }

  private func isBeyond(_ slot: Int) -> Bool {
    let sum = Double(series[slot].sum)
    guard plan.part != nil else {
      return plan.isAbove ? sum * unit > plan.limit : sum * unit < plan.limit
    }
    guard series[slot].sum >= countMin else { return false }
    let part = Double(series[slot].partSum)
    return plan.isAbove ? part > plan.limit * sum : part < plan.limit * sum
  }

  private mutating func slot(
    of entity: Entity, at second: Int64, _ context: inout EngineContext
  ) -> Int? {
    if let slot = slotOfEntity[entity.index] { return slot }
    guard series.count < entityCountMax else {
      refusedCount += 1
      return nil
    }
    slotOfEntity[entity.index] = series.count
    let cell = second / cellSeconds
    series.append(TallySeries(entity: entity, firstCell: cell, cell: cell))
    counts.append(contentsOf: repeatElement(0, count: cellCount))
    if plan.part != nil { parts.append(contentsOf: repeatElement(0, count: cellCount)) }
    watch(series.count - 1, &context)
    return series.count - 1
  }

  /// Goes on to `cell`; those between are empty, and what is older than a window is forgotten.
  mutating func advance(_ slot: Int, to cell: Int64) {
    var next = max(series[slot].cell + 1, cell - Int64(cellCount) + 1)
    while next <= cell {
      let place = slot * cellCount + Int(next % Int64(cellCount))
      series[slot].sum -= Int64(counts[place])
      counts[place] = 0
      if plan.part != nil {
        series[slot].partSum -= Int64(parts[place])
        parts[place] = 0
      }
      next += 1
    }
    series[slot].cell = cell
  }

  // MARK: - judging

  /// At the end of a second: those that may be beyond the limit in it.
  mutating func closeSecond(_ second: Int64, _ context: inout EngineContext) {
    guard !touched.isEmpty else { return }
    for slot in touched {
      series[Int(slot)].isTouched = false
      judge(Int(slot), at: second + 1, &context)
      evidence[slot] = nil
    }
    touched.removeAll(keepingCapacity: true)
  }

  private mutating func judge(_ slot: Int, at second: Int64, _ context: inout EngineContext) {
    let key = EpisodeKey(rule: rule, entity: series[slot].entity)
    guard isBeyond(slot) else { return }
    let score = score(of: series[slot])
    guard score >= scoreLeast(isOpen: context.episodes.isOpen(key)) else { return }
    context.report(
      verdict(slot, score, at: second, context), evidence: evidence[UInt32(slot)] ?? [])
  }

  func scoreLeast(isOpen: Bool) -> Double {
    isOpen ? VolumeJudge.scoreToContinue : VolumeJudge.scoreMin
  }

  /// Minus log10 of the probability of such a share if the limit were the truth.
  func score(of tally: TallySeries) -> Double {
    guard plan.part != nil else { return Self.scoreOfALimit }
    let (whole, part) = (Double(tally.sum), Double(tally.partSum))
    return plan.isAbove
      ? BinomialTail.surpriseAtLeast(part, of: whole, share: plan.limit)
      : BinomialTail.surpriseAtLeast(whole - part, of: whole, share: 1 - plan.limit)
  }

  // MARK: - silence

  /// Looks at a series at the first end of a cell at which it can hold too little: no sooner than
  /// a whole window after its first request.
  mutating func watch(_ slot: Int, _ context: inout EngineContext) {
    guard watchesSilence else { return }
    let firstEnd = series[slot].firstCell + Int64(cellCount) + 1
    context.setDeadline(
      .tally(monitor: number, slot: slot), at: max(firstEnd, series[slot].cell + 1) * cellSeconds)
  }

  /// A deadline fired: judges the window that ends with `second`.
  mutating func deadline(_ slot: Int, second: Int64, _ context: inout EngineContext) {
    let cell = second / cellSeconds - 1
    if series[slot].cell < cell { advance(slot, to: cell) }
    let end = second * 1000
    var wait = cellsUntilBeyond(slot)
    if wait == 0 {
      if context.gaps.isComplete(from: end - plan.windowMilliseconds, to: end) {
        context.report(verdict(slot, Self.scoreOfALimit, at: second, context), evidence: [])
      }
      // Whoever is silent is looked at once a window, which keeps the alert open.
      wait = series[slot].sum == 0 ? Int64(cellCount) : 1
    }
    context.setDeadline(
      .tally(monitor: number, slot: slot), at: second + wait * cellSeconds)
  }

  /// How many cells must end before there can be too little in a window; 0 if there is now.
  private func cellsUntilBeyond(_ slot: Int) -> Int64 {
    var left = series[slot].sum
    let last = series[slot].cell
    for age in 0..<Int64(cellCount) {
      if Double(left) * unit < plan.limit { return age }
      let oldest = last - Int64(cellCount) + 1 + age
      guard oldest >= 0 else { continue }
      left -= Int64(counts[slot * cellCount + Int(oldest % Int64(cellCount))])
    }
    return Int64(cellCount)
  }

  // MARK: - verdicts

  private func verdict(
    _ slot: Int, _ score: Double, at second: Int64, _ context: borrowing EngineContext
  ) -> Verdict {
    let tally = series[slot]
    let isShare = plan.part != nil
    let length = Wording.duration(milliseconds: plan.windowMilliseconds)
    let whole = Double(tally.sum)
    let limit = isShare ? plan.limit * 100 : plan.limit
    return Verdict(
      rule: rule, entity: tally.entity, startedAt: second * 1000 - plan.windowMilliseconds,
      detectedAt: second * 1000, kind: plan.kind,
      observed: isShare ? Double(tally.partSum) / whole * 100 : whole * unit,
      expectedLow: plan.isAbove ? 0 : limit, expectedMid: nil,
      expectedHigh: plan.isAbove ? limit : nil,
      unit: isShare ? "in 100 requests per \(length)" : "requests per \(length)", score: score,
      sampleSize: Int(tally.sum), isLearning: false,
      reason: reason(tally, length, context.phrase(for: tally.entity, at: second * 1000)),
      resolveAfter: 2 * max(plan.windowMilliseconds, 30_000))
  }

  private func reason(_ tally: TallySeries, _ length: String, _ who: String) -> String {
    let whole = Wording.number(Double(tally.sum) * unit)
    let estimate = unit > 1 ? "; estimated, as one of \(Wording.number(unit)) is logged" : ""
    guard let part = plan.part else {
      let limit = Wording.number(plan.limit)
      return "\(who) sent \(whole) requests in \(length); "
        + (plan.isAbove ? "the limit is \(limit)" : "at least \(limit) are required") + estimate
    }
    let share = Double(tally.partSum) / Double(tally.sum) * 100
    let limit = Wording.number(plan.limit * 100)
    return "\(Wording.number(Double(tally.partSum) * unit)) of \(whole) requests of \(who) in "
      + "\(length) fulfil \(part.text), \(Wording.oneDecimal(share)) in 100; "
      + (plan.isAbove ? "the limit is \(limit) in 100" : "at least \(limit) in 100 are required")
      + estimate
  }
}

/// What one entity sent in the window up to its last request.
struct TallySeries: Sendable {
  var entity: Entity
  /// The cell of its first request: before, nobody knows what it would have sent.
  var firstCell: Int64
  /// The cell under way.
  var cell: Int64
  /// Over the cells, with the one under way.
  var sum: Int64 = 0
  var partSum: Int64 = 0
  /// It is looked at when the second ends.
  var isTouched = false
}
