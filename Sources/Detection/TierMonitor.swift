import AccessLog
import Baselines

/// Every key's attempts against the tier that it bought, in windows of seconds that slide by a
/// second, and in the calendar periods of its longer limits.
struct TierMonitor: Sendable {
  let rule: Int
  let plan: Tier
  let filter: RequestFilter
  /// Keys followed at a time; a key is followed from its first request on.
  static let keyCountMax = 1_000_000

  let tiers: [LimiterModel]
  private let isBucket: [Bool]
  private let buckets: [LimiterModel.Buckets]
  /// By tier: attempts within a minute up to which nothing can be found, if none is denied.
  private let quietMax: [Double]
  /// By tier: attempts in a second beyond which lines are worth keeping.
  private let noticeMin: [Double]
  let longLimits: [[KeyRegistry.RateLimit]]
  var slotOfKey = SlotTable()
  var keys: [TierKey] = []
  var touched: [UInt32] = []
  /// By slot.
  var evidence = TierEvidence(keepsSeconds: Self.longestSeconds)
  var refusedCount = 0
  /// Records of keys that have a tier.
  var judgedCount = 0
  private let keyCountMax: Int
  /// Requests that a logged one stands for.
  private let unit: Int32

  private static let scoreMax = 99.0
  private static let quietMilliseconds: Int64 = 300_000
  /// Wrong denials are told from this many on: stamps of a second leave room for a few.
  static let wrongDenialsMin = 5.0
  static let wrongDenialsShareMin = 0.2
  /// The longest window that slides, and the second under way.
  private static let longestSeconds: Int64 = 61

  init(
    rule: Int, plan: Tier, filter: RequestFilter, registry: KeyRegistry,
    unit: Int = 1, keyCountMax: Int = Self.keyCountMax
  ) {
    self.keyCountMax = keyCountMax
    self.unit = Int32(clamping: unit)
    self.rule = rule
    self.plan = plan
    self.filter = filter
    tiers = registry.tiers.map(LimiterModel.init)
    quietMax = tiers.map { model in
      plan.windows.map {
        min(
          model.attemptsMax(in: $0 / 1000, overshoot: plan.overshoot),
          model.leakMin(in: $0 / 1000))
      }.min() ?? 0
    }
    isBucket = tiers.map(\.isBucket)
    buckets = tiers.map(\.buckets)
    noticeMin = tiers.map { $0.nominal(in: 1) }
    longLimits = registry.tiers.map { $0.limits.filter { $0.periodSeconds > 60 } }
  }

  /// One key's last minute.
  ///
  /// What it did in its last second is settled when it next speaks, unless it may be told of:
  /// then at the end of that second.
  struct TierKey: Sendable {
    var key: UInt32
    var tier: Int32
    /// Whether it is looked at when its second ends.
    var isTouched = false
    /// The second under way, and what was counted in it.
    var second: Int64
    var attempted: Int32 = 0
    var denied: Int32 = 0
    /// At most one cell a second of the longest window.
    var cells = RecentSeconds()
    /// Sums over the cells.
    var recentAttempts: Int64 = 0
    var recentDenials: Int64 = 0
    var state: LimiterModel.State
    var periods: [Period] = []
  }

  struct Period: Hashable, Sendable {
    var number: Int64 = .min
    var attempted = 0.0
    var allowed = 0.0
  }

  /// Counts one record; true if it is worth keeping as evidence.
  @inline(__always)
  mutating func count(
    _ key: UInt32, tier: Int, isThrottled: Bool, second: Int64, weight: Int32 = 1
  ) -> Bool {
    let requests = weight.multipliedClamped(by: unit)
    guard let slot = slot(of: key, tier: tier, second: second) else { return false }
    judgedCount += 1
    if keys[slot].second != second { begin(slot, second) }
    keys[slot].attempted.addClamped(requests)
    if isThrottled { keys[slot].denied.addClamped(requests) }
    let isNotable = isThrottled || Double(keys[slot].attempted) > noticeMin[tier]
    if !keys[slot].isTouched, isNotable || mayBeTold(slot, tier) {
      keys[slot].isTouched = true
      touched.append(UInt32(slot))
    }
    return isNotable
  }

  /// Whether something can be found when the second ends.
  @inline(__always)
  private func mayBeTold(_ slot: Int, _ tier: Int) -> Bool {
    if keys[slot].recentDenials > 0 { return true }
    let attempts = keys[slot].recentAttempts + Int64(keys[slot].attempted)
    return Double(attempts) > quietMax[tier]
      || (!keys.span[slot].periods.isEmpty && isNearQuota(slot))
  }

  /// A new second of the key: what it did in its last one is settled.
  @inline(__always)
  mutating func begin(_ slot: Int, _ second: Int64) {
    if keys[slot].second <= second - Self.longestSeconds {
      forget(slot)
    } else {
      settle(slot)
      forgetCells(slot, before: second - Self.longestSeconds + 1)
    }
    keys[slot].second = second
  }

