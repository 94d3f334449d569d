/// How the contents of two segments relate, byte by byte and decompressed.
enum SegmentComparison: Equatable {
  case same
  case firstIsPrefix
  case secondIsPrefix
  /// They differ; whether the first one comes first as bytes do.
  case different(isAscending: Bool)

  /// Reads both side by side and stops at the first difference. Faults count as the end of a
  /// stretch and no more: half a `.gz` is a prefix of the whole.
  init(_ first: Segment, _ second: Segment) throws(IngestError) {
    var first = ContentReader(try SegmentReader(first))
    var second = ContentReader(try SegmentReader(second))
    while true {
      let hasFirst = try first.fill()
      let hasSecond = try second.fill()
      guard hasFirst && hasSecond else {
        self = hasFirst ? .secondIsPrefix : hasSecond ? .firstIsPrefix : .same
        return
      }
      let count = min(first.rest.count, second.rest.count)
      let (a, b) = (first.rest.prefix(count), second.rest.prefix(count))
      guard a == b else {
        self = .different(isAscending: a.lexicographicallyPrecedes(b))
        return
      }
      first.rest = first.rest.dropFirst(count)
      second.rest = second.rest.dropFirst(count)
    }
  }
}

/// The bytes of a segment without what happened between them.
private struct ContentReader: ~Copyable {
  var rest: ArraySlice<UInt8> = []
  private var reader: SegmentReader

  init(_ reader: consuming SegmentReader) { self.reader = reader }

  /// Makes sure that there are bytes in `rest`; false at the end.
  mutating func fill() throws(IngestError) -> Bool {
    while rest.isEmpty {
      guard let event = try reader.next() else { return false }
      if case .chunk(let bytes, _) = event { rest = bytes[...] }
    }
    return true
  }
}
