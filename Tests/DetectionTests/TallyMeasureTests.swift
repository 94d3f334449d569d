import Testing

@testable import AccessLog
@testable import Detection

/// Limits of bytes, errors, percentiles and different values, against plain counts; and rules that
/// share what they count.
@Suite struct TallyMeasureTests {
  private func rule(
    _ measure: String, above limit: Double, id: String = "limit", seconds: Int64 = 60,
    isAbove: Bool = true, per: Per = .key
  ) throws -> Rule {
    let plan = TallyPlan(
      kind: "threshold", windowMilliseconds: seconds * 1000,
      measure: try Measure(parsing: measure), limit: limit, isAbove: isAbove)
    return Rule(id: id, title: "", per: per, detector: TestTallyDetector(tally: plan))
  }

  /// Requests of an hour, some of them large, slow, failing, or of another key.
  private func traffic(_ random: inout TestRandom) -> [TestRequest] {
    var requests: [TestRequest] = []
    for second in monday..<monday + 3600 {
      let isRush = second / 300 % 3 == 0
      for _ in 0..<random.poisson(isRush ? 3 : 0.4) {
        requests.append(
          TestRequest(
            time: second * 1000, key: random.isTrue(0.8) ? "k1" : "k2",
            path: "/v1/r\(random.below(isRush ? 90 : 5))x",
            status: random.isTrue(isRush ? 0.3 : 0.01) ? 503 : 200,
            bytes: random.isTrue(0.1) ? -1 : random.below(isRush ? 9000 : 900),
            latency: random.isTrue(0.1) ? -1 : random.below(isRush ? 2000 : 500)))
      }
    }
    return requests
  }

  /// The requests of `k1` in the window that ends with `alert`.
  private func window(_ alert: Alert, _ requests: [TestRequest], _ seconds: Int64) -> [TestRequest]
  {
    let cellSeconds = seconds / 10
    let end = alert.detectedAt.seconds
    let start = ((end - 1) / cellSeconds - 9) * cellSeconds
    return requests.filter {
      $0.key == alert.entity && $0.time >= start * 1000 && $0.time < end * 1000
    }
  }

  private func observed(_ measure: String, _ window: [TestRequest]) -> Double {
    switch measure {
    case "errors": Double(window.count { $0.status >= 500 })
    case "bytes_out": Double(window.reduce(0) { $0 + max(0, $1.bytes) })
    case "distinct(route)": Double(Set(window.map(\.path)).count)
    default: 0
    }
  }

