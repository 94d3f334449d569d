import Testing

@testable import AccessLog

struct SecretsTests {
  private static let secret = "s3cr3t/Key+42\"x"
  private static let template =
    Presets.combined + #" key="$http_x_api_key" auth="$http_authorization" c="$cookie_sid""#

  /// The secret in each form in which a line may hold it.
  private static let forms = [
    #"s3cr3t/Key+42\x22x"#, "s3cr3t%2FKey%2B42%22x", "s3cr3t%2fKey%2b42%22x",
    "s3cr3t%252FKey%252B42%2522x", #"s3cr3t/Key+42\"x"#, #"s3cr3t\/Key+42\u0022x"#,
    "%73%33%63%72%33%74%2F%4B%65%79%2B%34%32%22%78", #"S3CR3T/KEY+42\x22X"#,
  ]

  private func masked(
    _ line: String, _ template: String = Self.template,
    identity: [String] = ["$http_x_api_key"], standIn: String = "key:3f9a"
  ) throws -> String {
    let description = FormatDescription(
      template: template,
      identity: identity.map { IdentityField(field: $0, isSecret: $0 != "$remote_user") })
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: description)],
      identityKinds: description.identityKinds, columns: .all)
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(line.utf8), into: &batch)
    try #require(batch.count == 1, "\(batch.malformed)")
    return parser.maskedLine(0, of: batch, standIn: standIn)
  }

  private func line(
    target: String = "/v1/orders", referrer: String = "-", agent: String = "curl/8.5.0",
    key: String = "-", auth: String = "-", cookie: String = "-"
  ) -> String {
    """
    127.0.0.1 - - [21/Nov/2026:19:51:49 +0000] "GET \(target) HTTP/1.1" 200 12 "\(referrer)" \
    "\(agent)" key="\(key)" auth="\(auth)" c="\(cookie)"
    """
  }

  @Test(arguments: forms)
  func `a planted secret occurs in no form and no place`(form: String) throws {
    let key = #"s3cr3t/Key+42\x22x"#
    let lines = [
      line(target: "/a/\(form)/b", key: key), line(target: "/a?x=\(form)&y=1", key: key),
      line(target: "/a?\(form)", key: key), line(target: "/a?\(form)=1", key: key),
      line(referrer: "https://h/?k=\(form)", key: key), line(agent: "x \(form) y", key: key),
      line(key: key, auth: "Bearer \(form)"), line(key: key, cookie: form),
    ]
    for line in lines {
      let text = try masked(line).lowercased()
      for part in ["s3cr3t", "key+42", "%73%33", "key%2b42", "key%252b42"] {
        #expect(!text.contains(part), "\(line)")
      }
      #expect(text.contains("key=\"key:3f9a\""))
    }
  }

  @Test
  func `values of queries are hidden and their names stay`() throws {
    let text = try masked(
      line(target: "/v1/geo?city=Oslo&token=abc&flag&empty=", referrer: "https://h/p?q=words&r=1"))
    #expect(text.contains("/v1/geo?city=***&token=***&flag&empty= HTTP"))
    #expect(text.contains("https://h/p?q=***&r=***\""))
    #expect(text.contains("rt") == false)
  }

  @Test
  func `a query that is logged by itself is hidden, too`() throws {
    let text = try masked(
      "1795290709.400 127.0.0.1 /p a=secret1&b=secret2 200",
      "$msec $remote_addr $uri $args $status", identity: [])
    #expect(text == "1795290709.400 127.0.0.1 /p a=***&b=*** 200")
  }

  @Test(arguments: [
    "Bearer abcdef", "Basic dXNlcjpwYXNz", "bearer  abcdef", "Token abcdef", "abcdef",
  ])
  func `what authorizes is hidden`(value: String) throws {
    let text = try masked(line(auth: value))
    #expect(!text.contains("abcdef") && !text.contains("dXNlcjpwYXNz"))
    #expect(text.contains("***"))
  }

  @Test
  func `further secrets of the source are hidden as well`() throws {
    let text = try masked(
      line(agent: "a cookie-17 b", key: "k1-first", cookie: "cookie-17"),
      identity: ["$http_x_api_key", "$cookie_sid"])
    #expect(!text.contains("cookie-17"))
    #expect(text.contains("key:3f9a"))
  }

  @Test
  func `web tokens, passwords in URLs and long segments are hidden`() throws {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-DEF_123"
    let text = try masked(
      line(target: "/t/\(token)/x", referrer: "https://joe:pass@h/", agent: "x \(token)"))
    #expect(!text.contains("eyJ") && !text.contains("pass"))
    let path = try masked(line(target: "/u/550e8400-e29b-41d4-a716-446655440000/x/42"))
    #expect(path.contains("/u/{id}/x/42 "))
  }

  @Test
  func `a name is shown as it is`() throws {
    let text = try masked(
      combinedLine.replacing("- - [", with: "- northwind ["), Presets.combined,
      identity: ["$remote_user"])
    #expect(text == combinedLine.replacing("- - [", with: "- northwind ["))
  }

  @Test
  func `a JSON line is masked, too`() throws {
    let line =
      #"{"t":1,"headers":{"Authorization":["Bearer abc"],"Cookie":["a=b; c=d"]},"api_key":"k-77","uri":"\/a?x=y","ua":"k-77"}"#
    let description = FormatDescription(
      fields: [
        FieldMapping(field: "time", paths: ["t"], unit: "epoch_s"),
        FieldMapping(field: "target", paths: ["uri"]),
      ], identity: [IdentityField(field: "api_key", isSecret: true)])
    let parser = BlockParser(
      readers: [try JSONLines.reader(for: description)],
      identityKinds: description.identityKinds)
    var batch = RecordBatch(hash: testHash)
    parser.parse(Array(line.utf8), into: &batch)
    let text = parser.maskedLine(0, of: batch, standIn: "key:1")
    #expect(
      text
        == #"{"t":1,"headers":{"Authorization":["***"],"Cookie":["***"]},"api_key":"key:1","uri":"\/a?x=***","ua":"key:1"}"#
    )
  }

  @Test
  func `a masked line is bounded and valid UTF-8`() throws {
    let text = try masked(line(agent: String(repeating: "é", count: 2000)))
    #expect(text.utf8.count <= Secrets.lineBytesMax)
    #expect(text.hasSuffix("é…"))
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))])
    var bytes = Array(combinedLine.utf8)
    bytes.insert(
      contentsOf: [0xff, 0xc3, 0x28, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0x80], at: bytes.count - 1)
    let invalid = parser.maskedLine(bytes.span, identity: nil, standIn: "")
    #expect(invalid.hasSuffix(#"curl/8.5.0\xFF\xC3(€\xED\xA0\x80""#))
  }

  @Test
  func `random lines never show the secret and never trap`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let secret = "zQ7kP2mX9"
    let parts = [
      "?", "&", "=", "/", " ", "\"", "\\", "%", "://", "@", "Bearer ", "key=", "eyJ", "token\":\"",
      ";", "é", "\u{1b}", "name", "%7A", secret, secret, "zQ7", "\\x7A",
    ]
    let parser = BlockParser(
      readers: [try NginxLogFormat.reader(for: FormatDescription(template: Presets.combined))])
    for _ in 0..<2000 {
      let count = Int.random(in: 0...30, using: &generator)
      let text = (0..<count).map { _ in parts.randomElement(using: &generator)! }.joined()
      let bytes = Array(text.utf8)
      let masked = parser.maskedLine(bytes.span, identity: Array(secret.utf8), standIn: "key:1")
      #expect(!masked.contains(secret), "seed \(seed): \(text)")
    }
  }

  @Test
  func `the shape of a line keeps none of its words`() {
    let bytes = Array("key=Ab9-é\t\u{1b}\"x\" 2026".utf8)
    #expect(Secrets.shape(of: bytes.span) == "aaa=aa9-aa\t?\"a\" 9999")
    let long = Array(repeating: UInt8(ascii: "k"), count: 500)
    #expect(Secrets.shape(of: long.span).utf8.count == Secrets.shapeBytesMax)
  }

  @Test
  func `a line's hash has 32 digits and needs the key`() {
    let bytes = Array(combinedLine.utf8)
    let hash = Secrets.hash(of: bytes.span, testHash)
    #expect(hash.count == 32 && hash.allSatisfy { $0.isHexDigit })
    #expect(hash == Secrets.hash(of: bytes.span, testHash))
    #expect(hash != Secrets.hash(of: bytes.span, SipHash(key0: 1, key1: 1)))
  }

  @Test(arguments: [
    "/a?password=x y z LEAK", "/a?api_key=a\\x22LEAK&b=2", "/a?k=x\tLEAK", "/a?k=x\u{1}LEAK",
    "/a?k=\u{1b}LEAK", "/a?bareLEAKsecret", "/a?b=1&bareLEAKsecret&c",
  ])
  func `the value of a parameter is hidden to its end`(target: String) throws {
    #expect(try !masked(line(target: target)).contains("LEAK"))
    #expect(try !masked(line(referrer: "https://h" + target)).contains("LEAK"))
  }

  @Test(arguments: [
    "curl Authorization: Basic QkFTSUNMRUFLNw==", "Authorization: Bearer QkFTSUNMRUFLNw==",
    "x token=QkFTSUNMRUFLNw== y",
  ])
  func `a user agent is shown without its credentials`(agent: String) {
    let bytes = Array(agent.utf8)
    let text = Secrets.masked(bytes.span)
    #expect(!text.contains("QkFTSUN"), "\(text)")
  }
}
