import Baselines

/// A rule that sets a limit to what a ``TallyMonitor`` counts.
struct TallyJudge: Sendable {
  let rule: Int
  let plan: TallyPlan
  /// Requests of a window from which on a share says something.
  let countMin: Int64
  /// What one count stands for.
  let unit: Double
  /// Of the second under way, by series; looked up, never iterated.
  var evidence: [UInt32: [EvidenceLine]] = [:]

  private static let countMinDefault: Int64 = 20
  /// A rule that knows no chance says that it is sure.
  private static let scoreOfALimit = 6.0

  init(rule: Int, plan: TallyPlan, minSamples: Int?, unit: Double) {
    self.rule = rule
    self.plan = plan
    self.unit = unit
    countMin = minSamples.map(Int64.init) ?? Self.countMinDefault
  }

  /// It looks at series when they are silent.
  var watchesSilence: Bool { plan.part == nil && !plan.isAbove }

  func isBeyond(_ tally: TallySeries) -> Bool {
    let sum = Double(tally.sum)
    guard plan.part != nil else {
      return plan.isAbove ? sum * unit > plan.limit : sum * unit < plan.limit
    }
    guard tally.sum >= countMin else { return false }
    let part = Double(tally.partSum)
    return plan.isAbove ? part > plan.shareLimit * sum : part < plan.shareLimit * sum
  }

  /// There is room for another line of the series, which is too much.
  func wantsEvidence(of slot: UInt32, _ tally: TallySeries) -> Bool {
    plan.isAbove && (evidence[slot]?.count ?? 0) < EpisodeTable.evidenceCountMax
      && isBeyond(tally)
  }

  func scoreLeast(isOpen: Bool) -> Double {
    isOpen ? VolumeJudge.scoreToContinue : VolumeJudge.scoreMin
  }

  /// Minus log10 of the probability of such a share if the limit were the truth.
  func score(of tally: TallySeries) -> Double {
    guard plan.part != nil else { return Self.scoreOfALimit }
    let (whole, part) = (Double(tally.sum), Double(tally.partSum))
    return plan.isAbove
      ? BinomialTail.surpriseAtLeast(part, of: whole, share: plan.shareLimit)
      : BinomialTail.surpriseAtLeast(whole - part, of: whole, share: 1 - plan.shareLimit)
  }

  /// What it says of the window that ends with `second`; `nil` where that is nothing.
  func verdict(
    of tally: TallySeries, at second: Int64, _ context: borrowing EngineContext
  ) -> Verdict? {
    guard isBeyond(tally) else { return nil }
    let score = score(of: tally)
    let isOpen = context.episodes.isOpen(EpisodeKey(rule: rule, entity: tally.entity))
    guard score >= scoreLeast(isOpen: isOpen) else { return nil }
    return verdict(tally, score, at: second, context)
  }

  private func verdict(
    _ tally: TallySeries, _ score: Double, at second: Int64, _ context: borrowing EngineContext
  ) -> Verdict {
    let isShare = plan.part != nil
    let length = Wording.duration(milliseconds: plan.windowMilliseconds)
    let whole = Double(tally.sum)
    let limit = isShare ? plan.shareLimit * 100 : plan.limit
    return Verdict(
      rule: rule, entity: tally.entity, startedAt: second * 1000 - plan.windowMilliseconds,
      detectedAt: second * 1000, kind: plan.kind,
      observed: isShare ? Double(tally.partSum) / whole * 100 : whole * unit,
      expectedLow: plan.isAbove ? 0 : limit, expectedMid: nil,
      expectedHigh: plan.isAbove ? limit : nil,
      unit: "\(plan.unit) per \(length)", score: score,
      sampleSize: Int(tally.sum), isLearning: false,
      reason: reason(tally, length, context.phrase(for: tally.entity, at: second * 1000)),
      resolveAfter: 2 * max(plan.windowMilliseconds, 30_000))
  }

  private func reason(_ tally: TallySeries, _ length: String, _ who: String) -> String {
    let whole = Wording.number(Double(tally.sum) * unit)
    let estimate = unit > 1 ? "; estimated, as one of \(Wording.number(unit)) is logged" : ""
    guard plan.part != nil else {
      let limit = Wording.number(plan.limit)
      return plan.sentence(who, whole) + " in \(length); "
        + (plan.isAbove ? "the limit is \(limit)" : "at least \(limit) are required") + estimate
    }
    let share = Double(tally.partSum) / Double(tally.sum) * 100
    return "\(Wording.number(Double(tally.partSum) * unit)) of \(whole) requests of \(who) in "
      + "\(length) \(plan.partSentence), \(Wording.oneDecimal(share)) in 100; \(limitOfShare)"
      + estimate
  }

  private var limitOfShare: String {
    let limit = Wording.number(plan.shareLimit * 100)
    if case .percentile(_, let percent) = plan.measure {
      return "p\(Measure.short(percent)) allows \(limit) in 100"
    }
    return plan.isAbove
      ? "the limit is \(limit) in 100" : "at least \(limit) in 100 are required"
  }
}
