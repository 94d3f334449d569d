/// The words of a line of a gateway's configuration, with their quoting undone: Apache, HAProxy,
/// the shell.
enum ConfigurationWords {
  struct Word {
    var bytes: [TemplateByte]
    var text: String { String(decoding: bytes.map(\.value), as: UTF8.self) }
  }

  /// Words between white space; quotes keep a word together, and a backslash keeps the byte
  /// behind it from meaning anything.
  /// - Parameter dropsEveryBackslash: as HAProxy does outside of single quotes; Apache leaves
  ///   those that stand before no quote or backslash.
  static func words(
    of text: String, dropsEveryBackslash: Bool = false
  ) throws(FormatFault) -> [Word] {
    let bytes = Array(text.utf8)
    var words: [Word] = []
    var index = 0
    while true {
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
      guard index < bytes.count else { return words }
      words.append(try word(bytes, &index, dropsEveryBackslash))
    }
  }

  private static func word(
    _ bytes: [UInt8], _ index: inout Int, _ dropsEveryBackslash: Bool
  ) throws(FormatFault) -> Word {
    var word = Word(bytes: [])
    var quote: (byte: UInt8, offset: Int)?
    while index < bytes.count {
      let byte = bytes[index]
      if quote == nil, isSpace(byte) { return word }
      defer { index += 1 }
      if let open = quote, byte == open.byte {
        quote = nil
      } else if quote == nil, byte == ASCII.quote || byte == UInt8(ascii: "'") {
        quote = (byte, index)
      } else if byte == ASCII.backslash, index + 1 < bytes.count,
        keepsNext(bytes[index + 1], dropsEveryBackslash && quote?.byte != UInt8(ascii: "'"))
      {
        index += 1
        word.bytes.append(TemplateByte(value: bytes[index], offset: index - 1))
      } else {
        word.bytes.append(TemplateByte(value: byte, offset: index))
      }
    }
    if let quote { throw FormatFault("a quote is never closed", at: quote.offset) }
    return word
  }

  private static func keepsNext(_ byte: UInt8, _ dropsEveryBackslash: Bool) -> Bool {
    dropsEveryBackslash || byte == ASCII.quote || byte == ASCII.backslash
      || byte == UInt8(ascii: "'")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.newline
      || byte == ASCII.carriageReturn
  }
}
