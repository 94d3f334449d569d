import Testing

@testable import AccessLog

struct RouteTemplatesTests {
  private func route(_ path: String, _ templates: [String] = []) -> String {
    let routes = RouteTemplates(templates)
    let bytes = Array(path.utf8)
    var output: [UInt8] = []
    routes.normalise(bytes.span, into: &output)
    if routes.firstReplaced(bytes.span, bytes.indices) == nil { #expect(output == bytes) }
    return String(decoding: output, as: UTF8.self)
  }

  @Test(arguments: [
    ("/", "/"), ("", ""), ("/v1/orders", "/v1/orders"), ("/v1/orders/42", "/v1/orders/{id}"),
    ("/v1/orders/42/items/7", "/v1/orders/{id}/items/{id}"),
    ("/u/550e8400-e29b-41d4-a716-446655440000", "/u/{id}"),
    ("/u/550e8400e29b41d4a716446655440000/x", "/u/{id}/x"),
    ("/c/d41d8cd98f00b204e9800998ecf8427e", "/c/{id}"), ("/c/deadbeef", "/c/deadbeef"),
    ("/c/dead0eef", "/c/{id}"), ("/c/facade", "/c/facade"),
    ("/v2/oauth2/token", "/v2/oauth2/token"),
    ("/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/{id}"), ("/V1StGXR8_Z5jdHi6B-myT", "/{id}"),
    ("/2024-06-01/report", "/{id}/report"), ("/api/1.0/x", "/api/1.0/x"),
    ("/orders/order-12345", "/orders/{id}"), ("/files/12345.json", "/files/{id}.json"),
    ("/static/app.js", "/static/app.js"), ("/a/%7Bid%7D", "/a/%7Bid%7D"),
    ("/how-to-do-2024-things", "/how-to-do-2024-things"), ("/a//b/", "/a//b/"),
    ("/cart;jsessionid=8A7B9C/x", "/cart/x"), ("*", "*"), ("/s3/bucket", "/s3/bucket"),
    ("/données/42", "/données/{id}"),

    ("/v1/x#access_token=abc", "/v1/x"), ("/a#b/c", "/a"), ("/v1/42#x", "/v1/{id}"),
    ("/127.0.0.1", "/127.0.0.1"), ("/10.10.10.10", "/{id}"),
  ])
  func `ids become a placeholder`(path: String, expected: String) {
    #expect(route(path) == expected)
  }

  @Test
  func `a literal of a template is no id`() {
    #expect(route("/2024-06-01/orders/42") == "/{id}/orders/{id}")
    #expect(
      route("/2024-06-01/orders/42", ["/2024-06-01/orders/{id}"]) == "/2024-06-01/orders/{id}")
  }

  @Test(
    arguments: [
      ("/v1/orders", 0), ("/v22/orders", 0), ("/v1/orders/42", 1), ("/v1/orders/42/x", 2),
      ("/v1/orders/42/x/y/z", 2), ("/other", nil), ("/orders", nil), ("/v1/orders/", 2),
      ("", nil), ("/", nil), ("/v1/ordersx", nil),
    ] as [(String, Int?)])
  func `the first template that fits is found`(path: String, index: Int?) {
    let routes = RouteTemplates(["/v*/orders", "/v*/orders/{id}", "/v*/orders/**"])
    let bytes = Array(route(path).utf8)
    #expect(routes.template(for: bytes.span) == index)
  }

  @Test
  func `a route is bounded, whatever the path`() {
    let long = "/" + String(repeating: "a", count: 5000)
    #expect(route(long) == "/{id}")
    let many = String(repeating: "/ab", count: 2000)
    #expect(route(many).hasSuffix("/{rest}"))
    #expect(route(many).utf8.count <= RouteTemplates.pathBytesMax + 8)
    let wide = String(repeating: "/abcdefghijklmno", count: 23)
    #expect(route(wide).utf8.count <= RouteTemplates.pathBytesMax + 8)
    let distinct = Set((0..<100).map { route("\(many)/\($0)") })
    #expect(distinct.count == 1)
  }

  @Test
  func `random paths are normalised once and for all`() {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("/ab1-_.;%{}é9f".utf8)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...80, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator)! }
      let routes = RouteTemplates()
      var whole: [UInt8] = []
      routes.normalise(bytes.span, into: &whole)
      if let start = routes.firstReplaced(bytes.span, bytes.indices) {
        var rest: [UInt8] = []
        routes.normalise(bytes.span, from: start, into: &rest)
        #expect(rest == whole, "seed \(seed)")
      } else {
        #expect(whole == bytes, "seed \(seed)")
      }
    }
  }
}
