import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

@Suite struct EngineTests {
  private static let registry = KeyRegistry(
    tiers: [
      KeyRegistry.Tier(
        name: "bronze", limits: [.init(count: 2, periodSeconds: 1)], burst: 4, limiter: .bucket)
    ],
    suppliers: [KeyRegistry.Supplier(name: "north"), KeyRegistry.Supplier(name: "south")],
    keys: (0..<6).map {
      KeyRegistry.Key(
        identities: [.name("k\($0)")], supplier: $0 % 2, tier: $0 < 4 ? 0 : nil,
        application: $0 < 3 ? "app" : nil)
    })

  private static let rules: [Rule] = [
    .volume("a", minutes: [60, 240], times: 1.5, more: 5),
    .volume("b", per: .supplier, .both, minutes: [60, 480], times: 1.5, more: 5),
    .volume("c", .down, minutes: [60, 480], times: 1.5, more: 5),
    .volume("d", per: .route, minutes: [10, 60], times: 1.5, more: 5),
    .precursor("e", minSamples: 10), .precursor("f", mode: .strict), .tier("g", overshoot: 1),
  ]

  /// Eighteen days of thin traffic with bursts, an outage of one supplier, orders without quotes,
  /// lines that come up to a minute late as Apache's do, and some that come later.
  private func hostileTraffic(
    _ random: inout TestRandom, sources: Int, count: Int = 400
  ) -> [[TestRequest]] {
    var all = [[TestRequest]](repeating: [], count: sources)
    for source in 0..<sources {
      let start = monday * 1000 + Int64(random.below(60_000))
      let step = 18 * day * 1000 / Int64(count / sources)
      for index in 0..<count / sources {
        let time = start + Int64(index) * step + Int64(random.below(Int(step)))
        let isOutage = time > (monday + 16 * day) * 1000
        let key = isOutage ? random.below(3) * 2 + 1 : random.below(6)
        // Of four keys one forgets its quotes in the end.
        if key != 1 || time < (monday + 15 * day) * 1000 {
          for _ in 0..<2 { add("GET", "/v1/quotes", key, time - 20_000) }
        }
        add(random.isTrue(0.5) ? "POST" : "GET", "/v1/orders", key, time)
        if random.isTrue(0.01) {
          for each in 0..<60 as Range<Int64> { add("GET", "/v2/other", key, time + each * 150) }
        }
        if source == 0, !isOutage {
          for each in 0..<4 as Range<Int64> { add("GET", "/v2/other", 4, time + each * step / 4) }
        }
        func add(_ method: String, _ path: String, _ key: Int, _ time: Int64) {
          let disorder = random.isTrue(0.2) ? Int64(random.below(59_000)) : 0
          let late = random.isTrue(0.01) ? Int64(random.below(400_000)) : 0
          all[source].append(
            TestRequest(
              // Whole seconds: most logs have no more, and ties are the hard case.
              time: (time - disorder - late) / 1000 * 1000, key: "k\(key)", path: path,
              method: method, status: random.isTrue(0.05) ? 429 : 200, source: source))
        }
      }
    }
    return all
  }

  private func interleave(
    _ streams: [[TestRequest]], _ random: inout TestRandom, run: Int
  ) -> [TestRequest] {
    var places = [Int](repeating: 0, count: streams.count)
    var merged: [TestRequest] = []
    while true {
      let open = streams.indices.filter { places[$0] < streams[$0].count }
      guard !open.isEmpty else { return merged }
      let source = open[random.below(open.count)]
      let end = min(streams[source].count, places[source] + 1 + random.below(run))
      merged += streams[source][places[source]..<end]
      places[source] = end
    }
  }

  @Test(arguments: [1, 2, 3, 4], [3] as [UInt64])
  func `alerts do not depend on batches, nor on how sources are interleaved`(
    sources: Int, seed: UInt64
  ) throws {
    var random = TestRandom(seed: seed)
    let streams = hostileTraffic(&random, sources: sources)
    var bench = TestBench(rules: Self.rules, registry: Self.registry)
    bench.sourceCount = sources
    let expected = bench.run(streams.flatMap { $0 }, cut: 100_000)
    #expect(expected.alerts.count > 20, "seed \(seed): a test that sees nothing tests nothing")
    let kinds = Set(expected.alerts.map(\.ruleID))
    #expect(kinds.isSuperset(of: ["a", "b", "d", "f", "g"]), "seed \(seed): \(kinds.sorted())")
    #expect(sources > 1 || expected.alerts.contains { $0.kind == "drop" }, "seed \(seed)")
    for (cut, run) in [(1, 3), (100, 1000), (5000, 20)] {
      let requests = interleave(streams, &random, run: run)
      let found = bench.run(requests, cut: cut)
      try #require(found.alerts.count == expected.alerts.count, "seed \(seed), cut \(cut)")
      for (a, b) in zip(found.alerts, expected.alerts) {
        try #require(a == b, "seed \(seed), cut \(cut): \(a), not \(b)")
      }
      expectSame(found.summary, expected.summary, "seed \(seed), cut \(cut)")
    }
  }

