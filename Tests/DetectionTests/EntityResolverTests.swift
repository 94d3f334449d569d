import Testing

@testable import AccessLog
@testable import Detection

@Suite struct EntityResolverTests {
  private let registry = KeyRegistry(apis: [
    .init(name: "orders", routes: ["/v*/orders", "/v*/orders/{id}"]),
    .init(name: "quotes", routes: ["/v*/quotes"]),
  ])

  private func entity(_ type: EntityType, _ request: TestRequest) -> String? {
    var context = EngineContext(
      rules: [], registry: registry, hash: TestBench.hash, fingerprint: { _ in "" })
    var queue = RecordQueue()
    _ = queue.retain(TestBench(rules: []).batch([request]), from: 0)
    let resolver = EntityResolver(registry: registry)
    let found =
      type == .clientIP || type == .network
      ? resolver.addressEntity(type, queue.batches[0].batch, 0, &context)
      : resolver.routeEntity(type, &queue.batches[0], 0, &context)
    return found.map { context.name(of: $0, at: 0) }
  }

  @Test(
    arguments: [
      ("/v1/orders", "/v*/orders", "orders", "v1"),
      ("/v2.1/orders/77", "/v*/orders/{id}", "orders", "v2.1"),
      ("/v1/quotes", "/v*/quotes", "quotes", "v1"), ("/health", "/health", nil, nil),
      ("/vx/y", "/vx/y", nil, nil), ("/api/v3/z", "/api/v3/z", nil, "v3"),
      ("/v/z", "/v/z", nil, nil),
      ("/versions/z", "/versions/z", nil, nil),
    ] as [(String, String, String?, String?)])
  func `a path has a route, an API and a version`(
    path: String, route: String, api: String?, version: String?
  ) {
    let request = TestRequest(time: monday * 1000, path: path)
    #expect(entity(.route, request) == route)
    #expect(entity(.api, request) == api)
    #expect(entity(.version, request) == version)
  }

  @Test(arguments: [
    ("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2::9", "2001:db8:1::/48"),
    ("2001:db8::1", "2001:db8:0::/48"), ("2001:db8:0:0:0:0:0:1", "2001:db8:0::/48"),
    ("::1", "0:0:0::/48"), ("::ffff:192.0.2.9", "192.0.2.0/24"), ("nonsense", nil), ("1.2.3", nil),
  ])
  func `an address has a network`(address: String, network: String?) {
    let request = TestRequest(time: monday * 1000, key: "@" + address)
    #expect(entity(.network, request) == network)
    #expect(entity(.clientIP, request) == address)
  }

  @Test func `a request without an address has neither`() {
    let request = TestRequest(time: monday * 1000, key: "k")
    #expect(entity(.network, request) == nil && entity(.clientIP, request) == nil)
  }
}
