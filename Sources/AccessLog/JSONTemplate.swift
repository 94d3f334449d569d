/// A template that is a JSON object as a whole: which key holds which variable.
struct JSONTemplate {
  /// One for each variable; `nil` for those that share their value with other text.
  private(set) var paths: [[[UInt8]]?]
  /// Where each variable stands, also those that share their value.
  private(set) var places: [[[UInt8]]?]

  private enum Piece: Equatable {
    case byte(UInt8)
    case variable(Int)
  }

  private let pieces: [Piece]
  private var index = 0

  /// `nil` where the template is no such object.
  init?(_ template: Template) {
    var pieces: [Piece] = []
    for (number, literal) in template.literals.enumerated() {
      pieces += literal.map(Piece.byte)
      if number < template.variables.count { pieces.append(.variable(number)) }
    }
    self.pieces = pieces
    paths = Array(repeating: nil, count: template.variables.count)
    places = paths
    guard object([]) else { return nil }
    skipSpace()
    guard index == pieces.count else { return nil }
  }

  private mutating func object(_ path: [[UInt8]]) -> Bool {
    guard path.count <= JSONLineReader.depthMax, take(UInt8(ascii: "{")) else { return false }
    if take(UInt8(ascii: "}")) { return true }
    repeat {
      guard let key = string(), take(ASCII.colon), value(path + [Self.bytes(key)]) else {
        return false
      }
    } while take(ASCII.comma)
    return take(UInt8(ascii: "}"))
  }

  private mutating func value(_ path: [[UInt8]]) -> Bool {
    skipSpace()
    guard index < pieces.count else { return false }
    switch pieces[index] {
    case .variable(let number):
      index += 1
      paths[number] = path
      places[number] = path
      return true
    case .byte(UInt8(ascii: "{")): return object(path)
    case .byte(ASCII.quote):
      guard let text = string() else { return false }
      for case .variable(let number) in text { places[number] = path }
      if text.count == 1, case .variable(let number) = text[0] { paths[number] = path }
      return true
    case .byte: return word()
    }
  }

  private static func bytes(_ pieces: [Piece]) -> [UInt8] {
    pieces.compactMap { piece in
      guard case .byte(let byte) = piece else { return nil }
      return byte
    }
  }

  /// A number or a name.
  private mutating func word() -> Bool {
    let start = index
    while index < pieces.count, case .byte(let byte) = pieces[index],
      byte.isDigit || byte.isLetter || byte == ASCII.dot || byte == ASCII.dash
    {
      index += 1
    }
    return index > start
  }

  /// What stands between two quotes.
  private mutating func string() -> [Piece]? {
    guard take(ASCII.quote) else { return nil }
    let start = index
    while index < pieces.count {
      if pieces[index] == .byte(ASCII.quote) {
        index += 1
        return Array(pieces[start..<index - 1])
      }
      index += pieces[index] == .byte(ASCII.backslash) ? 2 : 1
    }
    return nil
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard index < pieces.count, pieces[index] == .byte(byte) else { return false }
    index += 1
    return true
  }

  private mutating func skipSpace() {
    while index < pieces.count,
      [ASCII.space, ASCII.tab, ASCII.newline].contains(where: { pieces[index] == .byte($0) })
    {
      index += 1
    }
  }
}
