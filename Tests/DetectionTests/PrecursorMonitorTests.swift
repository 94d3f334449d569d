import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

@Suite struct PrecursorMonitorTests {
  private func quote(_ second: Int64, key: String = "k1", sku: String = "a") -> TestRequest {
    TestRequest(
      time: (monday + second) * 1000, key: key, path: "/v1/quotes", query: "sku=\(sku)")
  }

  private func order(_ second: Int64, key: String = "k1", sku: String = "a") -> TestRequest {
    TestRequest(
      time: (monday + second) * 1000, key: key, path: "/v1/orders", method: "POST",
      query: "sku=\(sku)")
  }

  /// `count` orders every `step` seconds from `start` on, each after two quotes.
  private func habit(
    _ count: Int, from start: Int64 = 0, step: Int64 = 100, key: String = "k1"
  ) -> [TestRequest] {
    (0..<count).flatMap { index in
      let second = start + Int64(index) * step
      return [quote(second, key: key), quote(second + 5, key: key), order(second + 20, key: key)]
    }
  }

  private func run(_ requests: [TestRequest], _ rule: Rule = .precursor()) -> TestBench.Outcome {
    TestBench(rules: [rule]).run(requests)
  }

  // MARK: - strict

  @Test(
    arguments: [
      // Quotes at these seconds, an order at 1000, and whether it misses two within 600 s.
      ([990, 995], false), ([990], true), ([], true), ([400, 401], true), ([401, 402], false),
      ([400, 900], true), ([1000, 1000], false), ([999, 1001], true), ([100, 200, 300], true),
    ] as [([Int64], Bool)])
  func `a target needs its precursors within the time`(quotes: [Int64], isMiss: Bool) {
    let requests = [quote(0)] + quotes.map { quote($0) } + [order(1000)]
    let sorted = requests.sorted { $0.time < $1.time }
    let outcome = run(sorted, .precursor(mode: .strict))
    #expect(outcome.opened.count == (isMiss ? 1 : 0))
    if isMiss { #expect(outcome.opened[0].detectedAt == EventTime(seconds: monday + 1001)) }
  }

  @Test func `within a second precursors count wherever they stand`() {
    let requests = [quote(0), order(1000), quote(1000), quote(1000)]
    #expect(run(requests, .precursor(mode: .strict)).opened.isEmpty)
  }

  @Test func `of other keys and other methods nothing counts`() {
    var wrong = quote(990)
    wrong.method = "POST"
    let requests = [quote(0), quote(980, key: "k2"), quote(985, key: "k2"), wrong, order(1000)]
    #expect(run(requests, .precursor(mode: .strict)).opened.map(\.entity) == ["k1"])
  }

  @Test func `what must be the same is compared`() {
    let rule = Rule.precursor(count: 1, same: .query("sku"), mode: .strict)
    let good = [quote(0), quote(900, sku: "b"), quote(910, sku: "c"), order(1000, sku: "b")]
    #expect(run(good, rule).opened.isEmpty)
    let bad = [quote(0), quote(900, sku: "b"), order(1000, sku: "c")]
    #expect(run(bad, rule).opened.count == 1)
    // Escapes are undone before texts are compared; without the field nothing is asked.
    let escaped = [quote(0), quote(900, sku: "%62"), order(1000, sku: "b")]
    #expect(run(escaped, rule).opened.isEmpty)
    var without = order(1000)
    without.query = ""
    #expect(run([quote(0), without], rule).opened.isEmpty)
  }

  @Test func `a look back before the first record is not judged`() {
    for (second, isJudged) in [(599, false), (600, true), (601, true)] as [(Int64, Bool)] {
      let outcome = run(
        [TestRequest(time: monday * 1000), order(second)], .precursor(mode: .strict))
      #expect(outcome.opened.count == (isJudged ? 1 : 0), "\(second)")
      #expect(outcome.summary.sleepingRules.isEmpty == isJudged)
    }
  }

  @Test func `a look back over a gap is not judged`() {
    let calm = (0..<20 as Range<Int64>).map { quote($0 * 100, key: "k9") }
    for (second, isJudged) in [(2050, false), (2580, false), (2700, true)] as [(Int64, Bool)] {
      let after = (0..<8 as Range<Int64>).map { quote(2000 + $0 * 100, key: "k9") }
      let requests = (calm + after + [order(second)]).sorted { $0.time < $1.time }
      let outcome = TestBench(rules: [.precursor(mode: .strict)]).run(requests, gapsBefore: [20])
      #expect(outcome.opened.count == (isJudged ? 1 : 0), "\(second)")
    }
  }

  @Test func `where more came than can be kept, a miss is not believed`() {
    // The right quote, then so many others that it is pushed out.
    let rule = Rule.precursor(count: 1, same: .query("sku"), mode: .strict)
    for others in [100, 1000] as [Int64] {
      var requests = [quote(0), quote(700, sku: "b")]
      requests += (0..<others).map { quote(701 + $0 / 10, sku: "x\($0)") }
      requests += [order(900, sku: "b"), order(900, sku: "c")]
      let outcome = run(requests, rule)
      #expect(outcome.opened.count == (others == 100 ? 1 : 0), "\(others)")
      let refused = outcome.summary.refusals.first { $0.what == "precursor events" }
      #expect((refused?.count ?? 0) == (others == 100 ? 0 : 1001 - 256), "\(others)")
    }
  }

  // MARK: - habit

  @Test(arguments: [40, 60, 300, 2000])
  func `a broken habit is told within a handful of targets`(count: Int) {
    let start = Int64(count) * 100 + 1000
    let requests =
      habit(count) + (0..<20 as Range<Int64>).map { order(start + $0 * 60) }
      + [quote(start + 20 * 60 + 3700)]
    let outcome = run(requests)
    #expect(outcome.opened.count == 1)
    guard let alert = outcome.opened.first else { return }
    let misses = (alert.detectedAt.seconds - monday - start) / 60 + 1
    #expect(misses <= (count < 60 ? 9 : count < 300 ? 7 : 4), "\(misses) misses")
    #expect(alert.observed == Double(misses))
    #expect(alert.startedAt == EventTime(seconds: monday + start))
    #expect(alert.evidence.count >= 2 && alert.score >= 5)
    #expect(alert.evidence.allSatisfy { $0.line.contains("POST") })
    #expect(outcome.alerts.last?.state == .resolved)
  }

  @Test(arguments: [1, 2, 20, 60, 400])
  func `one miss is never told`(count: Int) {
    let requests =
      habit(count) + [order(Int64(count) * 100 + 2000)]
      + habit(30, from: Int64(count) * 100 + 4000)
    #expect(run(requests).opened.isEmpty)
  }

  /// A hundred thousand targets, one in a thousand of which misses, straight into the monitor.
  @Test(arguments: UInt64(1)...3)
  func `a miss in a thousand never alarms`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var misses = 0
    let alarms = simulate(100_000) { _ in
      let isMiss = random.isTrue(0.001)
      if isMiss { misses += 1 }
      return isMiss
    }
    #expect(alarms.isEmpty, "seed \(seed): \(alarms.count) alarms, \(misses) misses")
    #expect(misses > 60)
  }

