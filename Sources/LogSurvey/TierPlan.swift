import Terminal

/// A few tiers that fit what was seen, and the tier of each caller. What a customer bought is in
/// no log; this is a draft to correct.
public struct TierPlan: Hashable, Sendable {
  public struct Tier: Hashable, Sendable {
    public var ratePerSecond: Int
    public var burst: Int
    public var callerCount: Int

    /// `rate-5`.
    public var name: String { "rate-\(ratePerSecond)" }
    /// Requests that a full token bucket lets pass within one second.
    public var perSecondMax: Int { ratePerSecond + burst }
  }

  /// More would be a tier for everyone.
  public static let tierCountMax = 5
  /// A second with so many times the usual is an incident, not what a tier was bought for.
  private static let outlierFactor = 4
  /// One second in a thousand needs as many.
  private static let requestCountMin = 1000

  /// Ascending by rate.
  public private(set) var tiers: [Tier]
  /// By caller, in the order given: index in ``tiers``.
  public private(set) var tierOfCaller: [Int]

  public init(_ callers: [SurveyedCaller]) {
    let rates = Self.merged(Self.rates(of: callers))
    let distinct = Set(rates).sorted()
    tierOfCaller = rates.map { rate in distinct.firstIndex(of: rate) ?? 0 }
    tiers = distinct.map { Tier(ratePerSecond: $0, burst: $0, callerCount: 0) }
    for (caller, tier) in zip(callers, tierOfCaller) {
      tiers[tier].callerCount += 1
      let peak = caller.passedPerSecondMax
      let over = max(1, peak - tiers[tier].ratePerSecond)
      // What a limiter lets pass at once is no outlier.
      if caller.limitPerSecond == tiers[tier].ratePerSecond {
        tiers[tier].burst = max(tiers[tier].burst, over)
      } else if peak <= tiers[tier].ratePerSecond * Self.outlierFactor {
        tiers[tier].burst = max(tiers[tier].burst, Self.rounded(over))
      }
    }
  }

  /// Who called too seldom to tell is given the rate of most others.
  private static func rates(of callers: [SurveyedCaller]) -> [Int] {
    let rates = callers.map { $0.limitPerSecond ?? rounded(max(1, $0.passedPerSecondUsual)) }
    let telling = zip(callers, rates).filter { isTelling($0.0) }.map(\.1)
    let counts = Dictionary(grouping: telling) { $0 }.mapValues(\.count)
    let usual = counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
    return zip(callers, rates).map { caller, rate in
      isTelling(caller) ? rate : max(rate, usual)
    }
  }

  private static func isTelling(_ caller: SurveyedCaller) -> Bool {
    caller.limitPerSecond != nil || caller.requestCount >= requestCountMin
  }

  /// Why the tier was suggested for the caller, as sentences.
  public func reasons(for caller: SurveyedCaller, tier index: Int) -> [String] {
    let tier = tiers[index]
    var reasons = ["tier \(tier.name): " + Self.reason(for: caller, tier)]
    if caller.throttledCount > 0 { reasons.append(Self.throttling(of: caller)) }
    if caller.peakPerSecond > tier.perSecondMax {
      reasons.append(
        "its peak of \(Quantity.count(caller.peakPerSecond)) is beyond this tier: look at that "
          + "second first")
    }
    return reasons
  }

  private static func reason(for caller: SurveyedCaller, _ tier: Tier) -> String {
    if let limit = caller.limitPerSecond {
      return "while the gateway throttled it, \(Quantity.count(limit)) passed in each second"
    }
    if !isTelling(caller), rounded(max(1, caller.passedPerSecondUsual)) < tier.ratePerSecond {
      return "too few requests to tell; most keys fit it"
    }
    return "in 999 of 1,000 seconds with requests at most "
      + "\(Quantity.count(caller.passedPerSecondUsual)) passed"
  }

  private static func throttling(of caller: SurveyedCaller) -> String {
    let found =
      "the gateway throttled \(Quantity.count(caller.throttledCount)) and let at most "
      + "\(Quantity.count(caller.passedPerSecondMax)) a second pass"
    if caller.limitPerSecond != nil { return found + ", which is its limit and a burst" }
    // Of a quota, or of a limit on all traffic, a second tells nothing.
    let isOfSeconds = caller.peakPerSecond > caller.passedPerSecondMax
    return found
      + (isOfSeconds ? ": its limit is not above that" : ", but not in its busiest seconds")
  }

  /// The least of 1, 2, 5, 10, 20, 50, … that is not below `count`.
  static func rounded(_ count: Int) -> Int {
    var power = 1
    while power < 1_000_000_000 {
      for step in [1, 2, 5] where step * power >= count { return step * power }
      power *= 10
    }
    return power
  }

  /// The rates, with the rarest of them moved up to the next until few are left.
  private static func merged(_ rates: [Int]) -> [Int] {
    var rates = rates
    while true {
      let counts = Dictionary(grouping: rates) { $0 }.mapValues(\.count)
      let distinct = counts.keys.sorted()
      guard distinct.count > tierCountMax else { return rates }
      // The highest has nowhere to go; of equally rare ones the lowest moves.
      let rarest = distinct.dropLast().min { (counts[$0] ?? 0, $0) < (counts[$1] ?? 0, $1) }
      guard let rarest, let next = distinct.first(where: { $0 > rarest }) else { return rates }
      for index in rates.indices where rates[index] == rarest { rates[index] = next }
    }
  }
}