  private func expectSame(_ a: EngineSummary, _ b: EngineSummary, _ note: String) {
    #expect(a.sources == b.sources, "\(note)")
    #expect(a.refusals == b.refusals, "\(note)")
    #expect(a.keyCount == b.keyCount && a.unknownKeyCount == b.unknownKeyCount, "\(note)")
    #expect(a.seriesCount == b.seriesCount && a.supplierCount == b.supplierCount, "\(note)")
    #expect(a.sleepingRules == b.sleepingRules, "\(note)")
    #expect(a.statistics.firstTime == b.statistics.firstTime, "\(note)")
    #expect(a.statistics.lastTime == b.statistics.lastTime, "\(note)")
  }

  @Test(arguments: UInt64(1)...1)
  func `gaps are the same wherever batches end`(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let requests = hostileTraffic(&random, sources: 1)[0]
    let gaps = Set((0..<6).map { _ in random.below(requests.count) })
    let bench = TestBench(rules: Self.rules, registry: Self.registry)
    let expected = bench.run(requests, cut: 100_000, gapsBefore: gaps)
    for cut in [3, 700] {
      let found = bench.run(requests, cut: cut, gapsBefore: gaps)
      try #require(found.alerts == expected.alerts, "seed \(seed), cut \(cut)")
      #expect(found.summary.statistics.gaps == expected.summary.statistics.gaps)
    }
  }

