extension JSONLineReader {
  /// The object begins at the line's first byte, but for blanks, a byte order mark, and what a
  /// collector put before it if the source says that one does.
  func skipToObject(_ line: Span<UInt8>, _ scan: inout Scan) throws(MalformedLine) {
    if line.count > 0, line[0] == UInt8(ascii: "{") { return }
    if line.count >= 3, line[0] == 0xef, line[1] == 0xbb, line[2] == 0xbf { scan.at = 3 }
    skipSpace(line, &scan)
    if scan.at < line.count, line[scan.at] == UInt8(ascii: "{") { return }
    if isListOfObjects(line, scan.at) { throw MalformedLine(.list, at: scan.at) }
    let end = min(line.count, Self.prefixBytesMax)
    guard hasPrefix, scan.at < end else { throw MalformedLine(.syntax, at: scan.at) }
    var from = scan.at
    while let brace = line.firstIndex(of: UInt8(ascii: "{"), in: from..<end) {
      from = brace + 1
      if isObjectStart(line, from) {
        scan.at = brace
        return
      }
    }
    throw MalformedLine(.syntax, at: scan.at)
  }

  /// What loggers that send over HTTP write for several records.
  func isListOfObjects(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start < line.count, line[start] == UInt8(ascii: "[") else { return false }
    var at = start + 1
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && line[at] == UInt8(ascii: "{") && isObjectStart(line, at + 1)
  }

  /// A key or the end follows the brace, so that it is none of a prefix's own.
  func isObjectStart(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var at = start
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && (line[at] == ASCII.quote || line[at] == UInt8(ascii: "}"))
  }

  @inline(__always)
  func skipSpace(_ line: Span<UInt8>, _ scan: inout Scan) {
    if scan.at < line.count, line[scan.at] > ASCII.space { return }
    skipSpaces(line, &scan)
  }

  func skipSpaces(_ line: Span<UInt8>, _ scan: inout Scan) {
    while scan.at < line.count, isSpace(line[scan.at]) { scan.at += 1 }
  }

  func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.carriageReturn
  }

  /// Moves past `byte` if it is next.
  @inline(__always)
  func take(
    _ byte: UInt8, _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Bool {
    guard scan.at < line.count else { throw MalformedLine(.syntax, at: scan.at) }
    guard line[scan.at] == byte else { return false }
    scan.at += 1
    return true
  }

  /// The inside of the string that begins here.
  @inline(__always)
  func readString(
    _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Range<Int> {
    guard try take(ASCII.quote, line, &scan) else { throw MalformedLine(.syntax, at: scan.at) }
    let start = scan.at
    let end = line.endOfQuoted(from: start, isEscaped: &scan.isEscaped)
    guard end < line.count else { throw MalformedLine(.syntax, at: line.count) }
    scan.at = end + 1
    return start..<end
  }

  /// A value without quotes.
  @inline(__always)
  func readBare(_ line: Span<UInt8>, _ scan: inout Scan) throws(MalformedLine) -> Range<Int> {
    hasBareValues ? bareValue(line, &scan) : try readWord(line, &scan)
  }

  /// A number, `true`, `false` or `null`.
  func readWord(
    _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Range<Int> {
    let start = scan.at
    while scan.at < line.count, Self.isWordByte(line[scan.at]) { scan.at += 1 }
    let range = start..<scan.at
    guard !range.isEmpty else { throw MalformedLine(.syntax, at: start) }
    let isName = line[start].isLetter
    guard
      !isName || isNull(line, range) || line.has("true", at: start, end: range.upperBound)
        || line.has("false", at: start, end: range.upperBound)
    else { throw MalformedLine(.syntax, at: start) }
    return range
  }

  /// Whatever a template put where a value belongs: up to the brace, or to a comma behind which
  /// a key begins.
  func bareValue(_ line: Span<UInt8>, _ scan: inout Scan) -> Range<Int> {
    let start = scan.at
    while scan.at < line.count, line[scan.at] != UInt8(ascii: "}"),
      line[scan.at] != UInt8(ascii: "]")
    {
      if line[scan.at] == ASCII.comma, isFollowedByKey(line, scan.at + 1) { break }
      scan.at += 1
    }
    var end = scan.at
    while end > start, isSpace(line[end - 1]) { end -= 1 }
    return start..<end
  }

  func isFollowedByKey(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var at = start
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && line[at] == ASCII.quote
  }

  @inline(__always)
  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte.isDigit || byte.isLetter || byte == ASCII.dash || byte == ASCII.dot
      || byte == UInt8(ascii: "+")
  }
}

extension Span<UInt8> {
  /// The offset of the quote that ends the string whose inside begins at `start`; the count of
  /// the span where none does. Reads eight bytes at a time, because most strings are short.
  @inline(__always)
  func endOfQuoted(from start: Int, isEscaped: inout Bool) -> Int {
    var at = start
    isEscaped = false
    while true {
      while at + 8 <= count {
        let hits = Self.quotesAndBackslashes(word(at: at))
        if hits != 0 {
          at += hits.trailingZeroBitCount >> 3
          break
        }
        at += 8
      }
      while at < count, self[at] != ASCII.quote, self[at] != ASCII.backslash { at += 1 }
      guard at < count, self[at] == ASCII.backslash else { return Swift.min(at, count) }
      isEscaped = true
      at += 2
    }
  }

  /// The high bit of each byte of `word` that is a quote or a backslash. Above the first such
  /// byte others may be marked too, which is why only the lowest mark counts.
  @inline(__always)
  private static func quotesAndBackslashes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(ASCII.quote))
    let backslashes = word ^ (ones &* UInt64(ASCII.backslash))
    return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes)
      & 0x8080_8080_8080_8080
  }
}