  /// The last second is too long ago for a cell, as are all before it: only what is longer than a
  /// minute remembers it.
  private mutating func forget(_ slot: Int) {
    settle(slot, keepsCell: false)
    clearCells(slot)
  }

  mutating func settle(_ slot: Int, keepsCell: Bool = true) {
    guard keys[slot].attempted > 0 else { return }
    let second = keys[slot].second
    if !keys.span[slot].periods.isEmpty { countPeriods(slot, second) }
    if keepsCell { appendCell(slot, second) } else { _ = bucketDenials(slot, second) }
    keys[slot].attempted = 0
    keys[slot].denied = 0
  }

  private mutating func clearCells(_ slot: Int) {
    guard keys.span[slot].cells.count > 0 else { return }
    keys[slot].cells.removeAll()
    keys[slot].recentAttempts = 0
    keys[slot].recentDenials = 0
  }

  mutating func keepEvidence(_ line: EvidenceLine, for key: UInt32, at second: Int64) {
    guard let slot = slotOfKey[key] else { return }
    evidence.keep(line, of: UInt32(slot), at: second)
  }

  func wantsEvidence(for key: UInt32, at second: Int64) -> Bool {
    slotOfKey[key].map { evidence.hasRoom(for: UInt32($0), at: second) } ?? false
  }

  private mutating func slot(of key: UInt32, tier: Int, second: Int64) -> Int? {
    if let slot = slotOfKey[key] {
      if keys[slot].tier != Int32(tier) { change(slot, to: tier, second: second) }
      return slot
    }
    guard keys.count < keyCountMax else {
      refusedCount += 1
      return nil
    }
    slotOfKey[key] = keys.count
    keys.append(
      TierKey(
        key: key, tier: Int32(tier), second: second, state: tiers[tier].initialState(at: second),
        periods: longLimits[tier].map { _ in Period() }))
    return keys.count - 1
  }

  /// The key was moved to another tier: nothing of before is judged by the new one.
  private mutating func change(_ slot: Int, to tier: Int, second: Int64) {
    keys[slot].tier = Int32(tier)
    // What it did in this second counts from now on.
    keys[slot].second = second
    keys[slot].attempted = 0
    keys[slot].denied = 0
    clearCells(slot)
    keys[slot].state = tiers[tier].initialState(at: second)
    keys[slot].periods = longLimits[tier].map { _ in Period() }
  }

  // MARK: - judging

  /// At the end of `second`: every key that it touched.
  mutating func closeSecond(_ second: Int64, _ context: inout EngineContext) {
    guard !touched.isEmpty else { return }
    for slot in touched { close(Int(slot), second, &context) }
    touched.removeAll(keepingCapacity: true)
    evidence.forget(at: second)
  }

  private mutating func close(_ slot: Int, _ second: Int64, _ context: inout EngineContext) {
    keys[slot].isTouched = false
    settle(slot)
    let tier = Int(keys[slot].tier)
    var worst: TierFinding?
    for window in plan.windows {
      guard let finding = finding(slot, window / 1000, second, tiers[tier]) else { continue }
      if finding.ratio > worst?.ratio ?? 0 { worst = finding }
    }
    if let finding = longFinding(slot), finding.ratio > worst?.ratio ?? 0 { worst = finding }
    defer { evidence.age(UInt32(slot), at: second) }
    guard let worst else { return }
    context.report(
      verdict(worst, slot, second, context),
      evidence: evidence.lines(of: UInt32(slot), at: second))
  }

  private mutating func forgetCells(_ slot: Int, before second: Int64) {
    while let oldest = keys.span[slot].cells.firstSecond, oldest < second {
      let cell = keys[slot].cells.removeFirst()
      keys[slot].recentAttempts -= Int64(cell.attempted)
      keys[slot].recentDenials -= Int64(cell.denied)
    }
  }

  private mutating func appendCell(_ slot: Int, _ second: Int64) {
    let attempted = keys[slot].attempted
    let denied = keys[slot].denied
    let lawful = lawfulDenials(slot, second)
    // What might have been denied and was not excuses no denial of another second.
    let excused = isOverQuota(slot) ? Double(denied) : min(lawful, Double(denied))
    keys[slot].cells.append(
      RecentSeconds.Cell(
        second: second, attempted: attempted, denied: denied, lawfulDenials: excused))
    keys[slot].recentAttempts += Int64(attempted)
    keys[slot].recentDenials += Int64(denied)
  }

  /// The most that the gateway may rightly have denied in the second.
  private mutating func lawfulDenials(_ slot: Int, _ second: Int64) -> Double {
    if let denials = bucketDenials(slot, second) { return denials }
    guard keys[slot].denied > 0 else { return 0 }
    let attempted = keys[slot].attempted
    return tiers[Int(keys[slot].tier)].windowDenials(of: Double(attempted)) { seconds in
      Double(attempted) + attempts(slot, after: second - seconds)
    }
  }

