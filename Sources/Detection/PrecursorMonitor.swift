import AccessLog
import Baselines

/// One rule of kind `precursor` at work: each target's look-back, and each entity's habit.
///
/// Targets are judged when their second has ended, so that a precursor with the same stamp
/// counts wherever it stood. One pair of quotes may serve two orders, as far as a rule that counts
/// each miss goes. A habit is looked at twice: whether targets have precursors before them, and
/// whether they have precursors of their own, for in busy traffic some others' always stand
/// before. Whoever has the habit of sharing them is judged by the first alone.
///
/// A habit is judged by a likelihood ratio of "half of the targets miss" against the entity's own
/// share of misses, restarted at one (Page's CUSUM; Wald 1945): no single miss can reach a
/// million.
struct PrecursorMonitor: Sendable {
  static let entityCountMax = 1_000_000
  static let ringCountMax = 256

  let rule: Int
  let plan: Precursor
  let per: Per
  let expression: Expression?

  var slotOfEntity = SlotTable()
  var entities: [PrecursorEntity] = []
  var waiting: [Target] = []
  let targetCountMin: Double
  private let entityCountMax: Int
  var refusedCount = 0
  var abstainedCount = 0
  var judgedCount = 0
  var hasTargets = false
  var droppedEventCount = 0

  /// A hundred thousand to one.
  static let alarm = 11.512925464970229
  /// From here on the trouble itself is not learnt as habit.
  private static let doubt = 6.907755278982137
  /// A share of misses above this is no habit.
  static let missShareMax = 0.25
  private static let brokenShare = 0.5
  /// A rule that counts each miss knows no chance: it says that it is sure.
  private static let scoreOfAMiss = 6.0
  private static let quietMilliseconds: Int64 = 3_600_000

  init(
    rule: Int, plan: Precursor, per: Per, expression: Expression?,
    minSamples: Int?, entityCountMax: Int = Self.entityCountMax
  ) {
    self.entityCountMax = entityCountMax
    self.rule = rule
    self.plan = plan
    self.per = per
    self.expression = expression
    targetCountMin = Double(minSamples ?? 20)
  }

  struct PrecursorEntity: Sendable {
    var entity: Entity
    var ring = EventRing()
    /// Targets in strict mode.
    var targets = 0.0
    /// Any precursors, and precursors of its own.
    var habits: [2 of Habit] = InlineArray(repeating: Habit())
    /// The run of misses that is told, by a rule that counts each.
    var run = Run()
    var lines: [EvidenceLine] = []
  }

  /// A share of misses, and what speaks against it now.
  struct Habit: Sendable {
    /// Targets that it remembers.
    private static let memory = 5000.0

    var targets = 0.0
    var misses = 0.0
    /// Natural logarithm of the likelihood ratio, not below zero.
    var evidenceOfBreak = 0.0
    var run = Run()

    mutating func learn(_ miss: Bool) {
      targets += 1
      if miss { misses += 1 }
      guard targets > Self.memory else { return }
      targets /= 2
      misses /= 2
    }

    /// Weighs a target against the habit: the evidence that it is broken, and whether the target
    /// is learnt.
    mutating func weigh(_ miss: Bool) {
      let usual = missShareBound
      let broken = PrecursorMonitor.brokenShare
      let factor = miss ? broken / usual : (1 - broken) / (1 - usual)
      // Bounded above too, so that a healed habit is soon believed.
      evidenceOfBreak = min(
        max(0, evidenceOfBreak + Arithmetic.log(factor)), 2 * PrecursorMonitor.alarm)
      if evidenceOfBreak < PrecursorMonitor.doubt { learn(miss) }
    }

    /// What share of misses the habit allows, generously: a normal bound over the mean of a
    /// Beta(1, 1) posterior.
    var missShareBound: Double {
      let count = targets + 2
      let share = (misses + 1) / count
      return share + (share * (1 - share) / count).squareRoot()
    }
  }

  struct Run: Sendable {
    var start: Int64 = 0
    var targets = 0.0
    var misses = 0.0

    mutating func add(_ time: Int64, _ miss: Bool, isOpen: Bool) {
      if !isOpen { self = Run(start: time) }
      targets += 1
      if miss { misses += 1 }
    }
  }

  struct Target: Sendable {
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
    guard plan.mode == .strict || isHabitual(slot, 0) || isHabitual(slot, 1) else {
      return false
    }
    return (isMiss(target) || lacksItsOwn(target))
      && entities[slot].lines.count < EpisodeTable.evidenceCountMax
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    guard let slot = slotOfEntity[entity.index] else { return }
    entities[slot].lines.append(line)
  }

  private mutating func slot(of entity: Entity) -> Int? {
    if let slot = slotOfEntity[entity.index] { return slot }
    guard entities.count < entityCountMax else {
      refusedCount += 1
      return nil
    }
    slotOfEntity[entity.index] = entities.count
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
    let isOwn = plan.mode == .habit && takeOwn(target)
    let isUnsure = entities[target.slot].ring.droppedThrough > start
    guard context.gaps.isComplete(from: start, to: target.time + 1), !(miss && isUnsure) else {
      abstainedCount += 1
      return
    }
    judgedCount += 1
    switch plan.mode {
    case .strict: judgeStrictly(target, miss, at: now, &context)
    case .habit:
      let told = judgeHabit(0, target, miss, at: now, &context)
      // A miss of any precursors is a miss of its own, and told once.
      if !isUnsure, !told { _ = judgeHabit(1, target, !isOwn, at: now, &context) }
      if entities[target.slot].habits[0].evidenceOfBreak == 0,
        entities[target.slot].habits[1].evidenceOfBreak == 0
      {
        entities[target.slot].lines.removeAll()
      }
    }
  }