  @Test(arguments: [0.01, 0.05, 0.15])
  func `a habit with its own share of misses is quiet, and its break is told`(share: Double) {
    for seed in UInt64(1)...3 {
      var random = TestRandom(seed: seed)
      let alarms = simulate(6000) { $0 >= 5000 || random.isTrue(share) }
      let before = alarms.filter { $0 < 5000 }
      #expect(before.count <= 1, "seed \(seed): \(before)")
      let delay = (alarms.first { $0 >= 5000 } ?? 6000) - 5000
      #expect(delay <= 14, "seed \(seed): after \(delay) misses")
    }
  }

  @Test(arguments: [0.3, 0.5, 0.9, 1])
  func `who has no habit cannot break it`(share: Double) {
    for seed in UInt64(1)...3 {
      var random = TestRandom(seed: seed)
      let alarms = simulate(3000) { _ in random.isTrue(share) }
      #expect(alarms.isEmpty, "seed \(seed): \(alarms)")
    }
  }

  @Test func `a healed habit closes its episode, and a second break is a second one`() {
    let requests =
      habit(200) + (0..<10 as Range<Int64>).map { order(21_000 + $0 * 60) }
      + habit(200, from: 22_000) + (0..<10 as Range<Int64>).map { order(43_000 + $0 * 60) }
    let opened = run(requests).opened
    #expect(opened.count == 2 && Set(opened.map(\.id)).count == 2, "\(opened.map(\.reason))")
  }

  /// Numbers of the targets at which an alert was told that was not open before.
  private func simulate(_ count: Int, isMiss: (Int) -> Bool) -> [Int] {
    let rule = Rule.precursor()
    guard case .precursor(let plan) = rule.detector.plan else { return [] }
    var monitor = PrecursorMonitor(
      rule: 0, plan: plan, per: .key, expression: nil, minSamples: nil)
    var context = EngineContext(
      rules: [rule], registry: KeyRegistry(), hash: TestBench.hash, fingerprint: { _ in "" })
    let name = Array("k1".utf8)
    let entity = Entity(type: .key, index: context.keys.index(for: name.span, kind: .name))
    var alarms: [Int] = []
    var alerts: [Alert] = []
    for target in 0..<count {
      let second = monday + Int64(target) * 1000
      if !isMiss(target) {
        for _ in 0..<2 {
          monitor.addPrecursor(entity, step: 0, time: (second - 10) * 1000, value: 0)
        }
      }
      _ = monitor.addTarget(entity, time: second * 1000, value: 0)
      monitor.closeSecond(second, &context)
      context.episodes.drain(into: &alerts)
      if alerts.contains(where: { $0.revision == 1 }) { alarms.append(target) }
      alerts.removeAll()
    }
    return alarms
  }

  @Test func `rings and targets of one entity say nothing of another`() {
    let requests =
      (habit(100) + habit(100, from: 7, key: "k2")).sorted { $0.time < $1.time }
      + (0..<10 as Range<Int64>).map { order(12_000 + $0 * 60, key: "k2") }
    #expect(run(requests).opened.map(\.entity) == ["k2"])
  }
}
