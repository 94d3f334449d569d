import AccessLog
import Detection
import Testing

@testable import LogSurvey

@Suite struct EntityTraceTests {
  private static let registry = KeyRegistry(
    suppliers: [.init(name: "acme"), .init(name: "dorado")],
    keys: [
      .init(
        identities: [
          .name("super-secret-1"),
          .fingerprint(SampleLog.fingerprint(Array("super-secret-1".utf8))),
        ], name: "acme-shop", supplier: 0),
      .init(
        identities: [.name("bob")], supplier: 1, validFrom: EventTime(rfc3339: "2026-03-02")),
    ])

  private static let lines = [
    SampleLog.line(second: 10, address: "10.0.0.1", key: "super-secret-1", id: "req-1"),
    SampleLog.line(second: 3700, address: "10.0.0.2", key: "super-secret-1", status: 500),
    SampleLog.line(second: 50, address: "10.0.0.1", user: "bob", status: 404),
    SampleLog.line(second: 90_000, address: "10.0.7.1", user: "bob", status: 429),
  ]

  private static func trace(
    _ text: String, kind: EntityHistory.Kind? = nil, from: EventTime? = nil
  ) throws -> EntityTrace {
    let target = TraceTarget(text, kind: kind, registry: registry) { SampleLog.fingerprint($0) }
    var trace = EntityTrace(
      target, registry: registry, hash: SampleLog.hash, span: (from: from, to: nil),
      fingerprint: SampleLog.fingerprint)
    trace.observe(
      try SampleLog.batch(lines), source: "edge", file: "access.log",
      parser: try SampleLog.parser())
    return trace
  }

  private static let cases: [(String, kind: EntityHistory.Kind, count: Int)] = [
    ("acme-shop", .key, 2), ("super-secret-1", .key, 2),
    (SampleLog.fingerprint(Array("super-secret-1".utf8)), .key, 2), ("bob", .key, 2),
    ("acme", .supplier, 2), ("dorado", .supplier, 1), ("10.0.0.1", .address, 2),
    ("10.0.0.0/24", .network, 3), ("::ffff:10.0.7.1", .address, 1), ("req-1", .requestID, 1),
  ]

  @Test(arguments: cases)
  func `what was typed says what is meant`(
    text: String, kind: EntityHistory.Kind, count: Int
  ) throws {
    let history = try #require(try Self.trace(text).history())
    #expect(history.kind == kind)
    #expect(history.requestCount == count)
    #expect(history.hours.reduce(0) { $0 + $1.requestCount } == count)
  }

  @Test func `from an address to its keys and back`() throws {
    let address = try #require(try Self.trace("10.0.0.1").history())
    #expect(
      address.lists.first { $0.title == "keys" }?.entries.map(\.text) == ["acme-shop", "bob"])
    let key = try #require(try Self.trace("acme-shop").history())
    let addresses = key.lists.first { $0.title == "addresses" }
    #expect(addresses?.entries.map(\.text) == ["10.0.0.1", "10.0.0.2"])
    #expect(key.serverErrorCount == 1 && key.clientErrorCount == 0)
    #expect(key.firstTime?.rfc3339 == "2026-03-01T00:00:10.000Z")
    #expect(key.hours.map(\.requestCount) == [1, 1])
  }

  @Test func `a raw key that was typed is not shown`() throws {
    let trace = try Self.trace("super-secret-1")
    #expect(!"\(try #require(trace.history()))".contains("super-secret-1"))
    #expect(trace.alertEntities == ["acme-shop"])
  }

  @Test func `a request id brings its record masked`() throws {
    let history = try #require(try Self.trace("req-1").history())
    let request = try #require(history.requests.first)
    #expect(request.maskedLine.contains("acme-shop"))
    #expect(!request.maskedLine.contains("super-secret"))
    #expect(request.offset == 0)
  }

  @Test func `records outside of the span are left out`() throws {
    let from = try #require(EventTime(rfc3339: "2026-03-01T01:00:00Z"))
    #expect(try Self.trace("acme-shop", from: from).history()?.requestCount == 1)
  }

  @Test func `what is not there has near names`() throws {
    let trace = try Self.trace("acme-shp")
    #expect(trace.history() == nil)
    #expect(trace.nearNames == ["acme-shop"])
    #expect(try Self.trace("bop").nearNames == ["bob"])
    #expect(try Self.trace("zzzzzzzz").nearNames.isEmpty)
  }
}