  /// Takes the precursors of `target` for its own; false, with what there is left to others,
  /// where some are missing.
  private mutating func takeOwn(_ target: Target) -> Bool {
    guard !lacksItsOwn(target) else { return false }
    let start = target.time - plan.withinMilliseconds
    for index in plan.steps.indices {
      entities[target.slot].ring.take(
        plan.steps[index].count, step: Int32(index), after: start, through: target.time,
        value: target.value)
    }
    return true
  }

  private func lacksItsOwn(_ target: Target) -> Bool {
    isMiss(target, unusedOnly: true)
  }

  private func isMiss(_ target: Target, unusedOnly: Bool = false) -> Bool {
    for (index, step) in plan.steps.enumerated() {
      let count = entities[target.slot].ring.count(
        step: Int32(index), after: target.time - plan.withinMilliseconds, through: target.time,
        value: target.value, unusedOnly: unusedOnly)
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
    entities[slot].run.add(target.time, miss, isOpen: isOpen(slot, context))
    let finding = Finding(
      run: entities[slot].run, targets: entities[slot].targets, share: 0, usualShare: 0,
      score: Self.scoreOfAMiss, isOwn: false)
    report(finding, slot, at: now, &context)
  }

  /// True if an alert was told.
  private mutating func judgeHabit(
    _ number: Int, _ target: Target, _ miss: Bool, at now: Int64,
    _ context: inout EngineContext
  ) -> Bool {
    let slot = target.slot
    guard isHabitual(slot, number) else {
      entities[slot].habits[number].learn(miss)
      entities[slot].habits[number].evidenceOfBreak = 0
      return false
    }
    let usualShare = entities[slot].habits[number].missShareBound
    let before = entities[slot].habits[number].evidenceOfBreak
    entities[slot].habits[number].weigh(miss)
    let after = entities[slot].habits[number].evidenceOfBreak
    entities[slot].habits[number].run.add(target.time, miss, isOpen: before > 0)
    guard miss, after >= Self.alarm else { return false }
    let habit = entities[slot].habits[number]
    let finding = Finding(
      run: habit.run, targets: habit.targets, share: habit.misses / habit.targets,
      usualShare: usualShare, score: after / Arithmetic.ln10, isOwn: number == 1)
    report(finding, slot, at: now, &context)
    return true
  }

  private func isOpen(_ slot: Int, _ context: borrowing EngineContext) -> Bool {
    context.episodes.isOpen(EpisodeKey(rule: rule, entity: entities[slot].entity))
  }

  private func isHabitual(_ slot: Int, _ number: Int) -> Bool {
    isHabitual(entities[slot].habits[number])
  }

  func isHabitual(_ habit: Habit) -> Bool {
    habit.targets >= targetCountMin && habit.missShareBound <= Self.missShareMax
  }

  // MARK: - verdicts

  private struct Finding {
    var run: Run
    /// Targets that the habit knows.
    var targets: Double
    var share: Double
    var usualShare: Double
    var score: Double
    /// What is missing is precursors of the target's own.
    var isOwn: Bool
  }

  private mutating func report(
    _ finding: Finding, _ slot: Int, at now: Int64, _ context: inout EngineContext
  ) {
    let entity = entities[slot].entity
    let run = finding.run
    let verdict = Verdict(
      rule: rule, entity: entity, startedAt: run.start, detectedAt: now,
      kind: Precursor.kind, observed: run.misses, expectedLow: 0,
      expectedMid: run.targets * finding.share, expectedHigh: run.targets * finding.usualShare,
      unit: "misses in \(Wording.plural(Int64(run.targets), "target"))", score: finding.score,
      sampleSize: Int(finding.targets), isLearning: finding.targets < 100,
      reason: reason(finding, entity, now, context), resolveAfter: Self.quietMilliseconds)
    context.report(verdict, evidence: entities[slot].lines)
    entities[slot].lines.removeAll()
  }

  private func reason(
    _ finding: Finding, _ entity: Entity, _ now: Int64, _ context: borrowing EngineContext
  ) -> String {
    let steps = plan.steps.map { "\($0.count) × \($0.matcher.text)" }.joined(separator: " and ")
    let who = context.phrase(for: entity, at: now)
    let within = Wording.duration(milliseconds: plan.withinMilliseconds)
    let count = Wording.number(finding.run.misses)
    let of =
      finding.run.misses == finding.run.targets
      ? "" : " of \(Wording.number(finding.run.targets))"
    let own = finding.isOwn ? " of their own" : ""
    let what =
      "\(who) sent \(count)\(of) \(plan.target.text) without \(steps)\(own) in the \(within) "
      + "before"
    guard plan.mode == .habit else { return what }
    return what + "; it usually misses \(Wording.oneDecimal(finding.share * 100)) in 100 "
      + "(\(Wording.plural(Int64(finding.targets), "target")) seen)"
  }
}

extension RequestMatcher {
  /// As a rule file has it: `POST /v*/orders`.
  var text: String {
    (methods.isEmpty ? "ANY" : methods.joined(separator: ",")) + " " + glob.text
  }
}
