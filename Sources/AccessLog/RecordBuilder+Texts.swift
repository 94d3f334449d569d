extension RecordBuilder.Work {
  /// Where `text` stands in the batch, with its escapes undone.
  @inline(__always)
  mutating func resolve(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>
  ) -> RecordBatch.TextRange {
    if text.isAbsent { return .absent }
    let start = lineStart + Int(text.start)
    let range = start..<start + Int(text.count)
    if !text.isEscaped, !text.isPercentEncoded { return RecordBatch.TextRange(range) }
    return unescape(text, bytes.extracting(range))
  }

  private mutating func unescape(
    _ text: RecordFields.Text, _ raw: Span<UInt8>
  ) -> RecordBatch.TextRange {
    let start = unescaped.count
    if text.isEscaped {
      reader.unescape(raw, into: &unescaped)
    } else {
      unescaped.append(contentsOf: raw)
    }
    if text.isPercentEncoded { PercentEncoding.decode(&unescaped, from: start) }
    if text.isEncodedTwice { PercentEncoding.decode(&unescaped, from: start) }
    return .unescaped(start..<unescaped.count)
  }

  @inline(__always)
  mutating func intern(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>, into table: inout SymbolTable
  ) -> Symbol {
    if text.isAbsent { return .none }
    // Apart, because resolving may lengthen the text that is interned next.
    let range = resolve(text, bytes)
    return intern(range, bytes, tag: 0, into: &table)
  }

  @inline(__always)
  func intern(
    _ range: RecordBatch.TextRange, _ bytes: Span<UInt8>, tag: UInt8,
    into table: inout SymbolTable
  ) -> Symbol {
    if range.isUnescaped {
      return table.symbol(for: unescaped.span.extracting(range.range), tag: tag)
    }
    return table.symbol(for: bytes.extracting(range.range), tag: tag)
  }

  /// Offset of the first `wanted` from the start of `range`.
  @inline(__always)
  func index(
    of wanted: UInt8, in range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> Int? {
    let place = range.range
    let found =
      range.isUnescaped
      ? unescaped.span.firstIndex(of: wanted, in: place)
      : bytes.firstIndex(of: wanted, in: place)
    return found.map { $0 - place.lowerBound }
  }

  @inline(__always)
  func byte(_ offset: Int, of range: RecordBatch.TextRange, _ bytes: Span<UInt8>) -> UInt8 {
    let index = range.range.lowerBound + offset
    return range.isUnescaped ? unescaped[index] : bytes[index]
  }

  @inline(__always)
  func first(_ range: RecordBatch.TextRange, _ bytes: Span<UInt8>) -> UInt8? {
    range.count == 0 ? nil : byte(0, of: range, bytes)
  }
}

extension RecordBuilder.Work {
  /// A query that is logged by itself; Apache's `%q` has the question mark.
  mutating func query(
    _ text: RecordFields.Text, _ bytes: Span<UInt8>
  ) -> RecordBatch.TextRange {
    let range = resolve(text, bytes)
    guard first(range, bytes) == UInt8(ascii: "?") else { return range }
    return range.count > 1 ? range.dropping(1) : .absent
  }
}

// MARK: - Absolute targets

extension RecordBuilder.Work {
  /// The path and query of `http://host/path?query`; other targets, such as `*`, as they are.
  mutating func pathOfURL(
    _ range: RecordBatch.TextRange, _ bytes: Span<UInt8>
  ) -> RecordBatch.TextRange {
    guard let authority = authority(range, bytes) else { return range }
    let end = authority.upperBound
    if end < range.count, byte(end, of: range, bytes) == ASCII.slash { return range.dropping(end) }
    // An empty path is the root; a query may follow it all the same.
    let start = unescaped.count
    unescaped.append(ASCII.slash)
    for offset in end..<Int(range.count) { unescaped.append(byte(offset, of: range, bytes)) }
    return .unescaped(start..<unescaped.count)
  }

  /// Where the host and port of an absolute URL stand, counted from the start of `range`.
  func authority(_ range: RecordBatch.TextRange, _ bytes: Span<UInt8>) -> Range<Int>? {
    guard let colon = index(of: ASCII.colon, in: range, bytes), colon > 0,
      colon + 3 <= range.count, byte(colon + 1, of: range, bytes) == ASCII.slash,
      byte(colon + 2, of: range, bytes) == ASCII.slash
    else { return nil }
    var end = colon + 3
    while end < range.count {
      let next = byte(end, of: range, bytes)
      if next == ASCII.slash || next == UInt8(ascii: "?") { break }
      end += 1
    }
    return colon + 3..<end
  }
}

extension RecordBatch.TextRange {
  @inline(__always)
  init(_ range: Range<Int>) {
    self.init(
      start: UInt32(truncatingIfNeeded: range.lowerBound),
      count: UInt32(truncatingIfNeeded: range.count))
  }

  static func unescaped(_ range: Range<Int>) -> Self {
    Self(
      start: UInt32(truncatingIfNeeded: range.lowerBound) | unescapedBit,
      count: UInt32(truncatingIfNeeded: range.count))
  }

  /// It stands in the batch's unescaped text.
  @inline(__always)
  var isUnescaped: Bool { start & Self.unescapedBit != 0 }

  /// In the text where it stands.
  @inline(__always)
  var range: Range<Int> {
    let first = Int(start & ~Self.unescapedBit)
    return first..<first + Int(count)
  }

  @inline(__always)
  func dropping(_ offset: Int) -> Self {
    Self(
      start: start + UInt32(truncatingIfNeeded: offset),
      count: count - UInt32(truncatingIfNeeded: offset))
  }
}

/// A set of HTTP statuses.
struct StatusSet: Sendable {
  private var words: [16 of UInt64] = .init(repeating: 0)

  init(_ statuses: [Int]) {
    for status in statuses where status >= 0 && status < 1024 {
      words[status / 64] |= 1 << UInt64(status % 64)
    }
  }

  @inline(__always)
  func contains(_ status: Int32) -> Bool {
    guard status >= 0, status < 1024 else { return false }
    return words[Int(status) / 64] >> UInt64(status % 64) & 1 == 1
  }
}
