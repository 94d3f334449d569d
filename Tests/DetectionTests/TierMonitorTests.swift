import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// A gateway that enforces limits rightly, to the millisecond.
private struct TestGateway {
  let tier: KeyRegistry.Tier
  /// Where its own windows begin.
  let phase: Int64
  private var allowed: [Int64] = []
  private var tokens: [Double]
  private var last: Int64 = 0

  init(_ tier: KeyRegistry.Tier, phase: Int64) {
    self.tier = tier
    self.phase = phase
    tokens = tier.limits.map { max(tier.burst, $0.count) }
  }

  mutating func admits(_ time: Int64) -> Bool {
    if tier.limiter == .bucket {
      for (index, limit) in tier.limits.enumerated() {
        let rate = limit.count / Double(limit.periodSeconds) / 1000
        let most = max(tier.burst, limit.count)
        tokens[index] = min(most, tokens[index] + rate * Double(time - last))
      }
      last = time
      guard tokens.allSatisfy({ $0 >= 1 }) else { return false }
      for index in tokens.indices { tokens[index] -= 1 }
      return true
    }
    for limit in tier.limits {
      let period = Int64(limit.periodSeconds) * 1000
      let start =
        tier.limiter == .fixed
        ? (time - phase).floorDivided(by: period) * period + phase
        : time - period + 1
      let count = allowed.reversed().prefix { $0 >= start }.count
      if Double(count) >= limit.count { return false }
    }
    allowed.append(time)
    return true
  }
}

@Suite struct TierMonitorTests {
  private func registry(_ tier: KeyRegistry.Tier) -> KeyRegistry {
    KeyRegistry(
      tiers: [tier], keys: [KeyRegistry.Key(identities: [.name("k1")], tier: 0)])
  }

  private func tier(
    _ limiter: KeyRegistry.Limiter, _ count: Double, per seconds: Int, burst: Double = 0
  ) -> KeyRegistry.Tier {
    KeyRegistry.Tier(
      name: "bronze", limits: [.init(count: count, periodSeconds: seconds)], burst: burst,
      limiter: limiter)
  }

  private static let tiers: [KeyRegistry.Tier] = KeyRegistry.Limiter.allCases.flatMap { limiter in
    [(5, 1, 0), (5, 1, 10), (1, 1, 0), (50, 1, 100), (60, 60, 0), (300, 60, 400)].map {
      KeyRegistry.Tier(
        name: "bronze", limits: [.init(count: $0.0, periodSeconds: $0.1)], burst: $0.2,
        limiter: limiter)
    }
  }

  /// What the gateway answers to requests at `times`, as its log shows it: in whole seconds.
  private func log(
    _ times: [Int64], _ tier: KeyRegistry.Tier, phase: Int64
  ) -> [TestRequest] {
    var gateway = TestGateway(tier, phase: phase)
    return times.map {
      TestRequest(
        time: $0 / 1000 * 1000, key: "k1", status: gateway.admits($0) ? 200 : 429)
    }
  }

  private func alerts(
    _ requests: [TestRequest], _ registry: KeyRegistry, overshoot: Double = 2
  ) -> [Alert] {
    TestBench(rules: [.tier(overshoot: overshoot)], registry: registry).run(requests).opened
  }

  /// Quiet, at the limit, beyond it, in bursts and pauses.
  private func times(_ tier: KeyRegistry.Tier, _ random: inout TestRandom) -> [Int64] {
    let rate = tier.limits[0].count / Double(tier.limits[0].periodSeconds)
    var times: [Int64] = []
    var time = monday * 1000
    for _ in 0..<12 {
      let factor = [0.2, 0.9, 1, 1.5, 4, 30][random.below(6)]
      let step = max(1, Int(1000 / (rate * factor)))
      for _ in 0..<random.below(120) {
        time += Int64(random.below(2 * step + 1))
        times.append(time)
      }
      time += Int64(random.below(random.isTrue(0.5) ? 3000 : 90_000))
    }
    return times
  }

