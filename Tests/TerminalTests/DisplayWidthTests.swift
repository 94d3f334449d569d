import Testing

@testable import Terminal

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("/image/{id}/product", 19, "/image/{id}/product"), ("/image/{id}/product", 12, "/image…oduct"),
    ("abc", 2, "a…"), ("漢字漢字漢字", 7, "漢…字"), ("abcdef", 3, "a…f"), ("abc", 0, ""),
  ])
  func `a name is cut in its middle`(text: String, columns: Int, shown: String) {
    let cut = DisplayWidth.cutInside(text, to: columns)
    #expect(cut == shown)
    #expect(DisplayWidth.of(cut) <= columns)
  }

  @Test(arguments: [
    ("", 0), ("plain", 5), ("é", 1), ("e\u{301}", 1), ("日本", 4), ("한", 2), ("ｆｕｌｌ", 8),
    ("😀", 2), ("⌚", 2), ("🇩🇪", 2), ("a\u{200B}b", 2), ("▁▂█", 3), ("…", 1), ("±", 1),
    ("\u{1112}\u{1161}\u{11AB}", 2),
  ])
  func `columns of a text are`(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(arguments: [
    ("northwind", 20, "northwind"), ("northwind", 9, "northwind"), ("northwind", 8, "northwi…"),
    ("northwind", 1, "…"), ("northwind", 0, ""), ("日本語", 5, "日本…"), ("日本語", 4, "日…"),
    ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("🇩🇪🇫🇷", 3, "🇩🇪…"),
  ])
  func `a text is cut to`(text: String, columns: Int, cut: String) {
    #expect(DisplayWidth.cut(text, to: columns) == cut)
    #expect(DisplayWidth.of(cut) <= columns)
  }

  @Test(arguments: [
    ("a reason of words", 8, ["a reason", "of words"]), ("short", 8, ["short"]), ("", 8, []),
    ("northwind-shop sent", 5, ["north", "wind-", "shop", "sent"]), ("日本 語", 4, ["日本", "語"]),
  ])
  func `a text is wrapped at`(text: String, columns: Int, lines: [String]) {
    #expect(DisplayWidth.wrap(text, to: columns) == lines)
  }
}
