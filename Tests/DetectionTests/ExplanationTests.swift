import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// What is said of a moment must be what the engine does there: a count that is said to open an
/// alert opens one, and one less does not.
@Suite struct ExplanationTests {
  private static let registry = KeyRegistry(
    tiers: [.init(name: "bronze", limits: [.init(count: 5, periodSeconds: 1)], burst: 10)],
    suppliers: [.init(name: "north")],
    keys: [
      .init(identities: [.name("k1")], supplier: 0, tier: 0),
      .init(identities: [.name("k2")], supplier: 0),
    ])

  /// Requests of a key, some in each of so many 5 minutes; whole days.
  private func traffic(
    _ key: String = "k1", windows: Int64, mean: Double, seed: UInt64
  ) -> [TestRequest] {
    var random = TestRandom(seed: seed)
    var requests: [TestRequest] = []
    for window in 0..<windows {
      for _ in 0..<random.poisson(mean) {
        let second = monday + window * 300 + Int64(random.below(300))
        requests.append(TestRequest(time: second * 1000, key: key))
      }
    }
    return requests.sorted { $0.time < $1.time }
  }

  /// As many requests as told, in the second before `moment`.
  private func burst(_ count: Int, before moment: Int64, key: String = "k1") -> [TestRequest] {
    (0..<count).map { _ in TestRequest(time: moment * 1000 - 500, key: key) }
  }

  private func explanation(
    of name: String = "k1", at second: Int64, _ rule: Rule, _ requests: [TestRequest]
  ) throws -> RuleExplanation {
    var bench = TestBench(rules: [rule], registry: Self.registry)
    bench.inquiry = Inquiry(names: [name], time: EventTime(seconds: second))
    return try #require(bench.run(requests).explanation?.rules.first)
  }

  private func opened(
    at second: Int64, _ rule: Rule, _ requests: [TestRequest]
  ) -> [Alert] {
    TestBench(rules: [rule], registry: Self.registry).run(requests.sorted { $0.time < $1.time })
      .opened.filter { $0.detectedAt == EventTime(seconds: second) }
  }

  // MARK: - spikes and drops

