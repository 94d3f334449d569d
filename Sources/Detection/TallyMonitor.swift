import AccessLog
import Baselines

/// What rules of kind `threshold` and `ratio` count, for all that count the same: each entity's
/// requests in a window that slides by cells, and how many of them fulfil a condition.
///
/// A limit that is exceeded is found at the end of the second, in the cells before and the one
/// under way, so no more than a window is ever counted. That too few came shows when nobody
/// speaks: each entity has a deadline at the first end of a cell at which it can be so.
struct TallyMonitor: Sendable {
  static let entityCountMax = 1_000_000
  /// Different values that are told apart in a window of one entity, and in all.
  static let valueCountMax = 65_536
  static let valueTotalMax = 4_000_000
  /// The highest limit of different values: there is room for more.
  static let distinctLimitMax = 50_000

  /// What a record adds to the sum.
  enum Counted: Hashable, Sendable {
    /// One.
    case requests
    /// What stands in a field.
    case amount(FieldSlot)
    /// One, if its value did not come in the window.
    case values(Measure.DistinctField)

    var tellsValuesApart: Bool {
      if case .values = self { true } else { false }
    }
  }

  let per: Per
  let filter: RequestFilter
  let counted: Counted
  /// The requests whose share is judged.
  let part: Expression?
  let windowMilliseconds: Int64
  let cellSeconds: Int64
  let cellCount: Int
  /// What one count stands for.
  let unit: Double
  private let entityCountMax: Int
  private let valueTotalMax: Int64
  /// The rules that set a limit.
  var judges: [TallyJudge] = []
  private var bounds = TallyBounds()
  /// Its place in the engine, which names its deadlines.
  var number = 0
  var slotOfEntity = SlotTable()
  var series: [TallySeries] = []
  /// Series by series, one for each cell; cell `c` stands at `c % cellCount`. Of values: how many
  /// came in it last.
  var counts: [Int64] = []
  /// The same of requests that fulfil the condition; empty without one.
  var parts: [Int64] = []
  /// By series, where values are told apart.
  var values: [RecentValues] = []
  /// In all series.
  var valueTotal: Int64 = 0
  /// The cell in which all series were looked through for old values; found out again.
  private var sweptCell = Int64.min
  /// Series that may be beyond a limit in the second under way.
  var touched: [UInt32] = []
  var refusedCount = 0
  var refusedValueCount = 0

  init(
    _ definition: TallyDefinition, unit: Int = 1, entityCountMax: Int = Self.entityCountMax,
    valueTotalMax: Int = Self.valueTotalMax
  ) {
    per = definition.per
    filter = definition.filter
    counted = definition.counted
    part = definition.part
    windowMilliseconds = definition.windowMilliseconds
    cellSeconds = definition.cellSeconds
    cellCount = definition.cellCount
    // What values there are in a sample is no part of what there are in all.
    self.unit = definition.counted.tellsValuesApart ? 1 : Double(unit)
    self.entityCountMax = entityCountMax
    self.valueTotalMax = Int64(valueTotalMax)
  }

  /// Judges by one more rule.
  mutating func add(rule: Int, _ plan: TallyPlan, minSamples: Int?) {
    judges.append(TallyJudge(rule: rule, plan: plan, minSamples: minSamples, unit: unit))
    bounds = TallyBounds(judges, unit: unit)
  }

  func judge(ofRule rule: Int) -> TallyJudge? { judges.first { $0.rule == rule } }

  /// The requests whose share is judged.
  var partFilter: RequestFilter? { part.map { filter.narrowed(by: $0) } }

  /// Whether it looks at entities when they are silent.
  var watchesSilence: Bool { bounds.fall != nil }

  var tellsValuesApart: Bool { counted.tellsValuesApart }

  // MARK: - records

