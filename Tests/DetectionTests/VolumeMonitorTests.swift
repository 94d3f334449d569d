import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// Spike and drop through a whole engine, on little traffic over weeks.
@Suite struct VolumeMonitorTests {
  /// Requests of one key over time; `rate` is what it expects to send in a step.
  private func traffic(
    _ key: String, from: Int64 = monday, days: Double, step: Int64 = 300, seed: UInt64,
    _ rate: (Int64) -> Double
  ) -> [TestRequest] {
    var random = TestRandom(seed: seed)
    var requests: [TestRequest] = []
    var second = from
    while second < from + Int64(days * Double(day)) {
      let count = random.poisson(rate(second))
      for _ in 0..<count {
        requests.append(
          TestRequest(time: (second + Int64(random.below(Int(step)))) * 1000, key: key))
      }
      second += step
    }
    return requests.sorted { $0.time < $1.time }
  }

  private func merged(_ streams: [TestRequest]...) -> [TestRequest] {
    streams.flatMap { $0 }.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
  }

  private static let registry = KeyRegistry(
    suppliers: [KeyRegistry.Supplier(name: "north"), KeyRegistry.Supplier(name: "south")],
    keys: (0..<40).map {
      KeyRegistry.Key(identities: [.name("k\($0)")], supplier: $0 < 20 ? 0 : nil)
    })

  // MARK: - spikes

  @Test func `a tenfold rise is told within its first minutes, and ends`() {
    let start = monday + 21 * day + 10 * 3600
    let usual = traffic("k1", days: 22, seed: 1) { _ in 4 }
    let burst = traffic("k1", from: start, days: 1 / 24.0, seed: 2) { _ in 40 }
    let bench = TestBench(rules: [.volume(minutes: [5, 30, 120], more: 10)])
    let outcome = bench.run(merged(usual, burst))
    #expect(outcome.opened.count == 1, "\(outcome.opened.map(\.reason))")
    guard let alert = outcome.opened.first else { return }
    #expect(alert.entity == "k1" && alert.kind == "spike" && alert.entityType == .key)
    #expect(alert.detectedAt.seconds > start && alert.detectedAt.seconds <= start + 300)
    #expect(!alert.evidence.isEmpty && !alert.isLearning)
    #expect((2...7).contains(alert.expectedMid ?? 0), "\(alert.reason)")
    let end = outcome.alerts.last
    #expect(end?.state == .resolved)
    let ended = end?.endedAt?.seconds ?? 0
    #expect(ended >= start + 3000 && ended <= start + 3600 + 7200, "\(ended - start)")
  }

  @Test func `lines of a window that was not judged are no evidence of a later one`() {
    let start = monday + 15 * day
    let usual = traffic("k1", days: 15, seed: 3) { _ in 4 }
    // Notable, though far from an alarm; then quiet; then a flood.
    let notable = (0..<30 as Range<Int64>).map {
      TestRequest(time: (start + $0) * 1000, key: "k1", path: "/notable")
    }
    let flood = (0..<200 as Range<Int64>).map {
      TestRequest(time: (start + 3000 + $0) * 1000, key: "k1", path: "/flood")
    }
    let outcome = TestBench(rules: [.volume(more: 60)]).run(usual + notable + flood)
    #expect(outcome.opened.count == 1, "\(outcome.opened.map(\.reason))")
    let evidence = outcome.opened.first?.evidence ?? []
    #expect(!evidence.isEmpty && evidence.allSatisfy { $0.line.contains("/flood") })
  }

  @Test func `the second of detection is the one in which the count passed the limit`() {
    let start = monday + 15 * day
    let usual = traffic("k1", days: 15, seed: 3) { _ in 3 }
    // One request a second from the start of a window on.
    let burst = (0..<200 as Range<Int64>).map {
      TestRequest(time: (start + $0) * 1000, key: "k1")
    }
    let outcome = TestBench(rules: [.volume(more: 10)]).run(usual + burst)
    guard let alert = outcome.opened.first else {
      Issue.record("no alert")
      return
    }
    #expect(alert.observed == Double(alert.detectedAt.seconds - start))
    #expect(alert.observed >= 13 && alert.observed < 60, "\(alert.reason)")
    #expect(alert.startedAt == EventTime(seconds: start))
  }

