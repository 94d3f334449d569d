import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// `threshold` and `ratio` through a whole engine, against a plain count.
@Suite struct TallyMonitorTests {
  private func rule(
    _ limit: Double, above: Bool = true, seconds: Int64 = 60, part: String? = nil,
    where condition: String? = nil, minSamples: Int? = nil, per: Per = .key
  ) throws -> Rule {
    let plan = TallyPlan(
      kind: part == nil ? "threshold" : "ratio", windowMilliseconds: seconds * 1000,
      measure: try part.map { .share(try Expression(parsing: $0)) } ?? .requests, limit: limit,
      isAbove: above)
    return Rule(
      id: "limit", title: "", per: per,
      filter: RequestFilter(expression: try condition.map { try Expression(parsing: $0) }),
      minSamples: minSamples, detector: TestTallyDetector(tally: plan))
  }

  /// Requests in bursts and pauses, over some hours.
  private func traffic(_ random: inout TestRandom, status: (Int64) -> Int = { _ in 200 })
    -> [TestRequest]
  {
    var second = monday
    var requests: [TestRequest] = []
    while second < monday + 4 * 3600 {
      let length = Int64(1 + random.below(400))
      let mean = [0, 0.1, 0.5, 2, 5][random.below(5)]
      for offset in 0..<length {
        for _ in 0..<random.poisson(mean) {
          let at = second + offset
          requests.append(TestRequest(time: at * 1000, status: status(at)))
        }
      }
      second += length
    }
    return requests
  }

  /// Requests by the second, summed up, so that a span is one subtraction.
  private struct Counts {
    private static let margin: Int64 = 3600
    private var sums: [Int] = [0]

    init(_ requests: [TestRequest]) {
      var counts = [Int](repeating: 0, count: Int(2 * Self.margin + 5 * 3600))
      for request in requests { counts[Int(request.time / 1000 - monday + Self.margin)] += 1 }
      for count in counts { sums.append((sums.last ?? 0) + count) }
    }

    func count(from start: Int64, to end: Int64) -> Int {
      sums[Int(end - monday + Self.margin)] - sums[Int(start - monday + Self.margin)]
    }
  }

  // MARK: - numbers of requests

