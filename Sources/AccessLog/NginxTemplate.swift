/// The text of an nginx `log_format`, taken apart: literal text and variables in turn.
struct NginxTemplate {
  enum Escape: String, CaseIterable {
    case `default`
    case json
    case none
  }

  struct Variable: Hashable {
    var name: String
    /// Where its `$` stands in what the user wrote.
    var offset: Int
  }

  var escape = Escape.default
  /// One more than there are variables: what stands before each, and after the last.
  var literals: [[UInt8]] = [[]]
  var variables: [Variable] = []

  /// Reads the bare template, or the whole statement:
  /// `log_format name escape=json '…' '…';`.
  init(_ text: String) throws(FormatFault) {
    let bytes = Array(text.utf8)
    var statement = Statement(bytes: bytes)
    if let parts = try statement.parts(&escape) {
      for part in parts { try take(part) }
    } else {
      try take(bytes.indices.map { Statement.Byte(value: bytes[$0], offset: $0) })
    }
    guard !variables.isEmpty else {
      throw FormatFault(
        "the format has no variables", at: 0,
        suggestion: "write the text of the gateway's own log_format, or a preset: combined, main")
    }
  }

  private mutating func take(_ bytes: [Statement.Byte]) throws(FormatFault) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte.value == UInt8(ascii: "$") else {
        literals[literals.count - 1].append(byte.value)
        continue
      }
      let name = try variableName(bytes, &index, dollar: byte.offset)
      variables.append(Variable(name: name, offset: byte.offset))
      literals.append([])
    }
  }

  /// `name` or `{name}`, after the dollar.
  private func variableName(
    _ bytes: [Statement.Byte], _ index: inout Int, dollar: Int
  ) throws(FormatFault) -> String {
    let isBraced = index < bytes.count && bytes[index].value == UInt8(ascii: "{")
    if isBraced { index += 1 }
    var name: [UInt8] = []
    while index < bytes.count, Self.isNameByte(bytes[index].value) {
      name.append(bytes[index].value)
      index += 1
    }
    if isBraced {
      guard index < bytes.count, bytes[index].value == UInt8(ascii: "}") else {
        throw FormatFault("'${' without '}'", at: dollar)
      }
      index += 1
    }
    guard !name.isEmpty else {
      throw FormatFault("'$' without the name of a variable", at: dollar)
    }
    return String(decoding: name, as: UTF8.self)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_")
  }
}

/// The words of a `log_format` statement, with the quoting of nginx's configuration undone.
private struct Statement {
  struct Byte {
    var value: UInt8
    /// In what the user wrote.
    var offset: Int
  }

  let bytes: [UInt8]
  private var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// The quoted parts, or `nil` where `bytes` is a bare template.
  mutating func parts(
    _ escape: inout NginxTemplate.Escape
  ) throws(FormatFault) -> [[Byte]]? {
    skipSpace()
    guard isQuote || startsWithKeyword else { return nil }
    if startsWithKeyword {
      index += Self.keyword.count
      // The name of the format.
      _ = try word()
    }
    var parts: [[Byte]] = []
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
    _ part: [Byte], at offset: Int
  ) throws(FormatFault) -> NginxTemplate.Escape? {
    let text = String(decoding: part.map(\.value), as: UTF8.self)
    guard text.hasPrefix("escape=") else { return nil }
    let value = String(text.dropFirst("escape=".count))
    guard let escape = NginxTemplate.Escape(rawValue: value) else {
      throw FormatFault(
        "'\(value)' is no way to escape", at: offset + 7, suggestion: "default, json or none")
    }
    return escape
  }

  /// One word, quoted or not. A backslash keeps a quote or a backslash from meaning anything,
  /// and `\t`, `\r`, `\n` are what they are in nginx.
  private mutating func word() throws(FormatFault) -> [Byte] {
    skipSpace()
    let start = index
    guard index < bytes.count else {
      throw FormatFault("the statement ends too early", at: index)
    }
    let quote =
      bytes[index] == UInt8(ascii: "'") || bytes[index] == ASCII.quote
      ? bytes[index] : nil
    if quote != nil { index += 1 }
    var word: [Byte] = []
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
  private mutating func unescaped() -> Byte {
    let offset = index
    index += 1
    guard bytes[offset] == ASCII.backslash, index < bytes.count else {
      return Byte(value: bytes[offset], offset: offset)
    }
    let value: UInt8
    switch bytes[index] {
    case UInt8(ascii: "t"): value = ASCII.tab
    case UInt8(ascii: "r"): value = ASCII.carriageReturn
    case UInt8(ascii: "n"): value = ASCII.newline
    case UInt8(ascii: "'"), ASCII.quote, ASCII.backslash: value = bytes[index]
    default: return Byte(value: bytes[offset], offset: offset)
    }
    index += 1
    return Byte(value: value, offset: offset)
  }

  private mutating func skipSpace() {
    while index < bytes.count, isSpace(bytes[index]) { index += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.newline
      || byte == ASCII.carriageReturn
  }
}