  @Test(arguments: UInt64(1)...2)
  func `revisions leave in the order of their time, identifier and number`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let streams = hostileTraffic(&random, sources: 2)
    var bench = TestBench(rules: Self.rules, registry: Self.registry)
    bench.sourceCount = 2
    let alerts = bench.run(interleave(streams, &random, run: 40), cut: 50).alerts
    for (a, b) in zip(alerts, alerts.dropFirst()) {
      #expect(
        (a.revisedAt, a.id, a.revision) < (b.revisedAt, b.id, b.revision), "seed \(seed)")
    }
    // Each episode is a row of revisions from one on, of one rule and one entity.
    var last: [String: Alert] = [:]
    for alert in alerts {
      #expect(alert.revision == (last[alert.id]?.revision ?? 0) + 1, "seed \(seed)")
      if let before = last[alert.id] {
        #expect(before.state == .open && before.startedAt == alert.startedAt)
        #expect(before.entity == alert.entity && before.ruleID == alert.ruleID)
      }
      #expect(alert.startedAt < alert.detectedAt && alert.detectedAt <= alert.revisedAt)
      #expect((alert.endedAt != nil) == (alert.state == .resolved))
      #expect(alert.evidence.count <= 10)
      last[alert.id] = alert
    }
  }

  @Test func `at most one episode of a rule and an entity is open at a time`() {
    var random = TestRandom(seed: 9)
    let requests = hostileTraffic(&random, sources: 1)[0]
    let alerts = TestBench(rules: Self.rules, registry: Self.registry).run(requests).alerts
    var open: [String: String] = [:]
    for alert in alerts {
      let place = "\(alert.ruleID) \(alert.entityType) \(alert.entity)"
      if alert.revision == 1 {
        #expect(open[place] == nil, "\(place) twice")
        open[place] = alert.id
      } else {
        #expect(open[place] == alert.id)
      }
      if alert.state == .resolved { open[place] = nil }
    }
  }

  @Test func `what was detected before is learnt and not told`() {
    var random = TestRandom(seed: 10)
    let requests = hostileTraffic(&random, sources: 1)[0]
    var bench = TestBench(rules: Self.rules, registry: Self.registry)
    let all = bench.run(requests).alerts
    let from = EventTime(milliseconds: all[all.count / 2].revisedAt.milliseconds + 7200_000)
    bench.detectFrom = from
    let later = bench.run(requests).alerts
    #expect(later.allSatisfy { $0.detectedAt >= from })
    // What begins after it is the same as if nothing had been left out.
    let late = Set(all.filter { $0.startedAt >= from }.map(\.id))
    #expect(late.count > 3)
    #expect(all.filter { late.contains($0.id) } == later.filter { late.contains($0.id) })
    #expect(Set(later.filter { $0.startedAt >= from }.map(\.id)) == late)
  }

  @Test func `a stamp of another year in any place changes no alert`() {
    var random = TestRandom(seed: 11)
    let requests = hostileTraffic(&random, sources: 1)[0]
    let bench = TestBench(rules: Self.rules, registry: Self.registry)
    let expected = bench.run(requests).alerts.map(withoutOffsets)
    for stamp in [0, 946_684_800_000, 4_070_908_800_000, 2_000_000_000_000] as [Int64] {
      for place in [0, 2, requests.count] {
        var changed = requests
        changed.insert(TestRequest(time: stamp, key: "stray"), at: place)
        let found = bench.run(changed).alerts.map(withoutOffsets)
        #expect(found == expected, "\(stamp) at \(place)")
      }
    }
  }

  private func withoutOffsets(_ alert: Alert) -> Alert {
    var alert = alert
    for index in alert.evidence.indices { alert.evidence[index].offset = 0 }
    return alert
  }

  @Test(arguments: UInt64(1)...3)
  func `a flood of keys and routes is refused and counted alike in any order`(
    seed: UInt64
  ) throws {
    var random = TestRandom(seed: seed)
    let streams = (0..<3).map { source in
      (0..<500).map { index in
        TestRequest(
          time: (monday + Int64(index * 60)) * 1000, key: "x\(random.below(400))",
          path: "/v\(random.below(30))/\(random.isTrue(0.5) ? "orders" : "quotes")",
          method: random.isTrue(0.5) ? "POST" : "GET", source: source)
      }
    }
    var bench = TestBench(rules: Self.rules + [.volume("h", per: .version)])
    bench.registry = Self.registry
    bench.registry.keys = (0..<400).map {
      KeyRegistry.Key(identities: [.name("x\($0)")], tier: 0)
    }
    bench.sourceCount = 3
    bench.bounds.keys = 150
    bench.bounds.names = 20
    bench.bounds.series = 100
    bench.bounds.tierKeys = 90
    bench.bounds.precursorEntities = 80
    bench.bounds.openEpisodes = 10
    let expected = bench.run(streams.flatMap { $0 }, cut: 100_000)
    #expect(
      expected.summary.refusals.map(\.what) == [
        "keys and addresses", "routes, versions and networks", "series", "tier series",
        "precursor series", "open alerts",
      ])
    for (cut, run) in [(3, 5), (200, 300)] {
      let found = bench.run(interleave(streams, &random, run: run), cut: cut)
      expectSame(found.summary, expected.summary, "seed \(seed), cut \(cut)")
      try #require(found.alerts == expected.alerts, "seed \(seed), cut \(cut)")
    }
  }

  @Test func `gaps beyond those that are told one by one are counted`() {
    var engine = TestBench(rules: []).engine()
    let more: Int64 = 7
    for index in 0..<Int64(Engine.toldGapCountMax) + more {
      let start = EventTime(milliseconds: monday * 1000 + index)
      engine.noteGap(in: 0, from: start, to: start)
    }
    #expect(engine.statistics.gaps.count == Engine.toldGapCountMax)
    #expect(engine.summary().refusals.map(\.count) == [Int(more)])
  }

  @Test func `rules that count the same share a monitor, and each still speaks`() {
    let rules: [Rule] = [
      .volume("a"), .volume("b", times: 3), .volume("c", .down), .volume("d", per: .supplier),
      .volume("e", minutes: [8]), .volume("f", .down, minutes: [30, 120]),
    ]
    let plan = EnginePlan(rules: rules, registry: Self.registry)
    func shape(_ type: Per, _ seconds: Int64) -> [VolumeMonitor] {
      plan.volumes.filter { $0.per == type && $0.shape.windowSeconds == seconds }
    }
    #expect(shape(.key, 300).count == 1 && shape(.key, 300)[0].judges.count == 4)
    #expect(shape(.supplier, 300).count == 1 && shape(.supplier, 300)[0].judges.count == 1)
    #expect(shape(.supplier, 300)[0].thinJudges.count == 2)
    #expect(shape(.global, 300).count == 1 && shape(.key, 480).count == 1)
    #expect(plan.windowLengths == [300, 480])
    // Children close before their parents.
    let types = plan.volumes.filter { $0.shape.windowSeconds == 300 }.map(\.per)
    #expect(types == [.key, .supplier, .global])
  }
}