  /// Of a tier whose limiter is a bucket, which fills as the second passes.
  private mutating func bucketDenials(_ slot: Int, _ second: Int64) -> Double? {
    let tier = Int(keys[slot].tier)
    guard isBucket[tier] else { return nil }
    let attempted = Double(keys[slot].attempted)
    return buckets[tier].denials(of: attempted, in: second, state: &keys[slot].state)
  }

  private func attempts(_ slot: Int, after second: Int64) -> Double {
    var sum: Int64 = 0
    var index = keys.span[slot].cells.count - 1
    while index >= 0, keys.span[slot].cells[index].second > second {
      sum += Int64(keys.span[slot].cells[index].attempted)
      index -= 1
    }
    return Double(sum)
  }

  func finding(
    _ slot: Int, _ seconds: Int64, _ second: Int64, _ model: LimiterModel
  ) -> TierFinding? {
    guard !model.isEmpty else { return nil }
    let sums = sums(slot, seconds, second)
    let (attempted, denied) = (sums.attempted, sums.denied)
    let most = model.lawfulMax(in: seconds)
    func finding(_ kind: TierFinding.Kind, _ ratio: Double) -> TierFinding {
      TierFinding(
        kind: kind, seconds: seconds, attempted: attempted, denied: denied, lawfulMax: most,
        ratio: ratio)
    }
    if attempted > model.attemptsMax(in: seconds, overshoot: plan.overshoot) {
      return finding(.attempts, 1 + attempted / most)
    }
    let allowed = attempted - denied
    let leak = model.leakMin(in: seconds)
    if allowed > leak { return finding(.leak, allowed / leak) }
    let wrong = denied - sums.lawfulDenials
    if seconds >= 10, wrong >= Self.wrongDenialsMin,
      wrong > attempted * Self.wrongDenialsShareMin
    {
      return finding(.wrongDenials, wrong / attempted)
    }
    return nil
  }

  /// What the key did in the last `seconds`, as far as it is sure.
  func sums(
    _ slot: Int, _ seconds: Int64, _ second: Int64
  ) -> (attempted: Double, denied: Double, lawfulDenials: Double) {
    var attempted = 0.0
    var denied = 0.0
    var lawfulDenials = 0.0
    var index = keys.span[slot].cells.count - 1
    while index >= 0 {
      let cell = keys.span[slot].cells[index]
      guard cell.second > second - seconds else { break }
      attempted += Double(cell.attempted)
      denied += Double(cell.denied)
      lawfulDenials += cell.lawfulDenials
      index -= 1
    }
    return (sure(attempted), sure(denied), lawfulDenials)
  }

  /// What is sure of a number of requests that was estimated from a sample: it lies three times
  /// its scatter below. Of few logged requests nothing is.
  func sure(_ count: Double) -> Double {
    unit == 1 ? count : max(0, count - 3 * (count * Double(unit)).squareRoot())
  }

  // MARK: - verdicts

  private func verdict(
    _ finding: TierFinding, _ slot: Int, _ second: Int64, _ context: borrowing EngineContext
  ) -> Verdict {
    let entity = Entity(type: .key, index: keys[slot].key)
    let tier = Int(keys[slot].tier)
    let model = tiers[tier]
    let end = (second + 1) * 1000
    let chance = CountModel(mean: finding.lawfulMax, dispersion: 0)
    let nominal = min(model.nominal(in: finding.seconds), finding.lawfulMax)
    return Verdict(
      rule: rule, entity: entity, startedAt: finding.start(endingAt: end),
      detectedAt: end, kind: Tier.kind, observed: finding.observed, expectedLow: 0,
      expectedMid: nominal, expectedHigh: finding.lawfulMax,
      unit: "\(finding.unitNoun) per \(Wording.duration(milliseconds: finding.seconds * 1000))",
      score: min(Self.scoreMax, chance.surpriseAtLeast(finding.attempted)),
      sampleSize: keys.span[slot].cells.count, isLearning: false,
      reason: finding.reason(
        context.phrase(for: entity, at: end), context.registry.tiers[tier],
        leakMin: model.leakMin(in: finding.seconds)),
      resolveAfter: Self.quietMilliseconds, picture: picture(finding, slot, second))
  }

  /// A quota's windows are too long to have been kept.
  private func picture(_ finding: TierFinding, _ slot: Int, _ second: Int64) -> AlertPicture? {
    if case .quota = finding.kind { return nil }
    let model = tiers[Int(keys[slot].tier)]
    return keys[slot].cells.picture(upTo: second, judged: finding.seconds) {
      model.lawfulMax(in: $0)
    }
  }
}