  @Test func `a threefold rise over two hours is found though no short window shows it`() {
    let start = monday + 21 * day + 12 * 3600
    let usual = traffic("k1", days: 22, seed: 4) { second in
      second >= start && second < start + 7200 ? 6 : 2
    }
    let short = TestBench(rules: [.volume(minutes: [5], more: 5)]).run(usual)
    #expect(short.opened.isEmpty, "\(short.opened.map(\.reason))")
    let long = TestBench(rules: [.volume(minutes: [5, 30, 120], more: 5)]).run(usual)
    #expect(long.opened.count == 1, "\(long.opened.map(\.reason))")
    let alert = long.opened.first
    #expect((alert?.detectedAt.seconds ?? 0) <= start + 7200 + 1800)
    #expect(alert?.unit != "requests per 5 min")
    #expect(alert?.evidence.isEmpty == false)
  }

  @Test func `weeks of ordinary traffic of many kinds are quiet`() {
    var streams: [[TestRequest]] = []
    for key in 0..<12 {
      let seed = UInt64(100 + key)
      let busy = [0.05, 0.3, 1, 2][key % 4]
      streams.append(
        traffic("k\(key)", days: 20, step: 900, seed: seed) { second in
          let hour = (second - monday) / 3600 % 24
          let isWeekend = (second - monday) / day % 7 >= 5
          switch key / 4 {
          case 0: return busy
          case 1: return (8..<18).contains(hour) && !isWeekend ? busy * 3 : busy / 10
          default: return hour == 3 ? busy * 12 : busy / 5
          }
        })
    }
    let requests = streams.flatMap { $0 }.sorted { ($0.time, $0.key) < ($1.time, $1.key) }
    let bench = TestBench(
      rules: [
        .volume("a", .both, minutes: [5, 30, 120], more: 5),
        .volume("b", per: .supplier, .both, minutes: [15, 60], more: 5),
      ], registry: Self.registry)
    let outcome = bench.run(requests)
    #expect(outcome.opened.isEmpty, "\(outcome.opened.map(\.reason))")
  }

  @Test func `a client of bursts and long silence does not flood`() {
    var random = TestRandom(seed: 5)
    var requests: [TestRequest] = []
    for window in 0..<(2016 * 4) as Range<Int64> where random.isTrue(0.02) {
      for _ in 0..<1 + random.poisson(random.isTrue(0.5) ? 10 : 40) {
        let second = monday + window * 300 + Int64(random.below(300))
        requests.append(TestRequest(time: second * 1000, key: "k1"))
      }
    }
    requests.sort { $0.time < $1.time }
    let outcome = TestBench(rules: [.volume(minutes: [5, 30, 120])]).run(requests)
    #expect(outcome.opened.count <= 1, "\(outcome.opened.map(\.reason))")
  }

  @Test func `a constant start does not alarm for ever after one step up`() {
    var requests: [TestRequest] = []
    for window in 0..<(2016 * 5) as Range<Int64> {
      // Exactly four a window for ten days, then exactly five; after a month twelve.
      let count: Int64 = window < 2880 ? 4 : window < 2016 * 4 ? 5 : 12
      for each in 0..<count {
        requests.append(TestRequest(time: (monday + window * 300 + each * 7) * 1000, key: "k1"))
      }
    }
    let bench = TestBench(rules: [.volume(minutes: [5, 30, 120], times: 1.2, more: 1)])
    let outcome = bench.run(requests)
    let late = outcome.opened.filter { $0.detectedAt.seconds < monday + 28 * day }
    #expect(late.allSatisfy { $0.detectedAt.seconds < monday + 13 * day })
    #expect(late.count <= 3, "\(late.map(\.reason))")
    #expect(outcome.opened.contains { $0.detectedAt.seconds >= monday + 28 * day })
  }

  // MARK: - thin series

  /// Keys that nobody knows yet send 60 requests within a few minutes, each.
  private func flood(keys: Range<Int>, at start: Int64) -> [TestRequest] {
    keys.flatMap { key in
      (0..<60 as Range<Int64>).map {
        TestRequest(time: (start + Int64(key) + $0 * 3) * 1000, key: "k\(key)")
      }
    }
  }

  @Test func `the flood of a key too new to judge is told of its supplier`() {
    let start = monday + 10 * day + 3600
    let usual = traffic("k1", days: 11, seed: 6) { _ in 2 }
    let others = traffic("k30", days: 11, seed: 7) { _ in 2 }
    let bench = TestBench(rules: [.volume(minutes: [5, 30])], registry: Self.registry)
    let outcome = bench.run(merged(usual, others, flood(keys: 5..<6, at: start)))
    #expect(outcome.opened.map(\.entityType) == [.supplier], "\(outcome.opened.map(\.reason))")
    let alert = outcome.opened.first
    #expect(alert?.entity == "north" && alert?.reason.contains("k5") == true)
    #expect(alert?.detectedAt.seconds == start / 300 * 300 + 300)
    #expect(alert?.evidence.isEmpty == false)
  }

