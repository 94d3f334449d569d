import Testing

@testable import Terminal

@Suite struct TerminalTextTests {
  @Test(arguments: [
    ("plain é 😀 \\", "plain é 😀 \\"), ("\u{1B}[2J", "\\x1b[2J"),
    ("\0\t\n\r", "\\x00\\x09\\x0a\\x0d"),
    ("\u{7F}\u{80}\u{9F}\u{A0}", "\\x7f\\u{80}\\u{9f}\u{A0}"),
    ("\u{200F}\u{202E}\u{2069}\u{61C}", "\\u{200f}\\u{202e}\\u{2069}\\u{61c}"), ("", ""),
  ])
  func `a text is shown as`(text: String, shown: String) {
    #expect(Array(TerminalText.escaped(text).utf8) == Array(shown.utf8))
  }
}
