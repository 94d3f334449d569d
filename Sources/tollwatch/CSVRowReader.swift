/// Splits a stream into rows of CSV as RFC 4180 has it, in memory of one row and one chunk:
/// quoted fields may hold separators, line breaks and doubled quotes. A byte order mark, CR LF
/// and empty lines are taken as they come.
struct CSVRowReader {
  /// A longer row is a fault: most likely a quote was opened and nothing closes it.
  static let rowBytesMax = 1 << 20

  private enum State { case fieldStart, plain, quoted, quoteInQuoted }

  /// Of the row under way or just read; quotes are part of them.
  private(set) var fields: [Range<Int>] = []

  private var bytes: [UInt8] = []
  private var start = 0
  /// Behind the row, and behind its line end.
  private var end = 0
  private var at = 0
  private var fieldStart = 0
  private var state = State.fieldStart
  private var isWhole = false
  private var isPastMark = false
  /// On which line, from 1, the row begins, and on which the byte at ``at`` lies.
  private var line = 1
  private var lineAt = 1

  /// Takes further bytes, and lets go of the rows that were read.
  mutating func append(_ chunk: ArraySlice<UInt8>) {
    if isWhole { begin() }
    bytes.removeFirst(start)
    fields = fields.map { $0.lowerBound - start..<$0.upperBound - start }
    (at, fieldStart, start) = (at - start, fieldStart - start, 0)
    bytes.append(contentsOf: chunk)
  }

  /// Moves to the next row that is not empty; false where more bytes are needed, or at the end.
  mutating func next(isAtEnd: Bool) throws(CSVFault) -> Bool {
    guard skipMark(isAtEnd: isAtEnd) else { return false }
    while true {
      if isWhole { begin() }
      while at < bytes.count, !isWhole {
        at += 1
        try take(bytes[at - 1])
      }
      if isAtEnd, !isWhole, start < at { try endRow(at: at) }
      guard isWhole else {
        if at - start > Self.rowBytesMax { throw fault(at: start, "a row of more than 1 MiB") }
        return false
      }
      if end > start { return true }
    }
  }

  /// The row as it came, without its line end.
  var row: ArraySlice<UInt8> { bytes[start..<end] }

  /// Its line end; a last row without one gets that of Unix.
  var ending: ArraySlice<UInt8> { end < at ? bytes[end..<at] : [0x0a] }

  /// A field without its quotes and the blanks around it.
  func text(_ index: Int) -> String {
    var field = bytes[fields[index]]
    guard field.first == UInt8(ascii: "\"") else {
      while let byte = field.first, byte == 0x20 || byte == 0x09 { field.removeFirst() }
      while let byte = field.last, byte == 0x20 || byte == 0x09 { field.removeLast() }
      return String(decoding: field, as: UTF8.self)
    }
    return String(decoding: field.dropFirst().dropLast(), as: UTF8.self)
      .replacing("\"\"", with: "\"")
  }

  /// What is wrong with field `index` of the row; behind the last field, with the row.
  func fault(_ index: Int, _ message: String, suggestion: String? = nil) -> CSVFault {
    fault(at: index < fields.count ? fields[index].lowerBound : start, message, suggestion)
  }

  private func fault(at place: Int, _ message: String, _ suggestion: String? = nil) -> CSVFault {
    let before = bytes[start..<place]
    let sameLine = before.lastIndex(of: 0x0a).map { before[($0 + 1)...] } ?? before
    return CSVFault(
      line: line + before.count { $0 == 0x0a }, column: sameLine.count { $0 & 0xc0 != 0x80 } + 1,
      message: message, suggestion: suggestion)
  }

  // MARK: - Bytes

  /// False while it cannot be told yet whether the stream begins with a byte order mark.
  private mutating func skipMark(isAtEnd: Bool) -> Bool {
    guard !isPastMark, bytes.count >= 3 || isAtEnd else { return isPastMark }
    isPastMark = true
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    return true
  }

  private mutating func begin() {
    (start, fieldStart, line, state, isWhole) = (at, at, lineAt, .fieldStart, false)
    fields.removeAll(keepingCapacity: true)
  }

  private mutating func take(_ byte: UInt8) throws(CSVFault) {
    if byte == 0x0a { lineAt += 1 }
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
    case (.quoted, _): break
    case (.quoteInQuoted, UInt8(ascii: "\"")), (.fieldStart, UInt8(ascii: "\"")): state = .quoted
    case (_, UInt8(ascii: ",")):
      fields.append(fieldStart..<at - 1)
      (fieldStart, state) = (at, .fieldStart)
    case (_, 0x0a): try endRow(at: at - 1)
    case (.quoteInQuoted, 0x0d): break
    case (.quoteInQuoted, _): throw fault(at: at - 1, "text behind a closing quote")
    default: state = .plain
    }
  }

  private mutating func endRow(at place: Int) throws(CSVFault) {
    if state == .quoted { throw fault(at: fieldStart, "a quote that nothing closes") }
    end = place > start && bytes[place - 1] == 0x0d ? place - 1 : place
    fields.append(min(fieldStart, end)..<end)
    isWhole = true
  }
}