  @Test func `without a supplier it is told of all traffic`() {
    let start = monday + 10 * day + 3600
    let usual = traffic("k1", days: 11, seed: 6) { _ in 2 }
    let others = traffic("k30", days: 11, seed: 7) { _ in 2 }
    let bench = TestBench(rules: [.volume(minutes: [5, 30])], registry: Self.registry)
    let outcome = bench.run(merged(usual, others, flood(keys: 31..<34, at: start)))
    #expect(outcome.opened.map(\.entityType) == [.global], "\(outcome.opened.map(\.reason))")
    // A new supplier is too new as well, and its flood is told of all traffic.
    var registry = Self.registry
    registry.keys[31].supplier = 1
    let fresh = TestBench(rules: [.volume(minutes: [5, 30])], registry: registry)
      .run(merged(usual, others, flood(keys: 31..<32, at: start)))
    #expect(fresh.opened.map(\.entityType) == [.global], "\(fresh.opened.map(\.reason))")
  }

  @Test func `a thin key that sends as it should is told of nobody`() {
    let usual = traffic("k1", days: 11, seed: 6) { _ in 3 }
    let new = traffic("k2", from: monday + 10 * day, days: 1, seed: 8) { _ in 0.5 }
    let bench = TestBench(rules: [.volume(minutes: [5, 30], more: 5)], registry: Self.registry)
    #expect(bench.run(merged(usual, new)).opened.isEmpty)
  }

  // MARK: - drops

  /// A key that speaks day and night, one that only moves time.
  private func outage(from: Int64, to: Int64, days: Double, seed: UInt64) -> [TestRequest] {
    merged(
      traffic("k1", days: days, seed: seed) { $0 >= from && $0 < to ? 0 : 4 },
      traffic("k9", days: days, step: 60, seed: seed + 1) { _ in 0.05 })
  }

  private static let drop = Rule.volume("drop", .down, minutes: [30, 120], times: 3, more: 10)

  @Test func `silence is told from the deadline, without a record of the key`() {
    let start = monday + 20 * day + 7200
    let outcome = TestBench(rules: [Self.drop])
      .run(outage(from: start, to: start + 5 * 3600, days: 21, seed: 20))
    #expect(outcome.opened.map(\.entity) == ["k1"], "\(outcome.opened.map(\.reason))")
    let detected = outcome.opened.first?.detectedAt.seconds ?? 0
    #expect((start + 1800...start + 3600).contains(detected), "\(detected - start) s after")
    #expect(outcome.opened.first?.observed == 0)
    let last = outcome.alerts.last
    #expect(last?.state == .resolved)
    let ended = (last?.endedAt?.seconds ?? 0) - start
    #expect((4 * 3600...6 * 3600).contains(ended), "ended \(ended) s after")
    // Opened, at most a few times deeper, and resolved.
    #expect(outcome.alerts.count <= 4, "\(outcome.alerts.map(\.reason))")
  }

  @Test(arguments: [[30, 120], [5, 60], [1, 20]] as [[Int64]])
  func `silence that begins overnight is told in the first half hour of office`(
    minutes: [Int64]
  ) {
    // Speaks from nine to five; dies on the evening of a Thursday, in the fourth week.
    let dies = monday + 24 * day + 18 * 3600
    let requests = merged(
      traffic("k1", days: 26, seed: 30) { second in
        let hour = (second - monday) / 3600 % 24
        return second < dies && (9..<17).contains(hour) ? 6 : 0
      },
      traffic("k9", days: 26, step: 60, seed: 31) { _ in 0.05 })
    let drop = Rule.volume("drop", .down, minutes: minutes, times: 3, more: 10)
    let outcome = TestBench(rules: [drop]).run(requests)
    let nine = monday + 25 * day + 9 * 3600
    let detected = outcome.opened.first?.detectedAt.seconds ?? 0
    #expect(outcome.opened.count == 1, "\(outcome.opened.map(\.reason))")
    // With an hour's look back it takes as long to be sure.
    #expect((nine + 600...nine + 3600).contains(detected), "\(detected - nine) s after nine")
  }

  @Test func `a drop is not told before the hour of the week was seen twice`() {
    let start = monday + 9 * day
    let early = TestBench(rules: [Self.drop])
      .run(outage(from: start, to: start + 6 * 3600, days: 10, seed: 22))
    #expect(early.opened.isEmpty, "\(early.opened.map(\.reason))")
  }

