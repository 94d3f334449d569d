import Baselines

// Why missing precursors are told, or not.
extension PrecursorMonitor {
  /// What the rule has to say of an entity once the second before `moment` has ended.
  func explanation(
    of entity: Entity, _ moment: Int64, _ context: borrowing EngineContext
  ) -> RuleFindings {
    guard let slot = slotOfEntity[entity.index] else {
      return RuleFindings(
        verdict: .silent, reason: "no request of it came that the rule looks at")
    }
    let found = entities[slot]
    var findings = plan.mode == .strict ? strict(found) : habit(found)
    let start = moment * 1000 - plan.withinMilliseconds
    if plan.same == nil { findings.numbers += lookBack(found.ring, from: start, to: moment * 1000) }
    guard context.gaps.isComplete(from: start, to: moment * 1000) else {
      findings.verdict = .abstains
      findings.reason = "the \(within) before reach over a gap, or to before the first record"
      return findings
    }
    return findings
  }

  private var within: String { Wording.duration(milliseconds: plan.withinMilliseconds) }

  private func strict(_ found: PrecursorEntity) -> RuleFindings {
    RuleFindings(
      verdict: found.targets > 0 ? .quiet : .silent,
      reason: found.targets > 0
        ? "each \(plan.target.text) without its precursors opens an alert"
        : "no \(plan.target.text) of it was judged")
  }

  private func habit(_ found: PrecursorEntity) -> RuleFindings {
    let habit = found.habits[0]
    guard habit.targets > 0 else {
      return RuleFindings(verdict: .silent, reason: "no \(plan.target.text) of it was judged")
    }
    guard habit.targets >= targetCountMin else {
      return RuleFindings(
        verdict: .learning,
        reason: "still learning: \(Wording.number(habit.targets)) of "
          + "\(Wording.number(targetCountMin)) \(plan.target.text)")
    }
    guard habit.missShareBound <= Self.missShareMax else {
      return RuleFindings(
        verdict: .quiet,
        reason: "no habit to break: it misses up to \(share(habit.missShareBound)) in 100, and "
          + "\(share(Self.missShareMax)) are the most")
    }
    return RuleFindings(
      verdict: .quiet,
      reason: "\(Wording.plural(Int64(habit.targets), "target")) seen",
      numbers: [number(habit, "")]
        + (isHabitual(found.habits[1]) ? [number(found.habits[1], " of their own")] : []))
  }

  /// How many misses in a row would be an alert.
  private func number(_ habit: Habit, _ own: String) -> RuleExplanation.Number {
    let misses = habit.evidenceOfBreak > 0 ? habit.run.misses : 0
    var weighed = habit
    var more = 0.0
    // What is weighed is learnt: a weak habit may be gone before there is an alert.
    while weighed.evidenceOfBreak < Self.alarm, isHabitual(weighed) {
      weighed.weigh(true)
      more += 1
    }
    let opens = weighed.evidenceOfBreak >= Self.alarm
    return RuleExplanation.Number(
      unit: "\(plan.target.text) without precursors\(own)", seen: misses,
      opensAt: opens ? misses + more : nil, score: habit.evidenceOfBreak / Arithmetic.ln10,
      remark: "usual are \(share(habit.misses / habit.targets)) in 100")
  }

  /// What a target would find now.
  private func lookBack(
    _ ring: EventRing, from start: Int64, to end: Int64
  ) -> [RuleExplanation.Number] {
    plan.steps.enumerated().map { index, step in
      let count = ring.count(step: Int32(index), after: start, through: end, value: 0)
      return RuleExplanation.Number(
        unit: "\(step.matcher.text) in \(within)", seen: Double(count), needed: step.count)
    }
  }

  private func share(_ share: Double) -> String { Wording.oneDecimal(share * 100) }
}
