import Testing

@testable import RuleFiles

@Suite struct MaskedLineTests {
  private static let cases: [(line: String, column: Int, text: String, shown: Int)] = [
    ("  - {key: super-secret, teir: gold}", 25, "  - {key: ***, ***: ***}", 16),
    ("key,supplier,tier", 5, "key,supplier,tier", 5),
    ("super-secret,acme,gold", 19, "***,***,***", 9),
    (#"  - {key: "super secret"}"#, 11, #"  - {key: "*** ***"}"#, 11),
    ("superkey: - x", 1, "***: - ***", 1), ("", 1, "", 1), ("-secret", 1, "***", 1),
    ("key-1: a", 1, "***: ***", 1),
  ]

  @Test(arguments: cases)
  func `only the language's own words are shown, and the caret stays at its place`(
    line: String, column: Int, text: String, shown: Int
  ) {
    let masked = MaskedLine(line)
    #expect(masked.text == text)
    #expect(masked.column(of: column) == shown)
  }
}
