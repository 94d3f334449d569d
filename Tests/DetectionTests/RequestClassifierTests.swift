import Testing

@testable import AccessLog
@testable import Detection

/// Which rules see which requests, through monitors that count.
@Suite struct RequestClassifierTests {
  private func filter(_ methods: [String], _ glob: String?, _ text: String?) throws
    -> RequestFilter
  {
    RequestFilter(
      matchers: glob.map { [RequestMatcher(methods: methods, glob: PathGlob($0))] } ?? [],
      expression: try text.map { try Expression(parsing: $0) })
  }

  /// Random requests: the classes' subscribers are those whose filter is true, asked anew.
  @Test(arguments: UInt64(1)...4)
  func `each request is seen by those who asked for it`(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    let filters: [RequestFilter] = [
      try filter([], nil, nil), try filter(["POST"], "/v*/orders", nil),
      try filter([], "/v1/**", "status == 429"), try filter(["GET"], "/**", #"query["p"] == "1""#),
      try filter([], nil, #"client_ip == "10.0.0.1" || query["p"] == "2""#),
      try filter([], "/v2/*", #"query["p"] == "1" && status >= 400"#),
      try filter([], nil, "throttled"),
    ]
    let requests = (0..<600).map { index in
      TestRequest(
        time: (monday + Int64(index)) * 1000, key: random.isTrue(0.5) ? "@10.0.0.1" : "k",
        path: ["/v1/orders", "/v2/orders", "/v1/quotes", "/", "/v2/a/b"][random.below(5)],
        method: ["GET", "POST", "DELETE"][random.below(3)],
        query: ["", "p=1", "p=2", "q=1"][random.below(4)], status: [200, 404, 429][random.below(3)])
    }
    let subscriptions = filters.indices.map {
      RequestClassifier.Subscription(subscriber: .volume($0), filter: filters[$0])
    }
    var classifier = RequestClassifier(subscriptions, hash: TestBench.hash)
    var start = 0
    while start < requests.count {
      let end = min(requests.count, start + 1 + random.below(90))
      let batch = TestBench(rules: []).batch(requests[start..<end])
      var cache = ClassCache()
      for index in 0..<end - start {
        let found = subscribers(&classifier, batch, index, &cache)
        let expected = filters.indices.filter {
          sees(filters[$0], requests[start + index], batch, index)
        }
        #expect(found == expected, "seed \(seed), \(requests[start + index])")
      }
      start = end
    }
    #expect(classifier.classCount < 200)
  }

  private func subscribers(
    _ classifier: inout RequestClassifier, _ batch: RecordBatch, _ index: Int,
    _ cache: inout ClassCache
  ) -> [Int] {
    let key = ClassCache.key(
      route: batch.route[index], method: batch.method[index], status: batch.status[index],
      flags: batch.flags[index])
    let known = Int(cache.value(for: key))
    var id = known >= 0 ? known : classifier.decide(batch, index, key, &cache)
    if classifier.isUndecided(id) { id = classifier.refine(id, batch, index) }
    return classifier.subscribers(of: id).map {
      guard case .volume(let number) = classifier.subscriber($0) else { return -1 }
      return number
    }
  }

  private func sees(
    _ filter: RequestFilter, _ request: TestRequest, _ batch: RecordBatch, _ index: Int
  ) -> Bool {
    let path = Array(request.path.utf8)
    let matches =
      filter.matchers.isEmpty
      || filter.matchers.contains {
        ($0.methods.isEmpty || $0.methods.contains(request.method)) && $0.glob.matches(path.span)
      }
    return matches && filter.expression?.isTrue(of: batch, at: index) ?? true
  }

  @Test func `the cache finds what was put into it, also when it grew`() {
    var random = TestRandom(seed: 5)
    var cache = ClassCache()
    var known: [UInt64: Int32] = [:]
    for number in 0..<5000 as Range<Int32> {
      let key = random.next() >> UInt64(random.below(50))
      guard known[key] == nil else { continue }
      #expect(cache.value(for: key) == -1)
      cache.insert(key, number)
      known[key] = number
    }
    for (key, value) in known { #expect(cache.value(for: key) == value) }
  }
}
