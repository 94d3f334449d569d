import Testing

@testable import Sinks

@Suite struct CSVTextTests {
  @Test(arguments: [
    ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""),
    ("two\nlines", "two\\x0alines"), ("tab\tand\r", "tab\\x09and\\x0d"), ("ü 日本", "ü 日本"),
    ("\u{1B}[31mred", "\\x1b[31mred"), ("\u{202E}txt", "\\u{202e}txt"),
  ])
  func `a text is written as RFC 4180 has it, with controls made visible`(
    text: String, field: String
  ) {
    #expect(CSVText.text(of: .text(text)) == field)
  }

  @Test(arguments: [
    "=1+1", "+1", "-1", "@SUM(A1)", " =1", "=cmd|'/C calc'!A0", "＝1", "＠x", "=\"a\",\"b\"",
  ])
  func `what a spreadsheet would run begins with an apostrophe`(text: String) {
    let field = CSVText.text(of: .text(text))
    #expect(field.hasPrefix("'") || field.hasPrefix("\"'"), "\(field)")
  }

  @Test func `numbers stay numbers and nothing stays empty`() {
    var csv = CSVText()
    csv.add([.integer(-5), .number(-1.5), .number(.infinity), .number(1e6), .absent, .text("-")])
    #expect(String(decoding: csv.bytes, as: UTF8.self) == "-5,-1.5,,1000000,,'-\r\n")
    csv.removeAll()
    #expect(csv.bytes.isEmpty)
  }

  @Test(arguments: [
    ("a\"\u{301},=x", "\"a\"\"\u{301},=x\""), ("a,\u{301}b", "\"a,\u{301}b\""),
    ("=\u{301}1", "'=\u{301}1"),
  ])
  func `a combining mark hides no quote, no comma and no formula`(text: String, field: String) {
    #expect(CSVText.text(of: .text(text)) == field)
  }
}