  @Test(arguments: [("errors", 20.0), ("bytes_out", 200_000), ("distinct(route)", 40)])
  func `what is observed is what a plain count finds, and the limit opens it at once`(
    measure: String, limit: Double
  ) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let requests = traffic(&random)
    let opened = TestBench(rules: [try rule(measure, above: limit)]).run(requests).opened
    #expect(!opened.isEmpty, "seed \(seed)")
    for alert in opened {
      let window = window(alert, requests, 60)
      #expect(alert.observed == observed(measure, window), "seed \(seed)")
      let before = window.filter { $0.time < (alert.detectedAt.seconds - 1) * 1000 }
      #expect(observed(measure, before) <= limit && alert.observed > limit, "seed \(seed)")
      #expect(!alert.evidence.isEmpty)
      #expect(alert.reason.hasSuffix("the limit is \(Wording.number(limit))"), "\(alert.reason)")
    }
  }

  @Test func `a percentile is above its limit where more than the rest of a hundred are`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let requests = traffic(&random)
    let rule = try rule("latency.p90", above: 800, seconds: 300)
    let opened = TestBench(rules: [rule]).run(requests).opened
    #expect(!opened.isEmpty, "seed \(seed)")
    for alert in opened {
      let window = window(alert, requests, 300).filter { $0.latency >= 0 }
      let slow = window.count { $0.latency > 800 }
      #expect(alert.sampleSize == window.count && alert.score >= 6, "seed \(seed)")
      #expect(alert.observed == Double(slow) / Double(window.count) * 100, "seed \(seed)")
      #expect(alert.reason.contains("took more than 800 ms"), "\(alert.reason)")
      #expect(alert.reason.hasSuffix("p90 allows 10 in 100"), "\(alert.reason)")
    }
  }

  @Test func `callers are told apart`() throws {
    let requests = (0..<40).map {
      TestRequest(time: (monday + Int64($0)) * 1000, key: "k\($0 % 12)", path: "/login")
    }
    let rule = try rule("distinct(key)", above: 10, per: .route)
    let opened = TestBench(rules: [rule]).run(requests).opened
    #expect(opened.map(\.detectedAt.seconds) == [monday + 11])
    #expect(
      opened.first?.reason
        == "the requests of route /login had 11 different key in 1 min; the limit is 10")
  }

  /// Whatever it shares its counts with, a rule says what it says alone.
  @Test func `rules of one count say what each says alone`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let requests = traffic(&random)
    var rules: [Rule] = []
    for (number, measure) in ["requests", "bytes_out", "share(status >= 500)", "distinct(route)"]
      .enumerated()
    {
      for limit in 0..<6 {
        let steps = [30.0, 30_000, 0.05, 12]
        let isFall = limit % 3 == 2 && measure != "distinct(route)"
        rules.append(
          try rule(
            measure, above: steps[number] * Double(limit + 1), id: "\(number)-\(limit)",
            isAbove: !isFall))
      }
    }
    let together = TestBench(rules: rules).run(requests).alerts
    var alone: [Alert] = []
    for rule in rules { alone += TestBench(rules: [rule]).run(requests).alerts }
    alone.sort { ($0.revisedAt, $0.id, $0.revision) < ($1.revisedAt, $1.id, $1.revision) }
    #expect(together == alone, "seed \(seed)")
    #expect(Set(together.map(\.ruleID)).count > 12, "seed \(seed)")
    let plan = EnginePlan(rules: rules, registry: KeyRegistry())
    #expect(plan.tallies.map(\.judges.count) == [6, 6, 6, 6])
  }

  @Test func `values that find no room are counted, and come again when others are old`() throws {
    var bench = TestBench(rules: [try rule("distinct(route)", above: 5)])
    bench.bounds.tallyValues = 4
    func requests(_ second: Int64) -> [TestRequest] {
      (0..<6).map { TestRequest(time: (monday + second) * 1000, path: "/r\($0)x") }
    }
    let full = bench.run(requests(0))
    #expect(full.opened.isEmpty)
    #expect(full.summary.refusals.map(\.what) == ["values to tell apart"])
    #expect(full.summary.refusals.map(\.count) == [2])
    bench.bounds.tallyValues = 6
    let others = (0..<6).map { TestRequest(time: monday * 1000, key: "k2", path: "/s\($0)x") }
    let later = bench.run(others + requests(120))
    #expect(later.opened.map(\.entity) == ["k2", "k1"])
    #expect(later.summary.refusals.isEmpty)
  }

  @Test func `what finds no room is not looked for again and again`() throws {
    var bench = TestBench(rules: [try rule("distinct(route)", above: 5)])
    bench.bounds.tallyValues = 3000
    // Each key has a value that stays; then one key has ever new ones in the same cell.
    let kept = (0..<3000).map { TestRequest(time: monday * 1000, key: "k\($0)", path: "/a") }
    let more = (0..<20_000).map { TestRequest(time: monday * 1000 + 1, path: "/r\($0)x") }
    let outcome = bench.run(kept + more)
    #expect(outcome.summary.refusals.map(\.what).contains("values to tell apart"))
    #expect(outcome.opened.isEmpty)
  }

  @Test func `sizes that no answer can have stop nobody`() throws {
    let requests = (0..<100).map {
      TestRequest(time: (monday + Int64($0)) * 1000, bytes: .max)
    }
    let opened = TestBench(rules: [try rule("bytes_out", above: 1e12)]).run(requests).opened
    #expect(opened.first?.observed == 0x1p40)
  }
}
