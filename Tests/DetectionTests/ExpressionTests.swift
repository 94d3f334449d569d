import Testing

@testable import AccessLog
@testable import Detection

@Suite struct ExpressionTests {
  /// One record with every field, and below it one with none.
  private static func batch() -> RecordBatch {
    var batch = RecordBatch(hash: SipHash(key0: 1, key1: 2))
    func range(_ text: String) -> RecordBatch.TextRange {
      let start = UInt32(batch.bytes.count)
      batch.bytes += text.utf8
      return RecordBatch.TextRange(start: start, count: UInt32(text.utf8.count))
    }
    func symbol(_ text: String, _ table: inout SymbolTable) -> Symbol {
      let bytes = Array(text.utf8)
      return table.symbol(for: bytes.span)
    }
    batch.count = 2
    batch.method = [symbol("POST", &batch.texts), .none]
    batch.host = [symbol("api.example", &batch.texts), .none]
    batch.protocol = [symbol("HTTP/1.1", &batch.texts), .none]
    batch.route = [symbol("/v1/orders/{id}", &batch.routes), .none]
    batch.path = [range("/v1/orders/77"), .absent]
    batch.query = [range("sku=a%2Bb&page=2&empty=&q=x+y&sk%75=z"), .absent]
    batch.address = [range("10.1.2.3"), .absent]
    batch.userAgent = [range("curl/8.5 abababac"), .absent]
    batch.referrer = [range("https://a.example/"), .absent]
    batch.requestID = [range("r-1"), .absent]
    batch.status = [429, .max]
    batch.flags = [.throttled, []]
    batch.bytesIn = [120, -1]
    batch.bytesOut = [4096, -1]
    batch.latencyMicroseconds = [1500, -1]
    return batch
  }

  @Test(arguments: [
    #"method == "POST""#, #"method != 'GET'"#, #""POST" == method"#, #"host == "api.example""#,
    #"route == "/v1/orders/{id}""#, #"path == "/v1/orders/77""#, "status == 429",
    "status >= 400 && status < 500", "429 <= status", "400 < status", "throttled",
    "throttled == true", "throttled != false", "!(throttled == false)", "!!throttled",
    #"protocol.endsWith("1.1")"#, #"client_ip == "10.1.2.3""#, #"user_agent.startsWith("curl/")"#,
    #"user_agent.contains("ababac")"#, #"user_agent.contains("")"#, #"referrer != """#,
    #"request_id < "r-2""#, #"request_id > "r""#, #"request_id <= "r-1""#, "bytes_in == 120",
    "bytes_out > bytes_in", "latency_ms == 1.5", "latency_ms > -1", "status in [500, 429]",
    #"method in ["GET", "POST"]"#, #"!(method in ["GET"])"#, #"query["sku"] == "a+b""#,
    #"query["page"] == '2'"#, #"query["empty"] == """#, #"query["absent"] == """#,
    #"query["q"] == "x y""#, #"query["q"].contains(" ")"#, #"route.glob("/v*/orders/*")"#,
    #"path.glob("/**")"#, #"cidr(client_ip, "10.0.0.0/8")"#, #"!cidr(client_ip, "10.2.0.0/16")"#,
    "status == 1 || status == 2 || status == 429", "status == 1 && status == 2 || throttled",
    "throttled || status == 1 && status == 2", "(throttled || status == 1) && status == 429",
    "!(status == 1 || status == 2)", "!(status == 429 && bytes_in == 1)", "status==429&&throttled",
    #"path == "\/v1/orders/77" || user_agent != "\"""#.replacing("\\/", with: "/"),
  ])
  func `is true of the full record`(text: String) throws {
    #expect(try Expression(parsing: text).isTrue(of: Self.batch(), at: 0))
  }

  @Test(arguments: [
    #"method == "GET""#, "status == 428", "status != 429", "!throttled", "throttled == false",
    "status > 429", "status in [428, 430]", #"query["sku"] == "a%2Bb""#, "bytes_in > bytes_out",
    #"path.startsWith("/v1/orders/777")"#, #"path.endsWith("/v1/orders/777")"#,
    #"user_agent.contains("abac ")"#, #"route.glob("/v*/orders")"#,
    #"cidr(client_ip, "10.1.2.4/32")"#, "throttled && status == 1", "!(throttled || status == 1)",
    #"path < "/""#,
  ])
  func `is false of the full record`(text: String) throws {
    #expect(try !Expression(parsing: text).isTrue(of: Self.batch(), at: 0))
  }

