import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// Logs in which not every request stands.
@Suite struct SamplingTests {
  private func traffic(
    days: Double, seed: UInt64, source: Int = 0, _ rate: (Int64) -> Double
  ) -> [TestRequest] {
    var random = TestRandom(seed: seed)
    var requests: [TestRequest] = []
    var second = monday
    while second < monday + Int64(days * Double(day)) {
      for _ in 0..<random.poisson(rate(second)) {
        requests.append(
          TestRequest(
            time: (second + Int64(random.below(300))) * 1000, key: "k1", source: source))
      }
      second += 300
    }
    return requests.sorted { $0.time < $1.time }
  }

  @Test func `a rise is told in requests, as many as the sample stands for`() {
    let start = monday + 15 * day
    let requests = traffic(days: 15.5, seed: 1) { $0 >= start && $0 < start + 3600 ? 40 : 4 }
    var bench = TestBench(rules: [.volume(more: 100)])
    let logged = bench.run(requests).opened
    // Forty logged requests a window do not differ by a hundred; the 400 for which they stand do.
    #expect(logged.isEmpty, "\(logged.map(\.reason))")
    bench.sampling = [10]
    let alert = bench.run(requests).opened.first
    #expect((alert?.observed ?? 0) >= 100 && (alert?.expectedMid ?? 0) > 20)
    #expect(alert?.reason.contains("one of 10 requests is logged") == true)
  }

  @Test func `nothing is said of requests that are missing`() {
    let start = monday + 20 * day + 7200
    let requests =
      traffic(days: 21, seed: 2) { $0 >= start ? 0 : 4 }
      + [TestRequest(time: (monday + 21 * day) * 1000, key: "k9")]
    var bench = TestBench(
      rules: [.volume("drop", .down, minutes: [30, 120], times: 3, more: 10), .precursor()])
    #expect(bench.run(requests).opened.map(\.kind) == ["drop"])
    bench.sampling = [10]
    let outcome = bench.run(requests)
    #expect(outcome.opened.isEmpty, "\(outcome.opened.map(\.reason))")
    #expect(outcome.summary.sleepingRules.map(\.id) == ["drop", "precursor"])
    #expect(outcome.summary.sleepingRules.allSatisfy { $0.reason.contains("logged") })
  }

  @Test func `counts too large for their field stop at its largest number`() {
    let registry = KeyRegistry(
      tiers: [KeyRegistry.Tier(name: "bronze", limits: [.init(count: 5, periodSeconds: 1)])],
      keys: [KeyRegistry.Key(identities: [.name("k1")], tier: 0)])
    var bench = TestBench(rules: [.tier()], registry: registry)
    bench.sampling = [1_000_000]
    // Three thousand million requests within a second are more than 32 bits hold.
    let alert = bench.run((0..<3000).map { _ in TestRequest(time: monday * 1000) }).opened.first
    #expect((1e9...2_147_483_647).contains(alert?.observed ?? 0), "\(alert?.reason ?? "")")
  }

  @Test func `one logged request of a hundred is no hundred in a second`() {
    let registry = KeyRegistry(
      tiers: [
        KeyRegistry.Tier(name: "bronze", limits: [.init(count: 5, periodSeconds: 1)], burst: 5)
      ], keys: [KeyRegistry.Key(identities: [.name("k1")], tier: 0)])
    var bench = TestBench(rules: [.tier()], registry: registry)
    bench.sampling = [100]
    func requests(_ each: Int64) -> [TestRequest] {
      (0..<120 as Range<Int64>).flatMap { second in
        (0..<each).map { TestRequest(time: (monday + second) * 1000 + $0, key: "k1") }
      }
    }
    let sparse = requests(1).enumerated().filter { $0.offset % 20 == 0 }.map(\.element)
    #expect(bench.run(sparse).opened.isEmpty)
    #expect(bench.run(requests(4)).opened.map(\.kind) == ["tier"])
  }

  @Test func `a source that logs less counts for more`() {
    let start = monday + 15 * day
    let whole = traffic(days: 16, seed: 3) { _ in 4 }
    let sampled = traffic(days: 16, seed: 4, source: 1) {
      $0 >= start && $0 < start + 3600 ? 8 : 0.4
    }
    var bench = TestBench(rules: [.volume(more: 50)])
    bench.sourceCount = 2
    let requests = (whole + sampled).sorted { ($0.time, $0.source) < ($1.time, $1.source) }
    #expect(bench.run(requests).opened.isEmpty)
    bench.sampling = [1, 10]
    #expect(bench.run(requests).opened.first?.kind == "spike")
  }
}
