import AccessLog
import Baselines

// Why a limit was told to be passed, or not; asked of a copy that stands where the engine does.
extension TallyMonitor {
  /// What the rule has to say of an entity when `moment` ends the second under way.
  func explanation(
    of entity: Entity, _ judge: TallyJudge, _ moment: Int64, _ context: borrowing EngineContext
  ) -> RuleFindings {
    guard let slot = slotOfEntity[entity.index] else {
      return RuleFindings(verdict: .silent, reason: "no request of it came that the rule counts")
    }
    var copy = self
    // Too little is judged where a cell ends, too much at the end of each second.
    let end = judge.watchesSilence ? moment / cellSeconds * cellSeconds : moment
    let cell = (end - 1) / cellSeconds
    if copy.series[slot].cell < cell { copy.advance(slot, to: cell) }
    let isOpen = context.episodes.isOpen(EpisodeKey(rule: judge.rule, entity: entity))
    var findings = RuleFindings(
      verdict: .quiet, numbers: [judge.number(of: copy.series[slot], isOpen)])
    if judge.watchesSilence, let reason = reasonToWait(series[slot], end, context) {
      (findings.verdict, findings.reason) = reason
    }
    return findings
  }

  private func reasonToWait(
    _ one: TallySeries, _ end: Int64, _ context: borrowing EngineContext
  ) -> (RuleExplanation.Verdict, String)? {
    let length = Wording.duration(milliseconds: windowMilliseconds)
    if (one.firstCell + Int64(cellCount) + 1) * cellSeconds > end {
      return (.learning, "it has not been there for a whole \(length)")
    }
    let isWhole = context.gaps.isComplete(
      from: end * 1000 - windowMilliseconds, to: end * 1000)
    return isWhole ? nil : (.abstains, "records of the \(length) before are missing")
  }

}

extension TallyJudge {
  /// What was seen, and from where on it would be an alert.
  fileprivate func number(of one: TallySeries, _ isOpen: Bool) -> RuleExplanation.Number {
    let length = Wording.duration(milliseconds: plan.windowMilliseconds)
    guard plan.part != nil else {
      let whole = plan.limit / unit
      let limit = plan.isAbove ? whole.rounded(.down) + 1 : whole.rounded(.up) - 1
      return RuleExplanation.Number(
        unit: "\(plan.unit) in \(length)", seen: Double(one.sum) * unit,
        opensAt: limit < 0 ? nil : limit * unit, isFall: !plan.isAbove, isOpen: isOpen)
    }
    let all = "\(Wording.number(Double(one.sum) * unit)) requests in \(length)"
    return RuleExplanation.Number(
      unit: "\(plan.partName) among \(all)", seen: Double(one.partSum) * unit,
      opensAt: leastPart(of: one, scoreLeast(isOpen: isOpen)).map { $0 * unit },
      isFall: !plan.isAbove, isOpen: isOpen, score: score(of: one),
      remark: one.sum < countMin ? "\(one.sum) of \(countMin) requests needed" : nil)
  }

  /// The number among as many requests at which the share is an alert.
  private func leastPart(of one: TallySeries, _ score: Double) -> Double? {
    guard one.sum >= countMin else { return nil }
    func opens(_ part: Int64) -> Bool {
      var one = one
      one.partSum = part
      let share = Double(part)
      let limit = plan.shareLimit * Double(one.sum)
      return (plan.isAbove ? share > limit : share < limit) && self.score(of: one) >= score
    }
    // The more of them, the likelier an alert of too many; the fewer, one of too few.
    let parts = 0..<one.sum + 1
    let part =
      plan.isAbove
      ? parts.partitionPoint(where: opens) : parts.partitionPoint { !opens($0) } - 1
    return parts.contains(part) ? Double(part) : nil
  }
}