  @Test func `over a gap in the records nothing is concluded from silence`() {
    let start = monday + 20 * day + 7200
    let requests = (traffic("k1", days: 21, seed: 24) { _ in 4 })
      .filter { $0.time < start * 1000 || $0.time >= (start + 3 * 3600) * 1000 }
    let place = requests.firstIndex { $0.time >= start * 1000 } ?? 0
    let bench = TestBench(rules: [Self.drop, .volume("up", minutes: [30, 120], more: 5)])
    let gap = bench.run(requests, gapsBefore: [place])
    #expect(gap.opened.isEmpty, "\(gap.opened.map(\.reason))")
    #expect(gap.summary.statistics.gaps.count == 1)
    #expect(!bench.run(requests).opened.isEmpty, "without the gap it is a drop")
  }

  @Test func `a gap is not learnt as silence`() {
    // Half of each day is missing, and known to be.
    let all = traffic("k1", days: 21, seed: 25) { _ in 4 }
    let requests = all.filter { ($0.time / 1000 - monday) % day >= 12 * 3600 }
    var gaps: Set<Int> = []
    for index in requests.indices.dropFirst()
    where requests[index].time - requests[index - 1].time > 6 * 3_600_000 { gaps.insert(index) }
    let bench = TestBench(rules: [.volume(minutes: [60], times: 1.1, more: 1), Self.drop])
    var mean = 0.0
    let outcome = bench.run(requests, gapsBefore: gaps) { engine in
      let series = engine.volumes[0].series[0]
      mean =
        series.baseline.expectation(
          of: (monday + 21 * day + 6 * 3600) / 300, shape: engine.volumes[0].shape, zone: .utc
        ).mean * 6
    }
    #expect(gaps.count == 20)
    #expect(outcome.opened.isEmpty, "\(outcome.opened.map(\.reason))")
    #expect((20...28).contains(mean), "\(mean)")
  }

  // MARK: - zones

  @Test func `a key that expires is judged in its supplier's hours all the same`() {
    let tokyo = ZoneTransitions(name: "Asia/Tokyo", initialOffset: 32_400, transitions: [])
    let registry = KeyRegistry(
      suppliers: [KeyRegistry.Supplier(name: "north", zone: 1)],
      keys: [
        KeyRegistry.Key(
          identities: [.name("k1")], supplier: 0, validTo: EventTime(seconds: monday + 90 * day))
      ], zones: [.utc, tokyo])
    let requests = traffic("k1", days: 2, seed: 26) { _ in 2 }
    var zone = -1
    _ = TestBench(rules: [.volume()], registry: registry).run(requests) { engine in
      zone = engine.volumes[0].zone(ofSeries: 0)
    }
    #expect(zone == 1)
  }

  // MARK: - lazy windows

  /// The same counts, with another key that makes the engine close every window.
  @Test(arguments: UInt64(1)...2)
  func `alerts do not depend on who else keeps time moving`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var requests: [TestRequest] = []
    var second = monday
    while second < monday + 60 * day {
      let count = random.isTrue(0.05) ? 60 : random.poisson(4)
      for each in 0..<count {
        requests.append(TestRequest(time: (second + Int64(each) * 3) * 1000, key: "k1"))
      }
      second += 900 * Int64(1 + (random.isTrue(0.1) ? random.below(400) : random.below(4)))
    }
    requests.sort { $0.time < $1.time }
    let ticking = (0..<(60 * 96) as Range<Int64>).map {
      TestRequest(time: (monday + $0 * 900) * 1000 + 999, key: "k9")
    }
    let rules: [Rule] = [
      .volume("a", minutes: [15, 60], more: 5),
      .volume("b", .down, minutes: [15, 120], times: 1.5, more: 3),
    ]
    let bench = TestBench(rules: rules)
    let alone = bench.run(requests).alerts
    let watched = bench.run(merged(requests, ticking)).alerts.filter { $0.entity == "k1" }
    #expect(!alone.isEmpty)
    func key(_ alert: Alert) -> String {
      "\(alert.id) \(alert.revision) \(alert.revisedAt.milliseconds) \(alert.reason)"
    }
    // The end of the log is the end of the last record, so what comes after it may differ.
    let end = requests.last?.time ?? 0
    #expect(
      alone.filter { $0.revisedAt.milliseconds < end }.map(key)
        == watched.filter { $0.revisedAt.milliseconds < end }.map(key), "seed \(seed)")
  }
}
