import Testing

@testable import AccessLog
@testable import Detection

@Suite struct UsageLedgerTests {
  private static let registry = KeyRegistry(
    suppliers: [KeyRegistry.Supplier(name: "north"), KeyRegistry.Supplier(name: "south")],
    keys: (0..<6).map {
      KeyRegistry.Key(
        identities: [.name("k\($0)")], name: $0 == 0 ? "first" : nil, supplier: $0 % 2,
        application: $0 < 2 ? "app" : nil)
    },
    apis: [KeyRegistry.API(name: "orders", routes: ["/v*/orders", "/v*/orders/{id}"])])

  /// A row with its names, so that tests need no indices.
  private struct Told: Hashable {
    var hour: Int64
    var part: UsagePart
    var series: UsageSeries
    var counts: UsageCounts
  }

  private func told(_ harvests: [UsageHarvest]) -> [Told] {
    let series = harvests.flatMap(\.newSeries)
    return harvests.flatMap(\.hours).flatMap { hour in
      hour.rows.map {
        Told(
          hour: hour.start.milliseconds / 3_600_000, part: $0.part, series: series[$0.series],
          counts: $0.counts)
      }
    }
  }

  private struct Outcome {
    var rows: [Told]
    var alerts: [Alert]
    var refusals: [EngineSummary.Refusal]
  }

  /// Feeds requests in batches of at most `cut`; each source in a segment of its own.
  private func run(
    _ requests: [TestRequest], rules: [Rule] = [], cut: Int = 1000, sources: Int = 1,
    countsUsage: Bool = true, bounds: UsageBounds = UsageBounds(), takesEarly: Bool = false
  ) -> Outcome {
    let bench = TestBench(rules: rules, registry: Self.registry, sourceCount: sources)
    var options = EngineOptions(
      countsUsage: countsUsage, hash: TestBench.hash, fingerprint: { _ in "key:0" })
    options.bounds.usage = bounds
    var engine = Engine(
      rules: RuleSet(rules), registry: Self.registry,
      sources: (0..<sources).map(bench.declaration), options: options)
    var alerts: [Alert] = []
    var harvests: [UsageHarvest] = []
    var start = 0
    while start < requests.count {
      var end = start + 1
      while end < requests.count, end - start < cut, requests[end].source == requests[start].source
      {
        end += 1
      }
      var batch = bench.batch(requests[start..<end])
      batch.segmentIndex = requests[start].source + 7
      engine.observe(batch, from: requests[start].source, into: &alerts)
      if takesEarly { harvests.append(engine.takeUsage()) }
      start = end
    }
    for source in 0..<sources { engine.finish(source, into: &alerts) }
    harvests.append(engine.takeUsage(andOpenHour: true))
    return Outcome(rows: told(harvests), alerts: alerts, refusals: engine.summary().refusals)
  }

  // MARK: - what is counted

