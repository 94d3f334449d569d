import AccessLog
import Baselines
import Testing

@testable import Detection

@Suite struct EntityPairsTests {
  private func limit(_ per: Per, _ policy: EpisodePolicy = EpisodePolicy()) -> Rule {
    Rule(
      id: "limit", title: "", per: per, policy: policy,
      detector: TestTallyDetector(
        tally: TallyPlan(
          kind: "threshold", windowMilliseconds: 60_000, limit: 5, isAbove: true)))
  }

  private func key(_ index: UInt32) -> Entity { Entity(type: .key, index: index) }
  private func route(_ index: UInt32) -> Entity { Entity(type: .route, index: index) }

  @Test func `a pair has one index, and the other way round is another pair`() throws {
    var pairs = EntityPairs()
    let found = pairs.entity(of: key(3), and: route(7))
    let one = try #require(found)
    #expect(pairs.entity(of: key(3), and: route(7)) == one)
    #expect(pairs.entity(of: key(3), and: route(8)) != one)
    #expect(pairs.entity(of: route(7), and: key(3)) != one)
    #expect(pairs[one] == .init(first: key(3), second: route(7)))
  }

  @Test func `what finds no room is counted each time`() {
    var pairs = EntityPairs(countMax: 2)
    for index in 0..<5 { _ = pairs.entity(of: key(UInt32(index)), and: route(1)) }
    #expect(pairs.entity(of: key(4), and: route(1)) == nil)
    #expect(pairs.entity(of: key(0), and: route(1)) != nil)
    #expect(pairs.pairs.count == 2 && pairs.refusedCount == 4)
  }

  @Test func `each key is judged at each route, and shown with what it belongs to`() throws {
    let registry = KeyRegistry(
      suppliers: [.init(name: "north")],
      keys: [.init(identities: [.name("k1")], supplier: 0)])
    var requests: [TestRequest] = []
    for second in 0..<12 as Range<Int64> {
      for (name, path) in [
        ("k1", "/v1/a"), ("k1", second < 4 ? "/v1/b" : "/v1/a"), ("k2", "/v1/b"),
      ]
      where name == "k1" || second < 5 {
        requests.append(TestRequest(time: (monday + second) * 1000, key: name, path: path))
      }
    }
    let found = TestBench(rules: [limit(Per(.key, and: .route))], registry: registry).run(requests)
    let alert = try #require(found.opened.first)
    #expect(found.opened.count == 1)
    #expect(alert.entity == "k1, /v1/a" && alert.entityType == .pair)
    #expect(alert.supplier == "north")
    #expect(alert.reason.hasPrefix("k1 of north, route /v1/a sent 6 requests"), "\(alert.reason)")
    let grouped = limit(Per(.key, and: .route), EpisodePolicy(group: .supplier))
    let told = TestBench(rules: [grouped], registry: registry).run(requests).opened
    #expect(told.map(\.entity) == ["north"])
  }
}
