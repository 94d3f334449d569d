/// A word of an expression.
struct ExpressionToken {
  enum Kind: Hashable {
    case word(String)
    case text([UInt8])
    case number(Double)
    /// An operator or a bracket.
    case symbol(String)
    case end
  }

  var kind: Kind
  /// UTF-8 offset.
  var offset: Int

  /// What a fault calls it.
  var name: String {
    switch kind {
    case .word(let word), .symbol(let word): "'\(word)'"
    case .text(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
    case .number: "a number"
    case .end: "the end"
    }
  }
}

/// Cuts an expression into words.
struct ExpressionTokens {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func next() throws(Expression.Fault) -> ExpressionToken {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    let start = at
    guard at < bytes.count else { return ExpressionToken(kind: .end, offset: start) }
    return ExpressionToken(kind: try kind(), offset: start)
  }

  private mutating func kind() throws(Expression.Fault) -> ExpressionToken.Kind {
    let byte = bytes[at]
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .text(try text()) }
    if byte == UInt8(ascii: "r"), at + 1 < bytes.count, Self.quotes.contains(bytes[at + 1]) {
      return .text(try rawText())
    }
    if Self.isDigit(byte) || byte == UInt8(ascii: "-") { return .number(try number()) }
    if Self.isLetter(byte) { return .word(word()) }
    return .symbol(try symbol())
  }

  private mutating func text() throws(Expression.Fault) -> [UInt8] {
    let start = at
    let quote = bytes[at]
    var text: [UInt8] = []
    at += 1
    while at < bytes.count, bytes[at] != quote {
      if bytes[at] == UInt8(ascii: "\\") {
        at += 1
        guard at < bytes.count, let plain = Self.escapes[bytes[at]] else {
          throw Expression.Fault("unknown escape in a text", at: at - 1, suggestion: "\\\\")
        }
        text.append(plain)
      } else {
        text.append(bytes[at])
      }
      at += 1
    }
    guard at < bytes.count else {
      throw Expression.Fault("a text begins here and does not end", at: start)
    }
    at += 1
    return text
  }

  private static let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]

  /// `r"\d+"`, in which a backslash is one.
  private mutating func rawText() throws(Expression.Fault) -> [UInt8] {
    let start = at
    let quote = bytes[at + 1]
    at += 2
    while at < bytes.count, bytes[at] != quote { at += 1 }
    guard at < bytes.count else {
      throw Expression.Fault("a text begins here and does not end", at: start)
    }
    at += 1
    return Array(bytes[(start + 2)..<(at - 1)])
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    UInt8(ascii: "'"): UInt8(ascii: "'"), UInt8(ascii: "n"): 0x0a, UInt8(ascii: "r"): 0x0d,
    UInt8(ascii: "t"): 0x09,
  ]

  private mutating func number() throws(Expression.Fault) -> Double {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    while at < bytes.count, Self.isDigit(bytes[at]) || bytes[at] == UInt8(ascii: ".") { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    let isFollowed = at < bytes.count && Self.isLetter(bytes[at])
    guard !isFollowed, !text.hasSuffix("."), let number = Double(text), number.isFinite else {
      throw Expression.Fault("not a number", at: start)
    }
    return number
  }

  private mutating func word() -> String {
    let start = at
    while at < bytes.count, Self.isLetter(bytes[at]) || Self.isDigit(bytes[at]) { at += 1 }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private static let symbols = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ",", ".",
  ]

  private mutating func symbol() throws(Expression.Fault) -> String {
    let rest = bytes[at...].prefix(2)
    if let symbol = Self.symbols.first(where: { rest.starts(with: $0.utf8) }) {
      at += symbol.utf8.count
      return symbol
    }
    let instead: [UInt8: String] = [
      UInt8(ascii: "="): "==", UInt8(ascii: "&"): "&&", UInt8(ascii: "|"): "||",
    ]
    var end = at + 1
    // The whole character, not its first byte.
    while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
    let character = String(decoding: bytes[at..<end], as: UTF8.self)
    throw Expression.Fault(
      "'\(character)' has no meaning here", at: at, suggestion: instead[bytes[at]])
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
  }
}