  @Test func `a row says who asked what, and how it went`() throws {
    let start = monday * 1000
    let requests = [
      TestRequest(time: start, key: "k0", path: "/v1/orders"),
      TestRequest(time: start + 1000, key: "k0", path: "/v1/orders", status: 404),
      TestRequest(time: start + 2000, key: "k0", path: "/v1/orders", status: 503),
      TestRequest(time: start + 3_599_999, key: "k0", path: "/v1/orders", status: 429),
      TestRequest(time: start + 3_600_000, key: "k0", path: "/v1/orders/4711"),
    ]
    let rows = run(requests).rows
    try #require(rows.count == 2)
    #expect(
      rows[0].series
        == UsageSeries(
          key: "first", supplier: "north", application: "app", api: "orders",
          route: "/v*/orders", version: "v1"))
    #expect(rows[0].hour == monday / 3600)
    #expect(rows[0].part == UsagePart(source: 0, segment: 7))
    let counts = rows[0].counts
    #expect((counts.requests, counts.clientErrors, counts.serverErrors) == (4, 2, 1))
    #expect(counts.throttled == 1 && counts.last == start + 3_599_999)
    #expect(rows[1].hour == monday / 3600 + 1 && rows[1].counts.requests == 1)
    #expect(rows[1].series.route == "/v*/orders/{id}")
  }

  @Test(arguments: [
    ("@192.0.2.77", "192.0.2.0/24"), ("@2001:db8:7:8::1", "2001:db8:7::/48"),
    ("@2001:0DB8:0007:9::2", "2001:db8:7::/48"), ("@nonsense", nil),
  ])
  func `a caller without a key is its address, in its network`(
    address: String, network: String?
  ) throws {
    let row = try #require(run([TestRequest(time: monday * 1000, key: address)]).rows.first)
    #expect(row.series.key == String(address.dropFirst()))
    #expect(row.series.isAddress && row.series.supplier == nil)
    #expect(row.series.network == network)
  }

  @Test func `nobody and nothing are rows too`() throws {
    let row = try #require(run([TestRequest(time: monday * 1000, key: "")]).rows.first)
    #expect(row.series.key == nil && row.series.network == nil)
    #expect(row.counts.requests == 1)
  }

  /// Of a sampled source each record stands for several requests.
  @Test func `a sampled source counts what was not logged`() throws {
    let bench = TestBench(rules: [], registry: Self.registry)
    var source = bench.declaration(0)
    source.sampling = 10
    var engine = Engine(
      rules: RuleSet([]), registry: Self.registry, sources: [source],
      options: EngineOptions(
        countsUsage: true, hash: TestBench.hash, fingerprint: { _ in "key:0" }))
    var alerts: [Alert] = []
    let requests = [200, 404].map { TestRequest(time: monday * 1000, status: $0) }
    engine.observe(bench.batch(requests[...]), from: 0, into: &alerts)
    engine.finish(0, into: &alerts)
    let counts = try #require(engine.takeUsage(andOpenHour: true).hours.first?.rows.first).counts
    #expect((counts.requests, counts.clientErrors, counts.serverErrors) == (20, 10, 0))
  }

  /// After a death nobody reads the segment again that a waiting record is of.
  @Test func `the segment of a record that waits to be counted is known`() {
    let bench = TestBench(rules: [], registry: Self.registry)
    var engine = Engine(
      rules: RuleSet([]), registry: Self.registry, sources: [bench.declaration(0)],
      options: EngineOptions(
        countsUsage: true, hash: TestBench.hash, fingerprint: { _ in "key:0" }))
    var alerts: [Alert] = []
    var batch = bench.batch([TestRequest(time: monday * 1000)])
    batch.segmentIndex = 7
    engine.observe(batch, from: 0, into: &alerts)
    #expect(engine.waitingUsageParts == [UsagePart(source: 0, segment: 7)])
  }

  @Test func `without being asked nothing is counted`() {
    let outcome = run([TestRequest(time: monday * 1000)], countsUsage: false)
    #expect(outcome.rows.isEmpty)
  }

  /// Bytes stay as large as they may be claimed without stopping anything.
  @Test func `sums of impossible numbers do not trap`() {
    var counts = UsageCounts()
    var large = UsageCounts()
    large.bytesOut = .max
    large.bytesIn = .max
    for _ in 0..<3 { counts.add(large) }
    #expect(counts.requests == 0)
  }

  // MARK: - determinism

  private func traffic(_ random: inout TestRandom, sources: Int) -> [[TestRequest]] {
    (0..<sources).map { source in
      (0..<600).map { index in
        TestRequest(
          time: monday * 1000 + Int64(index) * 20_000 - Int64(random.below(50)) * 1000,
          key: random.isTrue(0.3)
            ? "@10.0.\(random.below(3)).\(random.below(9))" : "k\(random.below(8))",
          path: ["/v1/orders", "/v2/orders", "/v1/orders/77", "/x", "/v1/quotes"][random.below(5)],
          status: [200, 200, 404, 429, 500][random.below(5)], source: source)
      }
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `rows do not depend on cuts, on interleaving or on when they are taken`(seed: UInt64) {
    print("seed \(seed)")
    var random = TestRandom(seed: seed)
    let streams = traffic(&random, sources: 2)
    let expected = run(streams[0] + streams[1], cut: 5000, sources: 2)
    #expect(expected.rows.reduce(0) { $0 + $1.counts.requests } == 1200)
    for cut in [1, 7, 100] {
      var mixed: [TestRequest] = []
      for start in stride(from: 0, to: 600, by: cut) {
        for stream in streams { mixed += stream[start..<min(600, start + cut)] }
      }
      for takesEarly in [false, true] {
        let outcome = run(mixed, cut: cut, sources: 2, takesEarly: takesEarly)
        #expect(outcome.rows == expected.rows)
      }
    }
  }

  @Test func `counting usage changes no alert`() {
    var random = TestRandom(seed: 3)
    var requests = traffic(&random, sources: 1)[0]
    for index in 0..<300 {
      requests.append(
        TestRequest(
          time: (monday + 12_100) * 1000 + Int64(index), key: "k1", path: "/v\(index % 40)/orders",
          method: "POST"))
    }
    let rules: [Rule] = [
      .volume("route", per: .route, minutes: [5], times: 1.1, more: 2),
      .volume("key", minutes: [5], times: 1.1, more: 2), .precursor("orders", mode: .strict),
    ]
    let without = run(requests, rules: rules, countsUsage: false)
    #expect(!without.alerts.isEmpty)
    #expect(run(requests, rules: rules).alerts == without.alerts)
  }

  // MARK: - bounds

  /// Requests of eight callers, one after the other, ten each.
  private static let crowd = (0..<80).map {
    TestRequest(time: monday * 1000 + Int64($0) * 1000, key: "k\($0 / 10)")
  }

  @Test(arguments: ["rows an hour", "rows", "series"])
  func `what finds no room is counted for its caller or supplier, and told`(bound: String) throws {
    var bounds = UsageBounds()
    switch bound {
    case "rows an hour": bounds.rowsPerHour = 2
    case "rows": bounds.rows = 2
    default: bounds.series = 2
    }
    let first = run(Self.crowd, bounds: bounds)
    // Of a run's rows only whole hours count, so the first hour is as it would be.
    let requests = bound == "rows" ? Self.crowd + later(Self.crowd) : Self.crowd
    let outcome = run(requests, bounds: bounds)
    let rows = outcome.rows.filter { $0.hour == outcome.rows.last?.hour }
    let folded = rows.filter { $0.series.key == UsageLedger.otherName }
    #expect(rows.reduce(0) { $0 + $1.counts.requests } == 80)
    let ofCallers = rows.filter {
      $0.series.route == UsageLedger.otherName && $0.series.key != UsageLedger.otherName
    }
    #expect(ofCallers.map(\.series.key) == (bound == "rows" ? [] : ["k2", "k3"]))
    #expect(folded.reduce(0) { $0 + $1.counts.requests } == (bound == "rows" ? 80 : 40))
    #expect(Set(folded.map(\.series.supplier)) == ["north", "south", nil])
    for row in folded + ofCallers {
      #expect(row.series.route == UsageLedger.otherName)
      #expect(row.series.network == UsageLedger.otherName)
      #expect(row.series.version == UsageLedger.otherName)
    }
    let told = try #require(outcome.refusals.first { $0.what.contains("usage") })
    #expect(told.count == (folded + ofCallers).reduce(0) { $0 + $1.counts.requests })
    #expect(first.rows.reduce(0) { $0 + $1.counts.requests } == 80)
  }

  private func later(_ requests: [TestRequest]) -> [TestRequest] {
    requests.map {
      var request = $0
      request.time += 7_200_000
      return request
    }
  }

  /// Ten thousand places that differ in one field alone are all found again.
  @Test func `places are told apart by every field`() {
    var table = UsageTable(hash: TestBench.hash)
    var places: [UsagePlace] = []
    let part = UsagePart(source: 0, segment: 0)
    let base = UsagePlace(key: 1, row: -1, resource: 2, network: .none, part: part)
    for number in 0..<2000 {
      var each = [base, base, base, base, base]
      each[0].key = UInt32(number + 10)
      each[1].row = Int32(number + 10)
      each[2].resource = UInt32(number + 10)
      each[3].part.segment = number + 10
      each[4].part.source = number + 10
      places += each
    }
    for place in places where table.find(place) == nil { _ = table.insert(place) }
    #expect(table.places.count == places.count)
    #expect(places.indices.allSatisfy { table.find(places[$0]) == $0 })
    table.removeAll()
    #expect(table.find(places[0]) == nil)
  }
}
