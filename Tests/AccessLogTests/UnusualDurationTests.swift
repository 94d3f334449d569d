import Testing

@testable import AccessLog

struct UnusualDurationTests {
  @Test(
    arguments: [
      ("1.2ms", 1200), ("312µs", 312), ("312μs", 312), ("80ns", 0), ("1m0.5s", 60_500_000),
      ("1h2m3s", 3_723_000_000), ("0", 0), ("0s", 0),
    ] as [(String, Int64)])
  func `a duration of Go is read`(text: String, microseconds: Int64) throws {
    let bytes = Array(text.utf8)
    let value = try UnusualDuration.microseconds(.goDuration, bytes.span, 0..<bytes.count)
    #expect(value == microseconds)
  }

  @Test(arguments: ["", "1", "s", "1x", "1.2.3s", "-1s", "9999999999999999999s", "9999999999h"])
  func `what is no duration of Go is refused`(text: String) {
    let bytes = Array(text.utf8)
    #expect(throws: MalformedLine.self) {
      try UnusualDuration.microseconds(.goDuration, bytes.span, 0..<bytes.count)
    }
  }

  @Test(arguments: [("18", 18_000), ("0", 0), ("0.113", nil), ("2.0", nil)] as [(String, Int64?)])
  func `the unit of a time taken does not depend on the value`(
    text: String, microseconds: Int64?
  ) {
    let bytes = Array(text.utf8)
    let value = try? UnusualDuration.microseconds(.w3cDuration, bytes.span, 0..<bytes.count)
    #expect(value == microseconds)
  }
}
