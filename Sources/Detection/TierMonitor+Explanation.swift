import Baselines

// Why a key is told to be beyond its tier, or not; asked of a copy that has settled the second
// under way.
extension TierMonitor {
  /// What the rule has to say of a key when `moment` ends the second under way.
  func explanation(
    of entity: Entity, _ moment: Int64, _ context: borrowing EngineContext
  ) -> RuleFindings {
    let caller = context.keys.caller(entity.index, at: moment * 1000 - 1)
    guard caller.tier >= 0 else {
      return RuleFindings(verdict: .asleep, reason: "it has no tier")
    }
    guard let slot = slotOfKey[entity.index] else {
      return RuleFindings(verdict: .silent, reason: "no request of it came that the rule counts")
    }
    guard keys[slot].tier == caller.tier else {
      return RuleFindings(verdict: .silent, reason: "it sent nothing since its tier was changed")
    }
    var copy = self
    if copy.keys[slot].second < moment - 1 {
      copy.begin(slot, moment - 1)
    } else {
      copy.settle(slot)
    }
    let terms = TierFinding.terms(context.registry.tiers[Int(caller.tier)])
    return RuleFindings(
      verdict: .quiet, reason: "its tier is \(terms)", numbers: copy.numbers(slot, moment - 1))
  }

  private func numbers(_ slot: Int, _ second: Int64) -> [RuleExplanation.Number] {
    let model = tiers[Int(keys[slot].tier)]
    let windows = model.isEmpty ? [] : plan.windows
    return windows.flatMap { numbers(slot, $0 / 1000, second, model) } + quotaNumbers(slot, second)
  }

  private func numbers(
    _ slot: Int, _ seconds: Int64, _ second: Int64, _ model: LimiterModel
  ) -> [RuleExplanation.Number] {
    let sums = sums(slot, seconds, second)
    let length = Wording.duration(milliseconds: seconds * 1000)
    let attemptsMax = model.attemptsMax(in: seconds, overshoot: plan.overshoot)
    let leakMin = model.leakMin(in: seconds)
    var numbers = [
      RuleExplanation.Number(
        unit: "attempts in \(length)", seen: sums.attempted, opensAt: Self.beyond(attemptsMax))
    ]
    if leakMin < attemptsMax || sums.denied > 0 {
      numbers.append(
        RuleExplanation.Number(
          unit: "let through in \(length)", seen: sums.attempted - sums.denied,
          opensAt: Self.beyond(leakMin)))
    }
    if seconds >= 10, sums.denied > 0 {
      let share = Self.beyond(sums.attempted * Self.wrongDenialsShareMin)
      numbers.append(
        RuleExplanation.Number(
          unit: "denied in \(length) that the tier allows",
          seen: max(0, sums.denied - sums.lawfulDenials),
          opensAt: max(Self.wrongDenialsMin, share)))
    }
    return numbers
  }

  private func quotaNumbers(_ slot: Int, _ second: Int64) -> [RuleExplanation.Number] {
    let limits = longLimits[Int(keys[slot].tier)]
    return limits.indices.map { index in
      let period = keys[slot].periods[index]
      let isNow = period.number == periodNumber(limits[index], second)
      return RuleExplanation.Number(
        unit: "attempts in the \(TierFinding.period(limits[index].periodSeconds))",
        seen: isNow ? period.attempted : 0,
        opensAt: Self.beyond(plan.overshoot * limits[index].count))
    }
  }

  /// The least whole number above `limit`.
  private static func beyond(_ limit: Double) -> Double { limit.rounded(.down) + 1 }
}
