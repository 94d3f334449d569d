import Testing

@testable import Report

@Suite struct MarkupTests {
  @Test(arguments: [
    ("plain é 日本", "plain é 日本"),
    (
      "<script>alert('x')</script>",
      "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"
    ),
    ("a \"b\" & c", "a &quot;b&quot; &amp; c"), ("\u{1B}[2J\n\0", "\\x1b[2J\\x0a\\x00"),
    ("\u{202E}evil", "\\u{202e}evil"), ("\u{FFFF}", "\u{FFFD}"), ("", ""),
  ])
  func `text of a log is text of the page`(text: String, written: String) {
    var page = Markup()
    page.element("p", text: text)
    #expect(page.text == "<p>\(written)</p>")
    var attribute = Markup()
    attribute.element("a", [("title", text)])
    #expect(attribute.text == "<a title=\"\(written)\"></a>")
  }

  @Test(arguments: [
    (0, "0"), (1, "1"), (-1, "-1"), (0.5, "0.5"), (0.25, "0.25"), (0.05, "0.05"), (99.999, "100"),
    (-0.125, "-0.13"), (1234.5, "1234.5"),
  ])
  func `a coordinate has two decimals at most`(value: Double, text: String) {
    #expect(coordinate(value) == text)
  }
}
