import AccessLog
import Baselines

/// One rule of kind `precursor` at work: each target's look-back, and each entity's habit.
///
/// Targets are judged when their second has ended, so that a precursor with the same stamp
/// counts wherever it stood. Precursors are not used up: one pair of quotes may serve two
/// orders. A habit is judged by a likelihood ratio of "half of the targets miss" against the
/// entity's own share of misses, restarted at one (Page's CUSUM; Wald 1945): no single miss can
/// reach a million.
struct PrecursorMonitor: Sendable {
  static let entityCountMax = 1_000_000
  static let ringCountMax = 256

  let rule: Int
  let plan: Precursor
  let entityType: EntityType
  let expression: Expression?

  private var slotOfEntity: [UInt32] = []
  private var entities: [PrecursorEntity] = []
  private var waiting: [Target] = []
  private let targetCountMin: Double
  private let entityCountMax: Int
  private(set) var refusedCount = 0
  private(set) var abstainedCount = 0
  private(set) var judgedCount = 0
  private(set) var hasTargets = false
  private(set) var droppedEventCount = 0

  private static let noSlot = UInt32.max
  /// A hundred thousand to one.
  private static let alarm = 11.512925464970229
  /// From here on the trouble itself is not learnt as habit.
  private static let doubt = 6.907755278982137
  /// A share of misses above this is no habit.
  private static let missShareMax = 0.25
  private static let brokenShare = 0.5
  /// Targets that a habit remembers.
  private static let memory = 5000.0
  private static let quietMilliseconds: Int64 = 3_600_000

  init(
    rule: Int, plan: Precursor, entityType: EntityType, expression: Expression?,
    minSamples: Int?, entityCountMax: Int = Self.entityCountMax
  ) {
    self.entityCountMax = entityCountMax
    self.rule = rule
    self.plan = plan
    self.entityType = entityType
    self.expression = expression
    targetCountMin = Double(minSamples ?? 20)
  }

  private struct PrecursorEntity: Sendable {
    let entity: Entity
    var ring = EventRing()
    var targets = 0.0
    var misses = 0.0
    /// Natural logarithm of the likelihood ratio, not below zero.
    var evidenceOfBreak = 0.0
    var runStart: Int64 = 0
    var runTargets = 0.0
    var runMisses = 0.0
    var lines: [EvidenceLine] = []
  }

  private struct Target: Sendable {
    var slot: Int
    var time: Int64
    var value: UInt64
  }

  // MARK: - records

  mutating func addPrecursor(_ entity: Entity, step: Int, time: Int64, value: UInt64) {
    guard let slot = slot(of: entity) else { return }
    let event = EventRing.Event(time: time, step: Int32(step), value: value)
    let hasDropped = entities[slot].ring.add(
      event, horizon: time - plan.withinMilliseconds - 1000, countMax: Self.ringCountMax)
    if hasDropped { droppedEventCount += 1 }
  }

  /// Takes a target; true if it looks like a miss, so that its line is worth keeping.
  mutating func addTarget(_ entity: Entity, time: Int64, value: UInt64) -> Bool {
    hasTargets = true
    guard let slot = slot(of: entity) else { return false }
    let target = Target(slot: slot, time: time, value: value)
    waiting.append(target)
    guard plan.mode == .strict || isHabitual(slot) else { return false }
    return isMiss(target) && entities[slot].lines.count < EpisodeTable.evidenceCountMax
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    entities[Int(slotOfEntity[Int(entity.index)])].lines.append(line)
  }

  private mutating func slot(of entity: Entity) -> Int? {
    let index = Int(entity.index)
    if index >= slotOfEntity.count {
      let missing = max(index + 1, slotOfEntity.count * 2) - slotOfEntity.count
      slotOfEntity.append(contentsOf: repeatElement(Self.noSlot, count: missing))
    }
    if slotOfEntity[index] != Self.noSlot { return Int(slotOfEntity[index]) }
    guard entities.count < entityCountMax else {
      refusedCount += 1
      return nil
    }
    slotOfEntity[index] = UInt32(entities.count)
    entities.append(PrecursorEntity(entity: entity))
    return entities.count - 1
  }

  // MARK: - judging

  /// At the end of a second: the targets in it.
  mutating func closeSecond(_ second: Int64, _ context: inout EngineContext) {
    guard !waiting.isEmpty else { return }
    for target in waiting { judge(target, at: (second + 1) * 1000, &context) }
    waiting.removeAll(keepingCapacity: true)
  }

  private mutating func judge(_ target: Target, at now: Int64, _ context: inout EngineContext) {
    let start = target.time - plan.withinMilliseconds
    let miss = isMiss(target)
    guard context.gaps.isComplete(from: start, to: target.time + 1),
      !(miss && entities[target.slot].ring.droppedThrough > start)
    else {
      abstainedCount += 1
      return
    }
    judgedCount += 1
    switch plan.mode {
    case .strict: judgeStrictly(target, miss, at: now, &context)
    case .habit: judgeHabit(target, miss, at: now, &context)
    }
  }

