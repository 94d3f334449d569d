import Testing

@testable import AccessLog

struct RouteMemoryTests {
  private func routes(of paths: [String], _ templates: [String] = []) throws -> [String] {
    var description = FormatDescription()
    description.template = Presets.combined
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: description)], routes: RouteTemplates(templates))
    let lines = paths.map {
      "192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] \"GET \($0) HTTP/1.1\" 200 19 \"-\" \"-\"\n"
    }
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(lines.joined().utf8), into: &batch)
    return batch.route.map { batch.routes[$0] }
  }

  private func route(_ path: String, _ templates: [String]) -> String {
    var output: [UInt8] = []
    RouteTemplates(templates).normalise(Array(path.utf8).span, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test
  func `a path without its number is another path`() throws {
    let paths = [
      "/orders/", "/orders/42", "/orders/", "/orders/42/", "/orders/7", "/orders", "/42",
    ]
    #expect(
      try routes(of: paths) == [
        "/orders/", "/orders/{id}", "/orders/", "/orders/{id}/", "/orders/{id}", "/orders", "/{id}",
      ])
  }

  @Test
  func `the route of a path is the same whatever stood before it`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let segments = [
      "orders", "42", "4711", "v1", "", "a;b=1", "12#x", "550e8400-e29b-41d4-a716-446655440000",
      "items", "2024", "12345.json", "x7", "99999999999999999999", "ordersorders-orders", "é9",
      String(repeating: "7", count: 70), String(repeating: "y", count: 90),
    ]
    let templates = ["/v*/orders", "/v1/2024/items"]
    let paths = (0..<3_000).map { _ in
      (0..<Int.random(in: 1...5, using: &generator)).map { _ in
        "/" + segments.randomElement(using: &generator)!
      }.joined()
    }
    let found = try routes(of: paths, templates)
    #expect(found.count == paths.count)
    for (path, route) in zip(paths, found) {
      #expect(route == self.route(path, templates), "\(path), seed \(seed)")
    }
  }
}
