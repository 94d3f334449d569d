import AccessLog
import Detection
import Foundation
import GRDB
import Testing

@testable import AlertStore

@Suite struct UsageWriterTests {
  let folder: StoreFolder

  init() throws { folder = try StoreFolder() }

  private static let hash = SipHash(key0: 5, key1: 6)

  private static let series = [
    UsageSeries(
      key: "north-1", supplier: "north", application: "shop", api: "orders",
      route: "/v*/orders", version: "v1", network: "192.0.2.0/24"),
    UsageSeries(key: "192.0.2.7", isAddress: true, route: "/x"),
    UsageSeries(),
  ]

  private static func counts(_ requests: Int, last: Int64 = 0) -> UsageCounts {
    var counts = UsageCounts()
    counts.requests = requests
    counts.clientErrors = 3
    counts.serverErrors = 2
    counts.throttled = 1
    counts.bytesIn = 50
    counts.bytesOut = 600
    counts.last = last
    return counts
  }

  /// An hour in which every series sent so many requests, by part and series.
  private static func hour(_ number: Int64, _ requests: [[Int]]) -> UsageHour {
    let rows = requests.enumerated().flatMap { part, row in
      row.enumerated().map { series, count in
        UsageRow(
          series: series, part: UsagePart(source: 0, segment: part),
          counts: counts(count, last: number * 3_600_000 + 5))
      }
    }
    return UsageHour(start: EventTime(milliseconds: number * 3_600_000), rows: rows)
  }

  private static let heads = ["first file\nof lines\n", "second file\nof lines\n"]

  /// One run that reads the files whose content begins with `heads`.
  @discardableResult
  private func replay(
    _ hours: [UsageHour], series: [UsageSeries] = Self.series, heads: [String] = Self.heads,
    source: String = "edge"
  ) throws -> StoreChanges.Rows {
    let store = try folder.open()
    let rows = try UsageWriter(store, hash: Self.hash).write(
      UsageHarvest(hours: hours, newSeries: series)
    ) { part in
      UsageFile(source: source, path: "log.\(part.segment)", head: heads[part.segment].utf8)
    }
    try store.close()
    return rows
  }

  private func total() throws -> Int {
    try AlertReader.open(path: folder.path).totalUsage()?.counts.requests ?? 0
  }

  @Test func `requests that found no room are counted by whom they came from`() throws {
    let other = UsageSeries.otherName
    let series = [
      UsageSeries(key: "north-1", supplier: "north", route: "/x", network: "192.0.2.0/24"),
      UsageSeries(
        key: "north-1", supplier: "north", route: other, version: other, network: other),
      UsageSeries(key: other, supplier: "south", route: other, version: other, network: other),
    ]
    try replay([Self.hour(1, [[10, 4, 3]])], series: series)
    let reader = try AlertReader.open(path: folder.path)
    var query = UsageQuery()
    #expect(try reader.overflowCount(query) == 7)
    // Which route a request was for is what is not known of it.
    query.routes = ["/x"]
    #expect(try reader.overflowCount(query) == 7)
    query.suppliers = ["north"]
    #expect(try reader.overflowCount(query) == 4)
    let whole = try #require(try reader.totalUsage())
    #expect(whole.consumerCount == 1 && whole.routeCount == 1 && whole.networkCount == 1)
    for dimension in [UsageQuery.Dimension.route, .version, .network] {
      let found = try reader.usage(by: dimension).first { $0.names[0] == other }
      #expect(found?.counts.requests == 7, "\(dimension)")
    }
  }

  // MARK: - writing

