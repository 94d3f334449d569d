import Testing

@testable import Detection

@Suite struct JSONTextTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1840, "1840"), (-3, "-3"), (0.5, "0.5"), (-0.25, "-0.25"),
    (210.1, "210.1"), (8.7654, "8.765"), (0.0625, "0.062"), (0.1875, "0.188"), (0.9996, "1"),
    (-0.9996, "-1"), (-0.0004, "0"), (0.001, "0.001"), (41.07, "41.07"),
    (2_251_799_813_685_248.5, "2251799813685248.5"), (4_503_599_627_370_496, "4503599627370496"),
    (-9_007_199_254_740_992, "-9007199254740992"), (1e15, "1000000000000000"),
    (1e16, "10000000000000000"), (1.25e20, "125000000000000000000"),
    (-1.5e19, "-15000000000000000000"), (.infinity, "null"), (-.infinity, "null"),
    (.nan, "null"), (.leastNonzeroMagnitude, "0"),
  ])
  func `a number is`(value: Double, text: String) {
    #expect(written { JSONText.append(value, to: &$0) } == text)
  }

  @Test func `the largest number has all its zeros`() {
    let text = written { JSONText.append(Double.greatestFiniteMagnitude, to: &$0) }
    #expect(text.hasPrefix("17976931348623157000"))
    #expect(text.count == 309)
  }

  @Test(arguments: [Int64.min, -1, 0, 7, 10, Int64.max])
  func `a whole number is its digits`(value: Int64) {
    #expect(written { JSONText.append(value, to: &$0) } == "\(value)")
  }

  @Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), (#"a"b\c/d"#, #""a\"b\\c/d""#),
    ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#), ("\0\u{1B}[2J\u{1F}", #""\u0000\u001b[2J\u001f""#),
    ("\u{7F}\u{80}\u{9B}\u{9F}\u{A0}", #""\u007f\u0080\u009b\u009f"# + "\u{A0}\""),
    ("\u{61C}\u{200E}\u{202E}\u{2066}\u{2069}", #""\u061c\u200e\u202e\u2066\u2069""#),
    ("\u{2028}\u{2029}\u{2027}\u{2030}", #""\u2028\u2029"# + "\u{2027}\u{2030}\""),
    ("é\u{61B}ü€😀", "\"é\u{61B}ü€😀\""),
  ])
  func `a text is`(value: String, text: String) {
    #expect(written { JSONText.append(value, to: &$0) } == text)
  }

  private func written(_ body: (inout [UInt8]) -> Void) -> String {
    var bytes: [UInt8] = []
    body(&bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
