import ReadPermission

/// Words as a shell takes them, so that a printed command can be pasted.
enum ShellText {
  static func word(_ text: String) -> String {
    ShellWord.quoted(text)
  }

  static func command(_ words: [String]) -> String { words.map(word).joined(separator: " ") }
}