  @Test(arguments: tiers)
  func `a gateway that enforces rightly is never accused`(tier: KeyRegistry.Tier) {
    for seed in UInt64(1)...12 {
      var random = TestRandom(seed: seed)
      let times = times(tier, &random)
      let requests = log(times, tier, phase: Int64(random.below(60_000)))
      for alert in alerts(requests, registry(tier)) {
        #expect(
          alert.unit.hasPrefix("attempts"), "seed \(seed), \(tier.limiter): \(alert.reason)")
      }
    }
  }

  @Test(arguments: tiers)
  func `a key that is never denied anything is over no tier`(tier: KeyRegistry.Tier) {
    for seed in UInt64(1)...12 {
      var random = TestRandom(seed: seed)
      let requests = log(times(tier, &random), tier, phase: Int64(random.below(60_000)))
        .filter { $0.status == 200 }
      let found = alerts(requests, registry(tier), overshoot: 1)
      #expect(found.isEmpty, "seed \(seed), \(tier.limiter): \(found.map(\.reason))")
    }
  }

  /// Three times the limit for two minutes.
  @Test(arguments: tiers)
  func `sustained threefold use is over the tier`(tier: KeyRegistry.Tier) {
    let rate = tier.limits[0].count / Double(tier.limits[0].periodSeconds)
    let times = (0..<Int(3 * rate * 180)).map {
      monday * 1000 + Int64(Double($0) / (3 * rate) * 1000)
    }
    let found = alerts(log(times, tier, phase: 300), registry(tier))
    #expect(found.count == 1, "\(tier): \(found.map(\.reason))")
    #expect(found.first?.kind == "tier" && found.first?.unit.hasPrefix("attempts") == true)
    #expect(found.first.map { $0.detectedAt.seconds <= monday + 121 } == true)
  }

  @Test(
    arguments: [
      // The whole burst at once; two adjoining fixed windows; a lawful minute in one second.
      (.bucket, 5, 1, 10, [10]), (.fixed, 5, 1, 0, [5, 5]), (.sliding, 60, 60, 0, [60]),
      (.fixed, 60, 60, 0, [60, 60]), (.bucket, 60, 60, 100, [100, 1, 1]),
    ] as [(KeyRegistry.Limiter, Double, Int, Double, [Int])])
  func `a lawful burst is no violation`(
    limiter: KeyRegistry.Limiter, count: Double, period: Int, burst: Double, seconds: [Int]
  ) {
    var requests: [TestRequest] = []
    for (second, count) in seconds.enumerated() {
      for _ in 0..<count {
        requests.append(TestRequest(time: (monday + Int64(second)) * 1000, key: "k1"))
      }
    }
    let tier = tier(limiter, count, per: period, burst: burst)
    #expect(alerts(requests, registry(tier)).isEmpty)
  }

  @Test func `far too many in a second are told of that second`() {
    var requests = (0..<100).map { _ in TestRequest(time: monday * 1000, key: "k1", status: 429) }
    for index in 0..<12 { requests[index].status = 200 }
    let tier = tier(.bucket, 5, per: 1, burst: 10)
    let alert = alerts(requests, registry(tier)).first
    #expect(alert?.detectedAt == EventTime(seconds: monday + 1))
    #expect(alert?.startedAt == EventTime(seconds: monday))
    #expect(alert?.observed == 100 && alert?.expectedHigh == 15 && alert?.expectedMid == 5)
    #expect(alert?.evidence.count == 10)
    #expect(
      alert?.reason.contains("let 12 through and denied 88") == true, "\(alert?.reason ?? "")")
    #expect(alert?.tier == "bronze")
  }

  @Test func `a gateway that does not enforce is told`() {
    let requests = (0..<60 as Range<Int64>).flatMap { second in
      (0..<11).map { _ in TestRequest(time: (monday + second) * 1000, key: "k1") }
    }
    let found = alerts(requests, registry(tier(.sliding, 5, per: 1)), overshoot: 3)
    #expect(found.count == 1 && found[0].unit.hasPrefix("allowed"), "\(found.map(\.reason))")
    #expect(found.first?.reason.contains("not enforced") == true)
  }

  @Test(arguments: KeyRegistry.Limiter.allCases)
  func `a gateway that denies what it should let through is told`(limiter: KeyRegistry.Limiter) {
    let requests = (0..<30 as Range<Int64>).flatMap { second in
      (0..<2).map {
        TestRequest(time: (monday + second) * 1000, key: "k1", status: $0 == 0 ? 200 : 429)
      }
    }
    let found = alerts(requests, registry(tier(limiter, 5, per: 1)))
    #expect(found.count == 1 && found[0].unit.hasPrefix("denied"), "\(found.map(\.reason))")
  }

  @Test func `denials right after a lawful burst are lawful`() {
    // The burst at the end of one second, more at the very beginning of the next.
    var requests = (0..<10).map { _ in TestRequest(time: monday * 1000, key: "k1") }
    requests += (0..<10).map { _ in
      TestRequest(time: (monday + 1) * 1000, key: "k1", status: 429)
    }
    #expect(alerts(requests, registry(tier(.bucket, 5, per: 1, burst: 10))).isEmpty)
  }

  @Test(arguments: [3600, 86_400, 2_592_000])
  func `quotas are counted in the periods of the calendar`(period: Int) {
    var tier = tier(.bucket, 50, per: period)
    tier.limits.append(.init(count: 100, periodSeconds: 1))
    // 31 January to 1 February 2026, in the last minutes of hour, day and month and after.
    let turn = monday + 27 * day
    func requests(_ before: Int64, _ after: Int64) -> [TestRequest] {
      (0..<before).map { TestRequest(time: (turn - before + $0) * 1000, key: "k1") }
        + (0..<after).map { TestRequest(time: (turn + $0) * 1000, key: "k1") }
    }
    #expect(alerts(requests(100, 100), registry(tier)).isEmpty)
    let over = alerts(requests(10, 101), registry(tier))
    #expect(over.count == 1 && over[0].observed == 101, "\(over.map(\.reason))")
    #expect(over.first?.detectedAt == EventTime(seconds: turn + 101))
    let before = alerts(requests(101, 5), registry(tier))
    #expect(before.count == 1 && before[0].detectedAt == EventTime(seconds: turn))
  }

  @Test(
    arguments: [
      (0, 1970 * 12), (2_678_399, 1970 * 12), (2_678_400, 1970 * 12 + 1),
      (1_709_164_800, 2024 * 12 + 1), (1_709_251_199, 2024 * 12 + 1),
      (1_709_251_200, 2024 * 12 + 2),
      (1_767_225_599, 2025 * 12 + 11), (1_767_225_600, 2026 * 12), (-1, 1969 * 12 + 11),
    ] as [(Int64, Int64)])
  func `months are those of the calendar`(second: Int64, month: Int64) {
    #expect(CalendarMonth.number(ofSecond: second) == month)
  }

  @Test func `a tier holds from its day on, and nothing of before is judged by it`() {
    let turn = monday + 1000
    let registry = KeyRegistry(
      tiers: [tier(.sliding, 50, per: 1), tier(.sliding, 2, per: 1)],
      keys: [
        KeyRegistry.Key(identities: [.name("k1")], tier: 0, validTo: EventTime(seconds: turn)),
        KeyRegistry.Key(identities: [.name("k1")], tier: 1, validFrom: EventTime(seconds: turn)),
      ])
    func busy(_ from: Int64, _ count: Int64) -> [TestRequest] {
      (0..<count).flatMap { second in
        (0..<40).map { _ in TestRequest(time: (from + second) * 1000, key: "k1") }
      }
    }
    func calm(_ from: Int64, _ count: Int64) -> [TestRequest] {
      (0..<count).map { TestRequest(time: (from + $0) * 1000, key: "k1") }
    }
    #expect(alerts(busy(turn - 30, 30) + calm(turn, 60), registry).isEmpty)
    let found = alerts(calm(turn - 30, 30) + busy(turn, 2), registry)
    #expect(found.map(\.detectedAt) == [EventTime(seconds: turn + 1)])
    #expect(found.first?.expectedMid == 2)
  }

  @Test func `evidence is of the trouble, not of a burst hours before`() {
    let tier = tier(.sliding, 5, per: 1)
    var requests: [TestRequest] = []
    // Calm without a pause, with a burst just above what a second has, then a flood.
    for second in 0..<600 as Range<Int64> {
      for _ in 0..<(second == 30 ? 9 : 1) {
        requests.append(
          TestRequest(time: (monday + second) * 1000, key: "k1", path: "/second\(second)"))
      }
    }
    for _ in 0..<100 {
      requests.append(TestRequest(time: (monday + 600) * 1000, key: "k1", path: "/new"))
    }
    let alert = alerts(requests, registry(tier)).first
    #expect(alert?.evidence.count == 10)
    #expect(alert?.evidence.allSatisfy { $0.line.contains("/new") } == true)
  }

  @Test func `a burst before a long silence is no evidence of what comes after it`() {
    let tier = tier(.sliding, 5, per: 1)
    let burst = (0..<9).map { _ in TestRequest(time: monday * 1000, key: "k1", path: "/old") }
    let flood = (0..<100).map { _ in
      TestRequest(time: (monday + 1000) * 1000, key: "k1", path: "/new")
    }
    let alert = alerts(burst + flood, registry(tier)).first
    #expect(alert?.evidence.count == 10)
    #expect(alert?.evidence.allSatisfy { $0.line.contains("/new") } == true)
  }

  @Test func `keys without a tier and tiers without limits are left alone`() {
    let requests = (0..<500).map { TestRequest(time: monday * 1000, key: "k\($0 % 2 + 1)") }
    let empty = KeyRegistry.Tier(name: "free", limits: [])
    let registry = KeyRegistry(
      tiers: [empty], keys: [KeyRegistry.Key(identities: [.name("k2")], tier: 0)])
    let outcome = TestBench(rules: [.tier()], registry: registry).run(requests)
    #expect(outcome.alerts.isEmpty)
  }
}