  @Test(arguments: [1, 7, 60, 300])
  func `an alert opens at the end of the second that brings more than the limit`(
    seconds: Int64
  ) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let requests = traffic(&random)
    let limit = Double(seconds * Int64(1 + random.below(3)))
    let rule = try rule(limit, seconds: seconds)
    guard case .tally(let plan) = rule.detector.plan else { return }
    let counts = Counts(requests)
    var expected: [Int64] = []
    var last = Int64.min / 2
    for second in Set(requests.map { $0.time / 1000 }).sorted() {
      let start = (second / plan.cellSeconds - plan.cellCount + 1) * plan.cellSeconds
      guard Double(counts.count(from: start, to: second + 1)) > limit else { continue }
      if second + 1 > last + 2 * max(seconds, 30) { expected.append(second + 1) }
      last = second + 1
    }
    let opened = TestBench(rules: [rule]).run(requests).opened
    #expect(opened.map(\.detectedAt.seconds) == expected, "seed \(seed)")
    #expect(opened.allSatisfy { $0.observed > limit && $0.expectedHigh == limit })
    #expect(opened.allSatisfy { !$0.evidence.isEmpty && $0.kind == "threshold" })
  }

  @Test(arguments: [60, 600])
  func `too few are told at the first end of a cell at which there are`(seconds: Int64) throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let requests = traffic(&random)
    let limit = Double(1 + random.below(Int(seconds)))
    let rule = try rule(limit, above: false, seconds: seconds)
    guard case .tally(let plan) = rule.detector.plan, let first = requests.first else { return }
    var end = (first.time / 1000 / plan.cellSeconds + plan.cellCount + 1) * plan.cellSeconds
    let counts = Counts(requests)
    let isOver = { (end: Int64) in end > (requests.last?.time ?? 0) / 1000 }
    while !isOver(end), Double(counts.count(from: end - seconds, to: end)) >= limit {
      end += plan.cellSeconds
    }
    let opened = TestBench(rules: [rule]).run(requests).opened.first
    #expect(opened?.detectedAt.seconds == (isOver(end) ? nil : end), "seed \(seed)")
    if let opened {
      #expect(opened.observed == Double(counts.count(from: end - seconds, to: end)))
    }
  }

  @Test func `while it is silent the alert stays open, and over a gap nothing is told`() throws {
    let requests =
      (0..<3600).map { TestRequest(time: (monday + Int64($0)) * 1000) }
      + [TestRequest(time: (monday + 7200) * 1000, key: "k2")]
    let rule = try rule(10, above: false)
    let alerts = TestBench(rules: [rule]).run(requests).alerts.filter { $0.entity == "k1" }
    #expect(alerts.allSatisfy { $0.state == .open && $0.id == alerts.first?.id })
    #expect(alerts.first?.reason == "k1 sent 6 requests in 1 min; at least 10 are required")
    #expect(alerts.last?.reason == "k1 sent 0 requests in 1 min; at least 10 are required")
    let gap = TestBench(rules: [rule]).run(requests, gapsBefore: [3600])
    #expect(gap.alerts.isEmpty)
  }

  @Test func `what is missing in a sample says nothing`() throws {
    var bench = TestBench(rules: [try rule(10, above: false)])
    bench.sampling = [10]
    let outcome = bench.run((0..<3600).map { TestRequest(time: (monday + Int64($0 * 9)) * 1000) })
    #expect(outcome.alerts.isEmpty && outcome.summary.sleepingRules.count == 1)
    bench.rules = [try rule(500)]
    let sampled = bench.run((0..<60).map { TestRequest(time: (monday + Int64($0)) * 1000) })
    #expect(sampled.opened.first?.observed == 510)
  }

  // MARK: - shares

  @Test func `a share is told where chance cannot have brought it`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    let start = monday + 7200
    let requests = traffic(&random) { second in
      second >= start && second % 3 == 0 ? 503 : second % 400 == 0 ? 500 : 200
    }
    let rule = try rule(0.05, seconds: 600, part: "status >= 500", where: "route == \"/v1/orders\"")
    let opened = TestBench(rules: [rule]).run(requests).opened
    for alert in opened {
      let cells = (alert.detectedAt.seconds - 1) / 60 * 60 - 540
      let window = requests.filter {
        $0.time >= cells * 1000 && $0.time < alert.detectedAt.milliseconds
      }
      let part = window.count { $0.status >= 500 }
      #expect(alert.sampleSize == window.count, "seed \(seed)")
      #expect(alert.observed == Double(part) / Double(window.count) * 100, "seed \(seed)")
      #expect(alert.score >= 6 && alert.evidence.allSatisfy { $0.line.contains("50") })
    }
    #expect(opened.contains { $0.detectedAt.seconds > start }, "seed \(seed)")
    #expect(opened.allSatisfy { $0.detectedAt.seconds > start }, "seed \(seed)")
  }

  @Test func `a share that must be reached is told when it is not`() throws {
    let good = (0..<600).map { TestRequest(time: (monday + Int64($0)) * 1000) }
    let bad = (600..<900).map { TestRequest(time: (monday + Int64($0)) * 1000, status: 404) }
    let rule = try rule(0.9, above: false, seconds: 300, part: "status < 400")
    let opened = TestBench(rules: [rule]).run(good + bad).opened
    #expect(opened.count == 1)
    #expect(opened.first?.reason.hasSuffix("at least 90 in 100 are required") == true)
    #expect(TestBench(rules: [rule]).run(good).opened.isEmpty)
  }

  // MARK: - explained

  @Test(arguments: 1...8)
  func `the number that is said to pass a limit passes it, and one less does not`(
    seed: UInt64
  ) throws {
    var random = TestRandom(seed: seed)
    let part = random.below(2) == 0 ? nil : "status >= 500"
    let moment = monday + 4 * 3600
    let requests = traffic(&random) { $0 % 40 == 0 ? 500 : 200 }
      .filter { $0.time < moment * 1000 - 500 }
    let rule = try rule(part == nil ? 2500 : 0.1, seconds: 600, part: part)
    var bench = TestBench(rules: [rule])
    bench.inquiry = Inquiry(names: ["k1"], time: EventTime(seconds: moment))
    let told = try #require(bench.run(requests).explanation?.rules.first)
    let number = try #require(told.numbers.first)
    guard part == nil else {
      // More failures among the same requests: some that went well fail instead.
      let window = requests.indices.filter { requests[$0].time >= (moment - 600) * 1000 }
      guard let opensAt = number.opensAt, window.count >= 20 else { return }
      for (more, opens) in [(Int(opensAt), true), (Int(opensAt) - 1, false)] {
        var changed = requests
        var failing = window.count { requests[$0].status >= 500 }
        for index in window.reversed() where failing < more && changed[index].status < 500 {
          changed[index].status = 500
          failing += 1
        }
        bench.inquiry = Inquiry(names: ["k1"], time: EventTime(seconds: moment))
        let again = bench.run(changed).explanation?.rules.first?.numbers.first
        #expect(
          ((again?.score ?? 0) >= (number.isOpen ? 3 : 6)) == opens, "\(number.text), seed \(seed)")
      }
      return
    }
    let missing = Int(try #require(number.opensAt) - number.seen)
    guard !number.isOpen else { return }
    let burst = (0..<missing).map { _ in TestRequest(time: moment * 1000 - 500) }
    let isOpen = { (more: [TestRequest]) in
      TestBench(rules: [rule]).run(requests + more).opened
        .contains { $0.detectedAt == EventTime(seconds: moment) }
    }
    #expect(isOpen(burst), "\(number.text), seed \(seed)")
    #expect(!isOpen(Array(burst.dropLast())), "\(number.text), seed \(seed)")
  }
}