  /// Counts a record; true if it is worth keeping as evidence.
  @inline(__always)
  mutating func count(
    _ entity: Entity, _ amount: Int64, at second: Int64, _ context: inout EngineContext
  ) -> Bool {
    guard let slot = current(entity, at: second, &context) else { return false }
    let cell = series[slot].cell
    // What a log claims may be more than a number holds, and must not stop anybody.
    counts[slot * cellCount + Int(cell % Int64(cellCount))] &+= amount
    series[slot].sum &+= amount
    // With a condition it is the part that comes next which decides what is shown.
    return touch(slot) && part == nil
  }

  /// Counts a record among those that fulfil the condition; it has been counted just before.
  @inline(__always)
  mutating func countPart(_ entity: Entity, _ weight: Int32) -> Bool {
    guard let slot = slotOfEntity[entity.index] else { return false }
    let cell = Int(series[slot].cell % Int64(cellCount))
    parts[slot * cellCount + cell] += Int64(weight)
    series[slot].partSum += Int64(weight)
    return touch(slot)
  }

  /// Counts a value, unless it came in the window before.
  mutating func countValue(
    _ entity: Entity, _ value: UInt64, at second: Int64, _ context: inout EngineContext
  ) -> Bool {
    guard let slot = current(entity, at: second, &context) else { return false }
    let cell = series[slot].cell
    let oldest = cell - Int64(cellCount) + 1
    if let last = values[slot].cell(of: value), last >= oldest {
      guard last != cell else { return touch(slot) }
      counts[slot * cellCount + Int(last % Int64(cellCount))] -= 1
    } else {
      guard hasRoom(slot, at: cell) else {
        refusedValueCount += 1
        return touch(slot)
      }
      series[slot].sum += 1
      valueTotal += 1
    }
    counts[slot * cellCount + Int(cell % Int64(cellCount))] += 1
    values[slot].note(value, in: cell, since: oldest)
    return touch(slot)
  }

  /// Whether one more value can be told apart; if there are too many in all, those go first that
  /// are older than a window.
  private mutating func hasRoom(_ slot: Int, at cell: Int64) -> Bool {
    guard series[slot].sum < Int64(Self.valueCountMax) else { return false }
    if valueTotal < valueTotalMax { return true }
    // Once a cell: until the next one nothing more grows old.
    guard sweptCell < cell else { return false }
    sweptCell = cell
    for other in series.indices where series[other].cell < cell { advance(other, to: cell) }
    return valueTotal < valueTotalMax
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    guard let slot = slotOfEntity[entity.index] else { return }
    for index in judges.indices where judges[index].wantsEvidence(of: UInt32(slot), series[slot]) {
      judges[index].evidence[UInt32(slot), default: []].append(line)
    }
  }

  /// Notes a series that may be beyond a limit; true if there is room for its lines.
  @inline(__always)
  private mutating func touch(_ slot: Int) -> Bool {
    guard bounds.mayBePassed(by: series[slot], hasPart: part != nil) else { return false }
    if !series[slot].isTouched {
      series[slot].isTouched = true
      touched.append(UInt32(slot))
    }
    return judges.contains { $0.wantsEvidence(of: UInt32(slot), series[slot]) }
  }

  /// The series of `entity`, which has come to the cell of `second`; `nil` where there is no room.
  @inline(__always)
  private mutating func current(
    _ entity: Entity, at second: Int64, _ context: inout EngineContext
  ) -> Int? {
    guard let slot = slot(of: entity, at: second, &context) else { return nil }
    let cell = second / cellSeconds
    if series[slot].cell != cell { advance(slot, to: cell) }
    return slot
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
    if part != nil { parts.append(contentsOf: repeatElement(0, count: cellCount)) }
    if tellsValuesApart { values.append(RecentValues()) }
    watch(series.count - 1, &context)
    return series.count - 1
  }

