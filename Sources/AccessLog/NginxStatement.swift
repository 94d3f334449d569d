/// The words of a `log_format` statement, with the quoting of nginx's configuration undone.
///
/// `log_format name escape=json '…' '…';`
struct NginxStatement {
  enum Escape: String, CaseIterable {
    case `default`
    case json
    case none
  }

  private let bytes: [UInt8]
  private var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The quoted parts, or `nil` where `bytes` is a bare template.
  mutating func parts(
    _ escape: inout Escape
  ) throws(FormatFault) -> [[TemplateByte]]? {
    skipSpace()
    guard isQuote || startsWithKeyword else { return nil }
    if startsWithKeyword {
      index += Self.keyword.count
      // The name of the format.
      _ = try word()
    }
    var parts: [[TemplateByte]] = []
    while true {
      skipSpace()
      guard index < bytes.count, bytes[index] != UInt8(ascii: ";") else { break }
      let isQuoted = isQuote
      let start = index
      let part = try word()
      if parts.isEmpty, !isQuoted, let value = try escapeValue(part, at: start) {
        escape = value
      } else {
        parts.append(part)
      }
    }
    return parts
  }

  private static let keyword = Array("log_format".utf8)

  private var startsWithKeyword: Bool {
    let end = index + Self.keyword.count
    return end < bytes.count && Array(bytes[index..<end]) == Self.keyword && isSpace(bytes[end])
  }

  private var isQuote: Bool {
    index < bytes.count && (bytes[index] == UInt8(ascii: "'") || bytes[index] == ASCII.quote)
      && (index > 0 || bytes[index] == UInt8(ascii: "'"))
  }

  private func escapeValue(
    _ part: [TemplateByte], at offset: Int
  ) throws(FormatFault) -> Escape? {
    let text = String(decoding: part.map(\.value), as: UTF8.self)
    guard text.hasPrefix("escape=") else { return nil }
    let value = String(text.dropFirst("escape=".count))
    guard let escape = Escape(rawValue: value) else {
      throw FormatFault(
        "'\(value)' is no way to escape", at: offset + 7, suggestion: "default, json or none")
    }
    return escape
  }

  /// One word, quoted or not. A backslash keeps a quote or a backslash from meaning anything,
  /// and `\t`, `\r`, `\n` are what they are in nginx.
  private mutating func word() throws(FormatFault) -> [TemplateByte] {
    skipSpace()
    let start = index
    guard index < bytes.count else {
      throw FormatFault("the statement ends too early", at: index)
    }
    let quote =
      bytes[index] == UInt8(ascii: "'") || bytes[index] == ASCII.quote
      ? bytes[index] : nil
    if quote != nil { index += 1 }
    var word: [TemplateByte] = []
    while index < bytes.count {
      let byte = bytes[index]
      if let quote, byte == quote {
        index += 1
        return word
      }
      if quote == nil, isSpace(byte) || byte == UInt8(ascii: ";") { return word }
      word.append(unescaped())
    }
    if quote != nil { throw FormatFault("a quote is never closed", at: start) }
    return word
  }

  /// The next byte, or what an escape stands for; moves past it.
  private mutating func unescaped() -> TemplateByte {
    let offset = index
    index += 1
    guard bytes[offset] == ASCII.backslash, index < bytes.count else {
      return TemplateByte(value: bytes[offset], offset: offset)
    }
    let value: UInt8
    switch bytes[index] {
    case UInt8(ascii: "t"): value = ASCII.tab
    case UInt8(ascii: "r"): value = ASCII.carriageReturn
    case UInt8(ascii: "n"): value = ASCII.newline
    case UInt8(ascii: "'"), ASCII.quote, ASCII.backslash: value = bytes[index]
    default: return TemplateByte(value: bytes[offset], offset: offset)
    }
    index += 1
    return TemplateByte(value: value, offset: offset)
  }

  /// Also past comments, which begin where a word could.
  private mutating func skipSpace() {
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "#") {
        while index < bytes.count, bytes[index] != ASCII.newline { index += 1 }
      } else if isSpace(bytes[index]) {
        index += 1
      } else {
        return
      }
    }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.newline
      || byte == ASCII.carriageReturn
  }
}