  private func isMiss(_ target: Target) -> Bool {
    for (index, step) in plan.steps.enumerated() {
      let count = entities[target.slot].ring.count(
        step: Int32(index), after: target.time - plan.withinMilliseconds, through: target.time,
        value: target.value)
      if count < step.count { return true }
    }
    return false
  }

  private mutating func judgeStrictly(
    _ target: Target, _ miss: Bool, at now: Int64, _ context: inout EngineContext
  ) {
    let slot = target.slot
    entities[slot].targets += 1
    guard miss else { return }
    continueRun(slot, target, miss, isOpen: isOpen(slot, context))
    report(slot, at: now, score: VolumeJudge.scoreMin, usualShare: 0, &context)
  }

  private mutating func judgeHabit(
    _ target: Target, _ miss: Bool, at now: Int64, _ context: inout EngineContext
  ) {
    let slot = target.slot
    guard isHabitual(slot) else {
      learn(slot, miss)
      entities[slot].evidenceOfBreak = 0
      return
    }
    let share = missShareBound(slot)
    let factor =
      miss ? Self.brokenShare / share : (1 - Self.brokenShare) / (1 - share)
    let before = entities[slot].evidenceOfBreak
    // Bounded above too, so that a healed habit is soon believed.
    let after = min(max(0, before + Arithmetic.log(factor)), 2 * Self.alarm)
    entities[slot].evidenceOfBreak = after
    continueRun(slot, target, miss, isOpen: before > 0)
    if after < Self.doubt { learn(slot, miss) }
    if miss, after >= Self.alarm {
      report(slot, at: now, score: after / Arithmetic.ln10, usualShare: share, &context)
    }
    if after == 0 { entities[slot].lines.removeAll() }
  }

  private mutating func continueRun(_ slot: Int, _ target: Target, _ miss: Bool, isOpen: Bool) {
    if !isOpen {
      entities[slot].runTargets = 0
      entities[slot].runMisses = 0
      entities[slot].runStart = target.time
    }
    entities[slot].runTargets += 1
    if miss { entities[slot].runMisses += 1 }
  }

  private func isOpen(_ slot: Int, _ context: borrowing EngineContext) -> Bool {
    context.episodes.isOpen(EpisodeKey(rule: rule, entity: entities[slot].entity))
  }

  private mutating func learn(_ slot: Int, _ miss: Bool) {
    entities[slot].targets += 1
    if miss { entities[slot].misses += 1 }
    guard entities[slot].targets > Self.memory else { return }
    entities[slot].targets /= 2
    entities[slot].misses /= 2
  }

  private func isHabitual(_ slot: Int) -> Bool {
    entities[slot].targets >= targetCountMin && missShareBound(slot) <= Self.missShareMax
  }

  /// What share of misses the entity's habit allows, generously: a normal bound over the mean
  /// of a Beta(1, 1) posterior.
  private func missShareBound(_ slot: Int) -> Double {
    let count = entities[slot].targets + 2
    let share = (entities[slot].misses + 1) / count
    return share + (share * (1 - share) / count).squareRoot()
  }

  // MARK: - verdicts

  private mutating func report(
    _ slot: Int, at now: Int64, score: Double, usualShare: Double,
    _ context: inout EngineContext
  ) {
    let state = entities[slot]
    let share = state.targets > 0 ? state.misses / state.targets : 0
    let verdict = Verdict(
      rule: rule, entity: state.entity, startedAt: state.runStart, detectedAt: now,
      kind: Precursor.kind, observed: state.runMisses, expectedLow: 0,
      expectedMid: state.runTargets * share, expectedHigh: state.runTargets * usualShare,
      unit: "misses in \(Wording.plural(Int64(state.runTargets), "target"))", score: score,
      sampleSize: Int(state.targets), isLearning: state.targets < 100,
      reason: reason(state, share, now, context), resolveAfter: Self.quietMilliseconds)
    context.report(verdict, evidence: state.lines)
    entities[slot].lines.removeAll()
  }

  private func reason(
    _ state: PrecursorEntity, _ share: Double, _ now: Int64, _ context: borrowing EngineContext
  ) -> String {
    let steps = plan.steps.map { "\($0.count) × \($0.matcher.text)" }.joined(separator: " and ")
    let who = context.phrase(for: state.entity, at: now)
    let within = Wording.duration(milliseconds: plan.withinMilliseconds)
    let count = Wording.number(state.runMisses)
    let of = state.runMisses == state.runTargets ? "" : " of \(Wording.number(state.runTargets))"
    let what =
      "\(who) sent \(count)\(of) \(plan.target.text) without \(steps) in the \(within) before"
    guard plan.mode == .habit else { return what }
    return what + "; it usually misses \(Wording.oneDecimal(share * 100)) in 100 "
      + "(\(Wording.plural(Int64(state.targets), "target")) seen)"
  }
}

extension RequestMatcher {
  /// As a rule file has it: `POST /v*/orders`.
  var text: String {
    (methods.isEmpty ? "ANY" : methods.joined(separator: ",")) + " " + glob.text
  }
}