  @Test func `every column comes back`() throws {
    try replay([Self.hour(10, [[4, 5, 6]])])
    let rows = try folder.sql { db in
      try Row.fetchAll(db, sql: "SELECT * FROM usage ORDER BY requests").map { "\($0)" }
    }
    #expect(
      rows[0] == """
        [hour:36000000 source:"edge" file:"log.0" key:"north-1" key_type:"key" supplier:"north" \
        application:"shop" api:"orders" route:"/v*/orders" version:"v1" network:"192.0.2.0/24" \
        requests:4 client_errors:3 server_errors:2 throttled:1 bytes_in:50 bytes_out:600 \
        last_at:36000005]
        """)
    #expect(rows[1].contains("key_type:\"client_ip\" supplier:NULL"))
    #expect(rows[2].contains("key:NULL key_type:NULL"))
  }

  @Test func `the same replay again leaves the file byte for byte as it was`() throws {
    let hours = [Self.hour(10, [[4, 5, 6]]), Self.hour(11, [[1, 1, 1], [7, 8, 9]])]
    #expect(try replay(hours).added == 9)
    let bytes = try folder.bytes
    #expect(try replay(hours) == StoreChanges.Rows())
    #expect(try folder.bytes == bytes)
  }

  @Test func `other hours and other files add`() throws {
    try replay([Self.hour(10, [[1, 1, 1]])])
    try replay([Self.hour(11, [[1, 1, 1]])])
    #expect(try total() == 6)
    // The same hour, told by the file that the rotation made next.
    try replay([Self.hour(11, [[2, 2, 2]])], heads: ["third file\n"])
    #expect(try total() == 12)
    try replay([Self.hour(11, [[3, 3, 3]])], source: "mesh")
    #expect(try total() == 21)
  }

  @Test func `a part of an hour never takes the place of the whole`() throws {
    try replay([Self.hour(10, [[9, 9, 9]]), Self.hour(11, [[2, 2, 2]])])
    #expect(try replay([Self.hour(10, [[8, 9, 9]])]) == StoreChanges.Rows())
    #expect(try total() == 33)
    #expect(
      try replay([Self.hour(11, [[9, 2, 2]])]) == StoreChanges.Rows(added: 3, removed: 3))
    #expect(try total() == 40)
  }

  @Test func `another registry brings its names`() throws {
    try replay([Self.hour(10, [[4, 5, 6]])])
    var series = Self.series
    series[0].supplier = "south"
    try replay([Self.hour(10, [[4, 5, 6]])], series: series)
    let totals = try AlertReader.open(path: folder.path).usage(by: .supplier)
    #expect(totals.map(\.names) == [[nil], ["south"]])
    #expect(try total() == 15)
  }

  @Test func `a file that has grown, moved or shrunk to its head is the same file`() throws {
    let whole = String(repeating: "a line of this file\n", count: 400)
    try replay([Self.hour(10, [[1, 0, 0]])], heads: [String(whole.prefix(30))])
    try replay([Self.hour(10, [[2, 0, 0]])], heads: [String(whole.prefix(90))])
    try replay([Self.hour(10, [[3, 0, 0]])], heads: [whole])
    try replay([Self.hour(10, [[4, 0, 0]])], heads: [whole + "more\n"])
    #expect(try total() == 4)
    try replay([Self.hour(10, [[5, 0, 0]])], heads: ["#Version: 1.0\n#Fields: x\n" + whole])
    #expect(try total() == 5)
    #expect(try folder.value("SELECT count(*) FROM usage_parts") == 1)
    #expect(try folder.value("SELECT head_bytes FROM usage_parts") == 4096)
  }

  /// What names a file is a keyed hash: its lines may hold keys.
  @Test func `no line of a file is stored`() throws {
    try replay([Self.hour(10, [[1, 1, 1]])], heads: ["api_key=sesame\n"])
    #expect(try folder.bytes.range(of: Data("sesame".utf8)) == nil)
  }

  @Test func `series that come later find their numbers, also after a fault`() throws {
    let store = try folder.open(StoreSettings(bytesMax: 200_000))
    let writer = UsageWriter(store, hash: Self.hash)
    func write(_ harvest: UsageHarvest) throws {
      try writer.write(harvest) { _ in UsageFile(source: "edge", path: "log", head: "x".utf8) }
    }
    try write(UsageHarvest(hours: [Self.hour(10, [[1]])], newSeries: [Self.series[0]]))
    let many = (0..<5000).map { UsageSeries(key: "key number \($0) with a long name") }
    let rows = many.indices.map {
      UsageRow(series: $0 + 1, part: UsagePart(source: 0, segment: 0), counts: Self.counts(1))
    }
    let large = UsageHour(start: EventTime(seconds: 39_600), rows: rows)
    let fault = try #require(throws: StoreFault.self) {
      try write(UsageHarvest(hours: [large], newSeries: many))
    }
    #expect(fault.reason == .full)
    try write(UsageHarvest(hours: [Self.hour(12, [[1, 1]])], newSeries: []))
    try store.close()
    let names = try AlertReader.open(path: folder.path).usage(by: .consumer).map { $0.names[0] }
    #expect(names == ["north-1", "key number 0 with a long name"])
  }

  @Test func `beyond their number the oldest days of hours are dropped, and what told of them`()
    throws
  {
    let store = try folder.open()
    let writer = UsageWriter(store, hash: Self.hash, rowCountMax: 6)
    for day in 0..<5 {
      let hours = [0, 7].map { hour in
        UsageHour(
          start: EventTime(seconds: Int64(day * 24 + hour) * 3600),
          rows: [
            UsageRow(
              series: day, part: UsagePart(source: 0, segment: day), counts: Self.counts(day + 1))
          ])
      }
      let series = [UsageSeries(key: "key-\(day)")]
      try writer.write(UsageHarvest(hours: hours, newSeries: series)) { part in
        UsageFile(source: "edge", path: "log", head: "file \(part.segment)".utf8)
      }
    }
    #expect(writer.droppedRowCount == 4)
    try store.close()
    let totals = try AlertReader.open(path: folder.path).usage(by: .consumer)
    #expect(totals.map { $0.names[0] } == ["key-4", "key-3", "key-2"])
    #expect(totals.map(\.counts.requests) == [10, 8, 6])
  }

  @Test func `another writer goes on with the numbers of files that are gone`() throws {
    let store = try folder.open()
    let part = UsagePart(source: 0, segment: 3)
    let known = try UsageWriter(store, hash: Self.hash).identifiers(of: [part]) { _ in
      UsageFile(source: "edge", path: "log", head: "the file\n".utf8)
    }
    #expect(known.count == 1)
    let writer = UsageWriter(store, hash: Self.hash, partIDs: known)
    let hour = UsageHour(
      start: EventTime(seconds: 3600),
      rows: [UsageRow(series: 0, part: part, counts: Self.counts(9))])
    try writer.write(UsageHarvest(hours: [hour], newSeries: [Self.series[0]])) { _ in
      Issue.record("the file is known")
      return UsageFile(source: "edge", path: "", head: [])
    }
    // The same file, read by somebody who has all of it, is the same account.
    try UsageWriter(store, hash: Self.hash).write(
      UsageHarvest(
        hours: [
          UsageHour(
            start: EventTime(seconds: 3600),
            rows: [
              UsageRow(
                series: 0, part: UsagePart(source: 0, segment: 0), counts: Self.counts(10))
            ])
        ], newSeries: [Self.series[0]])
    ) { _ in UsageFile(source: "edge", path: "log.1", head: "the file\nand more\n".utf8) }
    try store.close()
    #expect(try total() == 10)
  }

  // MARK: - reading

  private static let questions: [(UsageQuery.Dimension, [[String?]], [Int])] = [
    (
      .consumer, [["north-1", "north", "shop"], ["192.0.2.7", nil, nil], [nil, nil, nil]],
      [12, 7, 4]
    ),
    (.supplier, [["north"], [nil]], [12, 11]),
    (.application, [["shop", "north"], [nil, nil]], [12, 11]),
    (.api, [["orders"], [nil]], [12, 11]), (.version, [["v1", "orders"], [nil, nil]], [12, 11]),
    (.route, [["/v*/orders", "orders"], ["/x", nil], [nil, nil]], [12, 7, 4]),
    (.network, [["192.0.2.0/24"], [nil]], [12, 11]),
  ]

  @Test(arguments: questions)
  func `usage adds up by what is asked for`(
    dimension: UsageQuery.Dimension, names: [[String?]], requests: [Int]
  ) throws {
    try replay([Self.hour(10, [[4, 5, 1]]), Self.hour(11, [[5, 1, 1], [3, 1, 2]])])
    let totals = try AlertReader.open(path: folder.path).usage(by: dimension)
    #expect(totals.map(\.names) == names)
    #expect(totals.map(\.counts.requests) == requests)
    #expect(totals.reduce(0) { $0 + $1.counts.bytesOut } == 9 * 600)
    #expect(totals[0].counts.last == 11 * 3_600_000 + 5)
  }

  @Test func `a query narrows time and who is meant`() throws {
    try replay([Self.hour(10, [[1, 2, 4]]), Self.hour(11, [[8, 16, 32]])])
    let reader = try AlertReader.open(path: folder.path)
    func sum(_ edit: (inout UsageQuery) -> Void) throws -> Int {
      var query = UsageQuery()
      edit(&query)
      return try reader.totalUsage(query)?.counts.requests ?? 0
    }
    #expect(try sum { $0.from = EventTime(seconds: 11 * 3600) } == 56)
    #expect(try sum { $0.from = EventTime(seconds: 11 * 3600 - 1) } == 63)
    #expect(try sum { $0.to = EventTime(seconds: 11 * 3600) } == 7)
    #expect(try sum { $0.suppliers = ["north"] } == 9)
    #expect(try sum { $0.consumers = ["192.*"] } == 18)
    #expect(try sum { $0.routes = ["/x", "/v*"] } == 27)
    #expect(try sum { ($0.apis, $0.versions) = (["orders"], ["v2"]) } == 0)
    #expect(try reader.usageHours()?.upperBound == EventTime(seconds: 11 * 3600))
    var hours: [Int] = []
    try reader.forEachUsageHour { hours.append($1.requests) }
    #expect(hours == [7, 56])
    var one = UsageQuery()
    one.countMax = 1
    #expect(try reader.usage(by: .route, one).map(\.names) == [[nil, nil]])
  }

  @Test func `sizes beyond all measure are added up without a fault`() throws {
    var hour = Self.hour(10, [[1, 1, 1]])
    for index in hour.rows.indices { hour.rows[index].counts.bytesOut = .max }
    try replay([hour])
    let total = try #require(try AlertReader.open(path: folder.path).totalUsage())
    #expect(total.counts.bytesOut == 9_000_000_000_000_000_000)
  }
}
