/// Words as a shell takes them, so that a printed command can be pasted.
enum ShellText {
  static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte) || "/._-+=:@%,".utf8.contains(byte)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  static func command(_ words: [String]) -> String { words.map(word).joined(separator: " ") }
}
