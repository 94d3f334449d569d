import Testing

@testable import LogSurvey

@Suite struct TierPlanTests {
  /// A caller whose active seconds had so many requests, and of which so many were throttled.
  private static func callers(
    _ seconds: [[Int]], throttledAbove limit: Int = .max
  ) -> [SurveyedCaller] {
    seconds.enumerated().map { number, counts in
      var tally = CallerTally()
      for (second, count) in counts.enumerated() {
        for index in 0..<count {
          let time = Int64(second * 1000)
          tally.add(
            time: time, status: index < limit ? 200 : 429, isThrottled: index >= limit,
            route: nil, network: nil)
        }
      }
      tally.seconds.finish()
      return SurveyedCaller(
        name: "caller\(number)", isSecret: false, tally, network: { _ in "" }, route: { _ in "" })
    }
  }

  @Test(arguments: [(1, 1), (2, 2), (3, 5), (5, 5), (6, 10), (11, 20), (21, 50), (51, 100)])
  func `rates are round`(count: Int, expected: Int) {
    #expect(TierPlan.rounded(count) == expected)
  }

  @Test func `a tier lets pass what its callers usually do`() {
    let callers = Self.callers([
      Array(repeating: 4, count: 2000), Array(repeating: 1, count: 2000) + [2],
      Array(repeating: 40, count: 2000),
    ])
    let plan = TierPlan(callers)
    #expect(plan.tiers.map(\.ratePerSecond) == [1, 5, 50])
    #expect(plan.tierOfCaller == [1, 0, 2])
    for (caller, tier) in zip(callers, plan.tierOfCaller) {
      #expect(plan.tiers[tier].perSecondMax >= caller.passedPerSecondMax)
    }
  }

  @Test func `there are few tiers, and nobody moves down`() {
    let callers = Self.callers(
      [1, 2, 4, 8, 16, 40, 80, 160, 400, 900].map { Array(repeating: $0, count: 1100) })
    let plan = TierPlan(callers)
    #expect(plan.tiers.count == TierPlan.tierCountMax)
    #expect(plan.tiers.reduce(0) { $0 + $1.callerCount } == callers.count)
    for (caller, tier) in zip(callers, plan.tierOfCaller) {
      #expect(plan.tiers[tier].ratePerSecond >= caller.passedPerSecondUsual)
    }
  }

  @Test func `one wild second does not make the tier, and is told`() {
    let callers = Self.callers([Array(repeating: 4, count: 5000) + [500]])
    let plan = TierPlan(callers)
    #expect(plan.tiers == [TierPlan.Tier(ratePerSecond: 5, burst: 5, callerCount: 1)])
    #expect(plan.reasons(for: callers[0], tier: 0).contains { $0.contains("beyond this tier") })
  }

  @Test func `what was throttled does not count, and is told`() {
    let callers = Self.callers([Array(repeating: 9, count: 2000)], throttledAbove: 5)
    let plan = TierPlan(callers)
    #expect(plan.tiers.map(\.ratePerSecond) == [5])
    #expect(callers[0].throttledCount == 8000)
    #expect(plan.reasons(for: callers[0], tier: 0).contains { $0.contains("throttled 8,000") })
  }

  @Test func `of a flood the tier is what passed while it went on, not what its burst let pass`() {
    var tally = CallerTally()
    for second in 0..<2000 {
      let isFlood = (1000..<1060).contains(second)
      for index in 0..<(isFlood ? 100 : 1) {
        let passed = second == 1000 ? 15 : 5
        tally.add(
          time: Int64(second * 1000), status: 200, isThrottled: index >= passed, route: nil,
          network: nil)
      }
    }
    tally.seconds.finish()
    let caller = SurveyedCaller(
      name: "a", isSecret: false, tally, network: { _ in "" }, route: { _ in "" })
    #expect(caller.limitPerSecond == 5)
    let plan = TierPlan([caller])
    #expect(plan.tiers == [TierPlan.Tier(ratePerSecond: 5, burst: 10, callerCount: 1)])
    #expect(plan.reasons(for: caller, tier: 0)[0].contains("5 passed in each second"))
  }

  @Test func `refusals at random tell no limit`() {
    var tally = CallerTally()
    for second in 0..<2000 {
      for index in 0..<(2 + second * 7 % 19) {
        let isThrottled = (second + index) % 5 == 0
        tally.add(
          time: Int64(second * 1000), status: 200, isThrottled: isThrottled, route: nil,
          network: nil)
      }
    }
    tally.seconds.finish()
    #expect(tally.seconds.limit == nil)
  }

  @Test func `who called seldom gets the tier of most`() {
    let callers = Self.callers([[1], Array(repeating: 4, count: 2000)])
    let plan = TierPlan(callers)
    #expect(plan.tierOfCaller == [0, 0])
    #expect(plan.reasons(for: callers[0], tier: 0)[0].contains("too few requests"))
  }

  @Test func `no callers, no tiers`() { #expect(TierPlan([]).tiers.isEmpty) }
}
