import Testing

@testable import Detection

/// Regular expressions as tables.
@Suite struct LinearPatternTests {
  private func matches(_ pattern: String, _ text: String) throws -> Bool {
    let bytes = Array(text.utf8)
    return try LinearPattern(parsing: Array(pattern.utf8)).matches(bytes.span)
  }

  @Test(arguments: [
    ("admin", ["admin", "/v1/admin/x"], ["Admin", "admi", ""]),
    ("^/v[0-9]+/(quotes|orders)$", ["/v1/quotes", "/v42/orders"], ["/v/quotes", "/v1/orders/7"]),
    (#"\.(php|asp)x?$"#, ["/a.php", "/b.aspx"], ["/aphp", "/a.php/b"]),
    ("(?i)curl|WGET", ["cURL/8", "x wget"], ["crl"]),
    ("(?i)^/[^a-z]", ["/1"], ["/admin", "/Admin"]), ("(?i)^[a-c]$", ["B", "c"], ["d"]),
    ("^é+$", ["éé"], ["e", ""]), ("^é{2}$", ["éé"], ["é"]), ("^{a}$", ["{a}"], ["a"]),
    ("a{2,3}b", ["aab", "xaaab", "aaaab"], ["ab"]),
    ("^a{2}$", ["aa"], ["a", "aaa"]), ("^(ab)*$", ["", "abab"], ["aba"]),
    ("^a?b+?c*$", ["b", "abbcc"], ["ac", "abd"]), ("", ["", "x"], []), ("^$", [""], ["x"]),
    ("$^", [""], ["x", "xy"]), ("a|^b|c$", ["xax", "bx", "xc"], ["xb", "cx"]),
    (#"^[^/\d]+$"#, ["abc"], ["a1", "a/b", ""]), ("^[]a-]+$", ["]a-"], ["b"]),
    (#"^\w+\s\S\D$"#, ["ab_1 xy"], ["ab xy1", "ab x1"]), (#"\x41\t"#, ["A\t"], ["A "]),
    ("é.", ["xéy"], ["é", "e."]), ("^a{,2}$", ["a{,2}"], ["a"]), ("(a|b|)c", ["c", "ac"], ["ab"]),
    ("(|a){50}$", ["", "b"], []), ("^(a+)+$", [String(repeating: "a", count: 99)], ["ab"]),
  ])
  func `a pattern matches what it says`(
    pattern: String, matching: [String], other: [String]
  ) throws {
    for text in matching { #expect(try matches(pattern, text), "\(text)") }
    for text in other { #expect(try !matches(pattern, text), "\(text)") }
  }

  @Test(arguments: ["[[:digit:]]+", #"\d{2}{3}"#, "a*{2}", "{3}a", "a**"])
  func `what another engine reads otherwise is refused`(pattern: String) {
    #expect(throws: Expression.Fault.self) { try matches(pattern, "") }
  }

  @Test(arguments: [
    "(a|b)*a(a|b){20}", "((a{200}){200}){200}", "(((){200}){200}){200}", ".{9}a.{200}",
  ])
  func `what takes too large a table is refused at once`(pattern: String) {
    #expect(throws: Expression.Fault.self) { try matches(pattern, "") }
  }

  /// The same question to the standard library's engine, about short texts of few letters.
  @Test func `random patterns match what another engine says`() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = TestRandom(seed: seed)
    func pattern(_ depth: Int) -> String {
      switch random.below(depth == 0 ? 3 : 7) {
      case 0: return ["a", "b", "."][random.below(3)]
      case 1: return ["[ab]", "[^a]", "c"][random.below(3)]
      case 2: return ["^", "$", "b"][random.below(3)]
      case 3: return pattern(depth - 1) + pattern(depth - 1)
      case 4: return "(?:\(pattern(depth - 1))|\(pattern(depth - 1)))"
      case 5: return "(?:\(pattern(depth - 1)))" + ["*", "+", "?"][random.below(3)]
      default: return "(?:\(pattern(depth - 1))){1,\(1 + random.below(3))}"
      }
    }
    for _ in 0..<150 {
      let text = pattern(3)
      let known = try Regex(text)
      let ours = try LinearPattern(parsing: Array(text.utf8))
      for _ in 0..<12 {
        let sample = String(
          (0..<random.below(7)).map { _ in ["a", "b", "c"][random.below(3)] as Character })
        let bytes = Array(sample.utf8)
        #expect(
          ours.matches(bytes.span) == (sample.firstMatch(of: known) != nil),
          "\(text) in \(sample), seed \(seed)")
      }
    }
  }
}
