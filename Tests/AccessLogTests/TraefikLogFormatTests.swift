import Testing

@testable import AccessLog

struct TraefikLogFormatTests {
  @Test
  func `a template is refused, because there is none`() {
    #expect(throws: FormatFault.self) {
      try TraefikLogFormat.reader(for: FormatDescription(template: "%h"))
    }
  }

  private static let head = "192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] "

  @Test(
    arguments: [
      // A client of HTTP/2 may write blanks and quotes into the query.
      (
        #""GET /?x" 200 1 "a" "b" 3 "z" "u" 1ms HTTP/2.0" 404 19 "-" "curl" 6 "-" "-" 7ms"#,
        "/", 404, "curl"
      ),
      (#""GET /?x" 200 1 - "b" HTTP/2.0" 404 19 "-" "curl" 6 "r" "u" 7ms"#, "/", 404, "curl"),
      (#""GET /a?"q" HTTP/1.1" 404 19 "-" "curl" 6 "r" "u" 7ms"#, "/a", 404, "curl"),
      // A backslash at the end of a text stands before the quote that ends it.
      (#""GET /a HTTP/1.1" 404 19 "-" "a\" 6 "r" "u" 7ms"#, "/a", 404, #"a\"#),
      (#""GET /a HTTP/1.1" 404 19 "b\" "a\" 6 "r" "u" 7ms"#, "/a", 404, #"a\"#),
      (#""GET /a HTTP/1.1" 404 19 "b\" "a\""#, "/a", 404, #"a\"#),
      (
        #""GET /a HTTP/1.1" 404 19 "-" "x\\" 7 \\"f\\" \\"u\\" 3ms t" 5 "r" "u" 7ms"#, "/a",
        404,
        #"x\" 7 \"f\" \"u\" 3ms t"#
      ),
      (
        #""GET /a HTTP/1.1" 404 19 "-" "x\" 7 \"f\" \"u\" 3ms""#, "/a", 404,
        #"x" 7 "f" "u" 3ms"#
      ),
    ] as [(String, String?, Int?, String?)])
  func `a client that is not escaped neither forges nor vanishes`(
    rest: String, path: String?, status: Int?, agent: String?
  ) throws {
    let record = try parse(Array((Self.head + rest).utf8), "traefik", FormatDescription()).first()
    #expect(record.time == 1_795_290_709_000 && record.address == "192.0.2.7")
    #expect(record.method == "GET" && record.path == path && record.status == status)
    #expect(record.userAgent == agent)
  }
}