  /// Goes on to `cell`; those between are empty, and what is older than a window is forgotten.
  mutating func advance(_ slot: Int, to cell: Int64) {
    let before = series[slot].sum
    var next = max(series[slot].cell + 1, cell - Int64(cellCount) + 1)
    while next <= cell {
      let place = slot * cellCount + Int(next % Int64(cellCount))
      series[slot].sum &-= counts[place]
      counts[place] = 0
      if part != nil {
        series[slot].partSum -= parts[place]
        parts[place] = 0
      }
      next += 1
    }
    series[slot].cell = cell
    guard tellsValuesApart, series[slot].sum != before else { return }
    valueTotal += series[slot].sum - before
    values[slot].shrink(to: Int(series[slot].sum), since: cell - Int64(cellCount) + 1)
  }

  // MARK: - judging

  /// At the end of a second: those that may be beyond a limit in it.
  mutating func closeSecond(_ second: Int64, _ context: inout EngineContext) {
    guard !touched.isEmpty else { return }
    for slot in touched {
      series[Int(slot)].isTouched = false
      for index in judges.indices where !judges[index].watchesSilence {
        let lines = judges[index].evidence.removeValue(forKey: slot) ?? []
        let verdict = judges[index].verdict(of: series[Int(slot)], at: second + 1, context)
        if let verdict { context.report(verdict, evidence: lines) }
      }
    }
    touched.removeAll(keepingCapacity: true)
  }

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
    var wait = cellsUntilTooLittle(slot)
    if wait == 0 {
      let end = second * 1000
      if context.gaps.isComplete(from: end - windowMilliseconds, to: end) {
        judgeSilence(slot, at: second, &context)
      }
      // Whoever is silent is looked at once a window, which keeps the alert open.
      wait = series[slot].sum == 0 ? Int64(cellCount) : 1
    }
    context.setDeadline(
      .tally(monitor: number, slot: slot), at: second + wait * cellSeconds)
  }

  private func judgeSilence(_ slot: Int, at second: Int64, _ context: inout EngineContext) {
    for judge in judges where judge.watchesSilence {
      let verdict = judge.verdict(of: series[slot], at: second, context)
      if let verdict { context.report(verdict, evidence: []) }
    }
  }

  /// How many cells must end before there can be too little in a window; 0 if there is now.
  private func cellsUntilTooLittle(_ slot: Int) -> Int64 {
    guard let limit = bounds.fall else { return Int64(cellCount) }
    var left = series[slot].sum
    let last = series[slot].cell
    for age in 0..<Int64(cellCount) {
      if Double(left) * unit < limit { return age }
      let oldest = last - Int64(cellCount) + 1 + age
      guard oldest >= 0 else { continue }
      left &-= counts[slot * cellCount + Int(oldest % Int64(cellCount))]
    }
    return Int64(cellCount)
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

/// The outermost of the limits of all rules that count the same: what is within them, none of
/// the rules need be asked.
private struct TallyBounds: Sendable {
  /// Of amounts, the least that may be too much; of shares, too.
  private var rise = Double.infinity
  private var shareFall = -Double.infinity
  private var countMin = Int64.max
  /// The amount below which there may be too little.
  private(set) var fall: Double?

  init() {}

  init(_ judges: [TallyJudge], unit: Double) {
    for judge in judges {
      let isShare = judge.plan.part != nil
      countMin = min(countMin, judge.countMin)
      if judge.plan.isAbove {
        rise = min(rise, isShare ? judge.plan.shareLimit : judge.plan.limit / unit)
      } else if isShare {
        shareFall = max(shareFall, judge.plan.shareLimit)
      } else {
        fall = max(fall ?? 0, judge.plan.limit)
      }
    }
  }

  @inline(__always)
  func mayBePassed(by tally: TallySeries, hasPart: Bool) -> Bool {
    let sum = Double(tally.sum)
    // As much as the limit passes here, so that the last digit of a quotient decides nothing.
    guard hasPart else { return sum >= rise }
    guard tally.sum >= countMin else { return false }
    let part = Double(tally.partSum)
    return part > rise * sum || part < shareFall * sum
  }
}