  @Test(arguments: [
    (#"method == """#, true), (#"query["sku"] == """#, true), (#"host != "x""#, true),
    (#"path.contains("")"#, true), (#"path.contains("a")"#, false), ("status == 0", false),
    ("status != 429", false), ("status < 1000", false), ("!(status == 429)", true),
    ("bytes_out >= 0", false), ("latency_ms < 1", false), ("throttled", false),
    (#"cidr(client_ip, "0.0.0.0/0")"#, false), ("bytes_out == bytes_in", false),
  ])
  func `an absent text is empty, and an absent number compares with nothing`(
    text: String, isTrue: Bool
  ) throws {
    #expect(try Expression(parsing: text).isTrue(of: Self.batch(), at: 1) == isTrue)
  }

  @Test func `a column that was never filled is absent`() throws {
    var batch = Self.batch()
    batch.host = []
    batch.bytesOut = []
    let expression = try Expression(parsing: #"host == "" && !(bytes_out >= 0)"#)
    #expect(expression.isTrue(of: batch, at: 0))
  }

  @Test(arguments: [
    ("", 0, "expected a field, not the end", nil),
    ("statuss == 1", 0, "there is no field 'statuss'", "status"),
    (#"status == "429""#, 10, "'status' is a number, and this is a text", "429"),
    ("method == 5", 10, "'method' is a text, and this is a number", "\"5\""),
    (#"method == "get""#, 10, "methods are upper case", "\"GET\""),
    (#"method in ["GET", "post"]"#, 18, "methods are upper case", "\"POST\""),
    ("status = 429", 7, "'=' has no meaning here", "=="),
    ("throttled & throttled", 10, "'&' has no meaning here", "&&"),
    ("throttled and throttled", 10, "'and' has no meaning here", "&&"),
    ("throttled or throttled", 10, "'or' has no meaning here", "||"),
    ("not throttled", 0, "'not' has no meaning here", "!"),
    ("status", 6, "'status' must be compared with something", nil),
    ("1 == 2", 0, "two constants are compared, and no field", nil),
    ("throttled < true", 0, "'throttled' is true or false; it has no order", nil),
    ("!status == 1", 1, "'!' before a comparison needs parentheses", "!(…)"),
    ("(throttled) == true", 12, "a condition in parentheses cannot be compared", nil),
    ("(throttled", 10, "expected ')', not the end", nil),
    ("throttled)", 9, "expected '&&', '||' or the end, not ')'", nil),
    (#"path.startswith("/")"#, 5, "there is no method 'startswith'", "startsWith"),
    (#"status.contains("4")"#, 0, "'contains' is a method of texts only", nil),
    ("path.contains(4)", 14, "'contains' takes a text in quotes", nil),
    (#"path == "abc"#, 8, "a text begins here and does not end", nil),
    (#"path == "\q""#, 9, "unknown escape in a text", "\\\\"),
    ("query[sku] == 'a'", 6, "'query' takes a name in quotes", nil),
    ("query == 'a'", 6, "expected '[', not '=='", nil),
    ("status in 429", 10, "expected '[', not a number", nil),
    ("status in []", 11, "expected a field, not ']'", nil),
    ("status in [bytes_in]", 11, "a list has constants only", nil),
    (#"cidr(path, "10.0.0.0/8")"#, 5, "'cidr' takes an address", "client_ip"),
    ("status == 4x", 10, "not a number", nil),
    ("status == 1.", 10, "not a number", nil),
    ("path == 'é' § 1", 13, "'§' has no meaning here", nil),
  ])
  func `a fault has its place and the right word`(
    text: String, offset: Int, message: String, suggestion: String?
  ) {
    #expect(throws: Expression.Fault(message, at: offset, suggestion: suggestion)) {
      try Expression(parsing: text)
    }
  }

  @Test func `depth, length and number of comparisons are bounded`() {
    let deep = String(repeating: "(", count: 100) + "throttled"
    let negated = String(repeating: "!", count: 4000) + "throttled"
    let long = "path == \"" + String(repeating: "a", count: 5000) + "\""
    let many = "status in [" + String(repeating: "1,", count: 300) + "1]"
    for text in [deep, negated, long, many] {
      #expect(throws: Expression.Fault.self) { try Expression(parsing: text) }
    }
  }

  @Test func `it knows what it reads`() throws {
    let byClass = try Expression(parsing: "status == 429 && !throttled && status != 1")
    #expect(byClass.fields == [.status, .throttled])
    #expect(byClass.isDecidedByClass)
    #expect(byClass.columns == [])
    let other = try Expression(parsing: #"query["a"] == "b" && host == "c" && bytes_in > 1"#)
    #expect(other.fields == [.query("a"), .host, .bytesIn])
    #expect(!other.isDecidedByClass)
    #expect(other.columns == [.host, .bytes])
  }

  @Test func `a search is linear and right for texts that repeat themselves`() throws {
    var random = SplitMix(seed: 7)
    for _ in 0..<500 {
      let needle = String(
        (0..<Int.random(in: 1...6, using: &random)).map { _ in Self.letter(&random) })
      let text = String(
        (0..<Int.random(in: 0...30, using: &random)).map { _ in Self.letter(&random) })
      var batch = Self.batch()
      batch.bytes = Array(text.utf8)
      batch.path = [RecordBatch.TextRange(start: 0, count: UInt32(text.utf8.count)), .absent]
      let found = try Expression(parsing: "path.contains('\(needle)')").isTrue(of: batch, at: 0)
      #expect(found == text.contains(needle), "\(needle) in \(text), seed 7")
    }
  }

  private static func letter(_ random: inout SplitMix) -> Character {
    Bool.random(using: &random) ? "a" : "b"
  }

  @Test(arguments: [
    (RequestField.query("sku"), RequestField.query("q"), false),
    (.path, .path, true), (.status, .bytesIn, false), (.clientIP, .path, false),
  ])
  func `equal values have equal hashes`(a: RequestField, b: RequestField, areEqual: Bool) throws {
    let hash = SipHash(key0: 3, key1: 4)
    let first = try #require(a.valueHash(of: Self.batch(), at: 0, hash: hash))
    let second = try #require(b.valueHash(of: Self.batch(), at: 0, hash: hash))
    #expect((first == second) == areEqual)
    #expect(a.valueHash(of: Self.batch(), at: 1, hash: hash) == nil)
  }

  @Test func `an escaped and a plain value of a query have one hash`() {
    let hash = SipHash(key0: 3, key1: 4)
    var batch = Self.batch()
    batch.bytes = Array("a=x%79z&b=xyz".utf8)
    batch.query = [RecordBatch.TextRange(start: 0, count: 13), .absent]
    let escaped = RequestField.query("a").valueHash(of: batch, at: 0, hash: hash)
    #expect(escaped != nil)
    #expect(escaped == RequestField.query("b").valueHash(of: batch, at: 0, hash: hash))
  }

  @Test(arguments: [
    ("path", RequestField.path), (#"query["sku"]"#, .query("sku")), ("client_ip", .clientIP),
  ])
  func `a field is read alone`(text: String, field: RequestField) throws {
    #expect(try RequestField(parsing: text) == field)
    #expect(field.word == text)
  }

  @Test(arguments: ["", "sku", "path == 1", "query[]", "path path", "query[\"a\""])
  func `what is no field is a fault`(text: String) {
    #expect(throws: Expression.Fault.self) { try RequestField(parsing: text) }
  }

  @Test func `no text traps`() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(seed: seed)
    let words = [
      "status", "==", "429", "(", ")", "!", "&&", "||", "in", "[", "]", ",", "\"a\"", "'", "\\",
      "query", "path", ".", "startsWith", "cidr", "client_ip", "-", "9", "é", "\u{0}", "true",
    ]
    for _ in 0..<5000 {
      let count = Int.random(in: 0...14, using: &random)
      let text = (0..<count).map { _ in words.randomElement(using: &random) ?? "" }
        .joined(separator: Bool.random(using: &random) ? " " : "")
      guard let expression = try? Expression(parsing: text) else { continue }
      _ = expression.isTrue(of: Self.batch(), at: 0)
      _ = expression.isTrue(of: Self.batch(), at: 1)
    }
    print("ExpressionTests seed \(seed)")
  }
}

/// Random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