  @Test(arguments: 1...6)
  func `the count that is said to open an alert of a spike opens one, and one less does not`(
    seed: UInt64
  ) throws {
    var random = TestRandom(seed: seed)
    let windows = 288 * Int64(2 + random.below(14)) + Int64(random.below(288))
    let moment = monday + windows * 300
    let usual = traffic(windows: windows, mean: [0.5, 3, 20][random.below(3)], seed: seed)
    let rule = Rule.volume(times: 2, more: [5, 30][random.below(2)])
    let told = try explanation(at: moment, rule, usual)
    #expect(told.verdict == .quiet && told.numbers.count == 1, "\(told), seed \(seed)")
    let number = try #require(told.numbers.first)
    let missing = Int(try #require(number.opensAt) - number.seen)
    #expect(missing > 0)
    let (enough, less) = (burst(missing, before: moment), burst(missing - 1, before: moment))
    #expect(opened(at: moment, rule, usual + enough).count == 1, "\(number.text), seed \(seed)")
    #expect(opened(at: moment, rule, usual + less).isEmpty, "\(number.text), seed \(seed)")
  }

  @Test(arguments: [3, 4])
  func `what is said of an alert is what the alert says`(seed: UInt64) throws {
    let usual = traffic(windows: 288 * 15, mean: 4, seed: seed)
    let moment = monday + 15 * day
    let rule = Rule.volume(minutes: [5, 30, 120], more: 10)
    let requests = (usual + burst(200, before: moment)).sorted { $0.time < $1.time }
    let alert = try #require(opened(at: moment, rule, requests).first)
    let told = try explanation(at: moment, rule, requests)
    #expect(told.verdict == .alert && told.alert?.id == alert.id)
    let number = told.numbers.first { $0.seen == alert.observed && $0.usual == alert.expectedMid }
    #expect(number?.score == alert.score, "\(told.numbers), seed \(seed)")
  }

  @Test func `to be asked changes no alert, whenever the moment`() {
    var random = TestRandom(seed: 5)
    let usual = traffic(windows: 288 * 16, mean: 4, seed: 5)
    let requests = (usual + burst(90, before: monday + 15 * day)).sorted { $0.time < $1.time }
    let rules: [Rule] = [.volume(more: 10), .volume("both", .both, minutes: [30, 120]), .tier()]
    var bench = TestBench(rules: rules, registry: Self.registry)
    let unasked = bench.run(requests).alerts
    #expect(!unasked.isEmpty)
    for _ in 0..<8 {
      let second = monday - day + Int64(random.below(Int(18 * day)))
      bench.inquiry = Inquiry(names: ["k1"], time: EventTime(seconds: second))
      let outcome = bench.run(requests, cut: 1 + random.below(5000))
      #expect(outcome.alerts == unasked, "\(second)")
      #expect(outcome.explanation?.rules.count == rules.count)
    }
  }

  @Test func `a fall is explained with the numbers of its last whole window`() throws {
    let usual = traffic(windows: 288 * 21, mean: 30, seed: 7)
    let rule = Rule.volume("drop", .down, minutes: [30])
    // Twelve minutes into a half-hour that is silent, after one that is silent, too.
    let moment = monday + 21 * day + 2520
    let told = try explanation(at: moment, rule, usual)
    let alert = try #require(opened(at: moment - 720, rule, usual + tick(after: moment)).first)
    let number = try #require(told.numbers.first)
    #expect(told.verdict == .alert && told.alert?.id == alert.id, "\(told)")
    #expect(number.isFall && number.seen == 0 && number.usual == alert.expectedMid)
    #expect(number.score == alert.score)
    #expect(number.opensAt.map { $0 > 0 && $0 < 180 } == true)
  }

  /// Somebody else's request, so that time goes on.
  private func tick(after moment: Int64) -> [TestRequest] {
    [TestRequest(time: (moment + 300) * 1000, key: "k2")]
  }

  @Test func `a young series says how much it has learnt of what it needs`() throws {
    let usual = traffic(windows: 100, mean: 4, seed: 8)
    let told = try explanation(at: monday + 30_000, .volume(), usual)
    #expect(told.verdict == .learning)
    #expect(told.reason?.hasPrefix("still learning: 96 of 288 windows of 5 min") == true)
    var rule = Rule.volume()
    rule.minSamples = 500
    let needy = try explanation(at: monday + 30_000, rule, usual)
    #expect(needy.reason?.hasPrefix("still learning: 96 of 500 samples") == true)
  }

  // MARK: - tiers

  @Test(arguments: [0, 3, 7])
  func `the attempts that are said to be beyond a tier are, and one less is not`(
    before: Int
  ) throws {
    let moment = monday + 600
    let usual =
      (0..<before).map { TestRequest(time: (monday + 540 + Int64($0) * 8) * 1000) }
      + burst(1, before: moment)
    let told = try explanation(at: moment, .tier(), usual)
    #expect(told.verdict == .quiet && told.reason == "its tier is bronze (5 a second, burst 10)")
    let missing = told.numbers.map { ($0.opensAt ?? .infinity) - $0.seen }.min() ?? 0
    #expect(opened(at: moment, .tier(), usual + burst(Int(missing), before: moment)).count == 1)
    #expect(opened(at: moment, .tier(), usual + burst(Int(missing) - 1, before: moment)).isEmpty)
  }

  @Test func `a key without a tier, and a registry without, are told apart`() throws {
    let requests = burst(5, before: monday + 60, key: "k2") + burst(1, before: monday + 60)
    let told = try explanation(of: "k2", at: monday + 60, .tier(), requests)
    #expect(told.verdict == .asleep && told.reason == "it has no tier")
    var bench = TestBench(rules: [.tier()])
    bench.inquiry = Inquiry(names: ["k1"], time: EventTime(seconds: monday + 60))
    let asleep = bench.run(requests.sorted { $0.time < $1.time }).explanation?.rules.first
    #expect(asleep?.verdict == .asleep)
  }

  // MARK: - precursors

  /// Orders a minute apart, each with its quotes but for the last `misses`.
  private func orders(_ count: Int64, misses: Int64) -> [TestRequest] {
    (0..<count + misses).flatMap { number -> [TestRequest] in
      let time = (monday + 60 * number) * 1000
      let order = TestRequest(time: time, path: "/v1/orders", method: "POST")
      let quote = TestRequest(time: time - 10_000, path: "/v1/quotes")
      return number < count ? [quote, quote, order] : [order]
    }
  }

  @Test(arguments: [25, 40, 400])
  func `so many misses as are said to break a habit do`(count: Int64) throws {
    let rule = Rule.precursor(within: 30_000)
    let told = try explanation(at: monday + 60 * count, rule, orders(count, misses: 0))
    let number = try #require(told.numbers.first)
    #expect(told.verdict == .quiet && number.seen == 0, "\(told)")
    guard let opensAt = number.opensAt else {
      // So young a habit is gone before it is broken.
      let many = TestBench(rules: [rule], registry: Self.registry)
        .run(orders(count, misses: 12))
      return #expect(count == 25 && many.opened.isEmpty)
    }
    let misses = Int64(opensAt)
    let moment = monday + 60 * (count + misses - 1) + 1
    #expect(opened(at: moment, rule, orders(count, misses: misses)).count == 1)
    let short = TestBench(rules: [rule], registry: Self.registry)
      .run(orders(count, misses: misses - 1))
    #expect(short.opened.isEmpty)
  }

  @Test func `a habit that is being learnt says how far it is, and what it finds now`() throws {
    let told = try explanation(at: monday + 600, .precursor(), orders(10, misses: 0))
    #expect(told.verdict == .asleep && told.reason?.hasPrefix("no target could be judged") == true)
    let later = try explanation(
      at: monday + 60 * 20 + 5, .precursor(within: 600_000, minSamples: 50),
      orders(20, misses: 0))
    #expect(later.verdict == .learning)
    #expect(later.reason?.contains("of 50 POST /v*/orders") == true, "\(later)")
    #expect(later.numbers.contains { $0.text.contains("GET /v*/quotes in 10 min: 18 of 2 needed") })
  }

  // MARK: - whom and when

  @Test func `from a key its supplier is explained, and a rule of routes asks for one`() throws {
    let usual = traffic(windows: 288 * 3, mean: 4, seed: 9)
    let moment = monday + 3 * day
    let supplier = try explanation(at: moment, .volume(per: .supplier), usual)
    #expect(supplier.entity == "supplier north" && supplier.verdict == .quiet)
    let route = try explanation(at: moment, .volume(per: .route), usual)
    #expect(route.verdict == .other && route.reason == "judges each route; name one")
    let named = try explanation(of: "/v1/orders", at: moment, .volume(per: .route), usual)
    #expect(named.verdict == .quiet)
  }

  @Test func `before the first record nothing is said`() throws {
    let told = try explanation(at: monday - 60, .volume(), burst(1, before: monday + 5))
    #expect(told.verdict == .silent && told.reason == "no record is that old")
  }
}
