/// Finds a `log_format` in the text of an nginx configuration, so that a source can name the file
/// that the gateway itself reads.
public enum NginxConfiguration {
  /// The statement `log_format name …;` in `text`, as it stands there; without a name the only
  /// one.
  ///
  /// Files that `text` includes are not read: the file that holds the statement is the one to
  /// name.
  public static func logFormat(
    named name: String?, in text: String
  ) throws(FormatFault) -> String {
    var scan = Scan(bytes: Array(text.utf8))
    var found: [(name: String, text: String)] = []
    while let statement = scan.nextLogFormat() { found.append(statement) }
    return try FormatChoice.one(of: found, named: name, statement: "log_format")
  }

  private struct Scan {
    let bytes: [UInt8]
    var at = 0

    /// The next `log_format` statement: its name, and its text from the keyword to the
    /// semicolon.
    mutating func nextLogFormat() -> (name: String, text: String)? {
      while let word = nextWord() {
        guard bytes[word].elementsEqual("log_format".utf8), let name = nextWord() else { continue }
        while let part = nextWord(), part.count != 1 || bytes[part.lowerBound] != Self.semicolon {}
        return (Self.text(bytes[name]), Self.text(bytes[word.lowerBound..<at]))
      }
      return nil
    }

    private static let semicolon = UInt8(ascii: ";")

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
      String(decoding: bytes, as: UTF8.self)
    }

    /// A word, quoted or not, or one of `;`, `{` and `}`; comments are skipped.
    private mutating func nextWord() -> Range<Int>? {
      skipBlanks()
      guard at < bytes.count else { return nil }
      let start = at
      let first = bytes[at]
      at += 1
      if isPunctuation(first) { return start..<at }
      if first == ASCII.quote || first == UInt8(ascii: "'") {
        while at < bytes.count, bytes[at] != first {
          at += bytes[at] == ASCII.backslash ? 2 : 1
        }
        at = min(at + 1, bytes.count)
        return start..<at
      }
      while at < bytes.count, !isBlank(bytes[at]), !isPunctuation(bytes[at]) { at += 1 }
      return start..<at
    }

    private mutating func skipBlanks() {
      while at < bytes.count {
        if bytes[at] == UInt8(ascii: "#") {
          while at < bytes.count, bytes[at] != ASCII.newline { at += 1 }
        } else if isBlank(bytes[at]) {
          at += 1
        } else {
          return
        }
      }
    }

    private func isPunctuation(_ byte: UInt8) -> Bool {
      byte == Self.semicolon || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
    }

    private func isBlank(_ byte: UInt8) -> Bool {
      byte == ASCII.space || byte == ASCII.tab || byte == ASCII.newline
        || byte == ASCII.carriageReturn
    }
  }
}
