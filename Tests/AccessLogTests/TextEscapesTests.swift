import Testing

@testable import AccessLog

struct TextEscapesTests {
  @Test(arguments: [
    (#"a\x22b"#, "a\"b"), (#"a\xc3\xA9"#, "aé"), (#"\\x22"#, #"\x22"#), (#"\"\/\\"#, #""/\"#),
    (#"\t\n\r\b\f\v"#, "\t\n\r\u{8}\u{c}\u{b}"), (#"\u00e9\u20AC"#, "é€"),
    (#"\ud83d\ude80"#, "🚀"), (#"\ud83dx"#, "\u{fffd}x"), (#"\ude80"#, "\u{fffd}"),
    (#"\ud83d\u0041"#, "\u{fffd}A"), (#"\x2"#, #"\x2"#), (#"\xzz"#, #"\xzz"#), (#"\u12"#, #"\u12"#),
    (#"\q"#, #"\q"#), (#"\"#, #"\"#), ("", ""), ("plain", "plain"), (#"end\\"#, #"end\"#),
  ])
  func `escapes stand for what the client sent`(text: String, expected: String) {
    var output: [UInt8] = []
    let bytes = Array(text.utf8)
    TextEscapes.decode(bytes.span, into: &output)
    #expect(String(decoding: output, as: UTF8.self) == expected)
  }
}

struct PercentEncodingTests {
  @Test(arguments: [
    ("a%2Bb", "a+b"), ("%41%6a", "Aj"), ("%", "%"), ("%4", "%4"), ("%zz", "%zz"),
    ("100%25", "100%"),
    ("%2541", "%41"), ("", ""),
  ])
  func `only what is an encoding is undone`(text: String, expected: String) {
    var bytes = Array("x\(text)".utf8)
    PercentEncoding.decode(&bytes, from: 1)
    #expect(String(decoding: bytes, as: UTF8.self) == "x\(expected)")
  }
}
