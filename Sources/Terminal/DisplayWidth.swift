/// How many columns of a terminal a text takes.
///
/// As terminals do, it adds up scalars: two columns for what East Asian Width (UAX #11) calls
/// wide and for emoji, none for marks that sit on the character before, one for all else.
public enum DisplayWidth {
  /// Columns of `text`, in which nothing may act on the terminal (see ``TerminalText``).
  public static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// The longest beginning of `text` that fits `columns`, with an ellipsis where it was cut.
  public static func cut(_ text: String, to columns: Int) -> String {
    guard of(text) > columns else { return text }
    guard columns > 0 else { return "" }
    var kept = ""
    var width = 1  // of the ellipsis
    for character in text {
      let more = of(String(character))
      guard width + more <= columns else { break }
      kept.append(character)
      width += more
    }
    return kept + "…"
  }

  /// `text` without its middle: names of one kind begin alike, and routes differ in their ends.
  public static func cutInside(_ text: String, to columns: Int) -> String {
    guard of(text) > columns, columns > 2 else { return cut(text, to: columns) }
    let tailWidth = (columns - 1) / 2
    var tail: [Character] = []
    var width = 0
    for character in text.reversed() {
      width += of(String(character))
      guard width <= tailWidth else { break }
      tail.append(character)
    }
    return cut(text, to: columns - tailWidth) + String(tail.reversed())
  }

  /// `text` in lines of at most `columns`, broken at blanks; a word that is longer is broken
  /// where it must be, or stays whole where it is to be copied.
  public static func wrap(
    _ text: String, to columns: Int, breaksWords: Bool = true
  ) -> [String] {
    let columns = max(columns, 1)
    var lines: [String] = []
    var line = ""
    var width = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
      if !line.isEmpty, width + 1 + of(word) > columns {
        lines.append(line)
        (line, width) = ("", 0)
      }
      for character in line.isEmpty ? word : " " + word {
        let more = of(String(character))
        if breaksWords, width + more > columns, !line.isEmpty {
          lines.append(line)
          (line, width) = ("", 0)
        }
        line.append(character)
        width += more
      }
    }
    return lines + (line.isEmpty ? [] : [line])
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    if isMark(scalar) { return 0 }
    return isWide(scalar) ? 2 : 1
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: true
    // The vowels and finals of Hangul join the leading consonant.
    default: (0x1160...0x11FF).contains(scalar.value)
    }
  }

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,
      0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB,
      0x1F200...0x1F265, 0x20000...0x3FFFD:
      true
    // Two regional indicators together make one flag of two columns.
    case 0x1F1E6...0x1F1FF: false
    default: scalar.properties.isEmojiPresentation
    }
  }
}
