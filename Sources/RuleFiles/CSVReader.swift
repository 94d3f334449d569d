import AccessLog

/// Reads CSV as RFC 4180 has it, row by row over bytes: quoted fields may hold separators, line
/// breaks and doubled quotes. A byte order mark, CR LF and empty lines are taken as they come.
struct CSVReader: ~Copyable {
  enum Fault: Error {
    /// A quote opens a field and nothing closes it.
    case openQuote
    /// Text stands behind the closing quote of a field.
    case textAfterQuote
  }

  /// The line on which the current row begins, from 1.
  private(set) var line = 0
  private(set) var fieldCount = 0

  private let bytes: [UInt8]
  private var at: Int
  private var nextLine = 1
  private var rowStart = 0
  /// Ranges of the fields without their quotes; reused from row to row.
  private var fields: [(range: Range<Int>, hasDoubledQuotes: Bool)] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    at = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
  }

  /// Moves to the next row that is not empty; false at the end.
  mutating func next() throws(Fault) -> Bool {
    while at < bytes.count {
      line = nextLine
      rowStart = at
      fieldCount = 0
      try readRow()
      let isEmpty = fieldCount == 1 && fields[0].range.isEmpty
      if !isEmpty { return true }
    }
    return false
  }

  /// The text of field `index`; invalid UTF-8 is replaced.
  func text(_ index: Int) -> String {
    let field = fields[index]
    guard field.hasDoubledQuotes else {
      return String(decoding: bytes[field.range], as: UTF8.self)
    }
    var plain: [UInt8] = []
    var isSecond = false
    for byte in bytes[field.range] {
      isSecond = byte == UInt8(ascii: "\"") && !isSecond
      if !isSecond { plain.append(byte) }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  /// Where field `index` begins, in Unicode scalars from 1; rows of several lines have only their
  /// beginning.
  func column(of index: Int) -> Int {
    let before = bytes[rowStart..<fields[index].range.lowerBound]
    return before.contains(0x0a) ? 1 : before.count { $0 & 0xc0 != 0x80 } + 1
  }

  func isEmpty(_ index: Int) -> Bool { fields[index].range.isEmpty }

  /// Without blanks around it.
  func trimmedText(_ index: Int) -> String {
    let text = text(index)
    guard let first = text.first, let last = text.last, first == " " || last == " " else {
      return text
    }
    return text.trimmingBlanks
  }

  private mutating func readRow() throws(Fault) {
    while true {
      try readField()
      guard at < bytes.count else { return }
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == 0x0d, at < bytes.count, bytes[at] == 0x0a { at += 1 }
      nextLine += 1
      return
    }
  }

  /// Reads up to the separator or line break, which it leaves.
  private mutating func readField() throws(Fault) {
    let start = at
    if at < bytes.count, bytes[at] == UInt8(ascii: "\"") { return try readQuotedField() }
    while at < bytes.count, !Self.isEnd(bytes[at]) { at += 1 }
    append(start..<at, hasDoubledQuotes: false)
  }

  private mutating func readQuotedField() throws(Fault) {
    at += 1
    let start = at
    var hasDoubledQuotes = false
    while true {
      guard at < bytes.count else { throw .openQuote }
      let byte = bytes[at]
      at += 1
      if byte == 0x0a { nextLine += 1 }
      guard byte == UInt8(ascii: "\"") else { continue }
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { break }
      hasDoubledQuotes = true
      at += 1
    }
    append(start..<at - 1, hasDoubledQuotes: hasDoubledQuotes)
    if at < bytes.count, !Self.isEnd(bytes[at]) { throw .textAfterQuote }
  }

  private mutating func append(_ range: Range<Int>, hasDoubledQuotes: Bool) {
    if fieldCount < fields.count {
      fields[fieldCount] = (range, hasDoubledQuotes)
    } else {
      fields.append((range, hasDoubledQuotes))
    }
    fieldCount += 1
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x0a || byte == 0x0d
  }
}

extension String {
  var trimmingBlanks: String {
    var rest = self[...]
    while rest.first == " " || rest.first == "\t" { rest.removeFirst() }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return String(rest)
  }
}
