internal import Glibc

// The only file of the core that uses `unsafe`. `memchr` finds a byte about seven times faster
// than a loop over a span, and one unaligned load replaces eight checked ones in the hash;
// everything else reads through bounds-checked spans.

extension Span<UInt8> {
  /// The offset of the first `byte` at or after `start`.
  package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    precondition(start >= 0 && start <= count)
    return unsafe withUnsafeBytes { raw in
      guard let base = raw.baseAddress,
        let hit = unsafe memchr(base + start, Int32(byte), raw.count - start)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - base
    }
  }

  /// The offset of the first `byte` within `range`.
  package func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return unsafe withUnsafeBytes { raw in
      guard let base = raw.baseAddress,
        let hit = unsafe memchr(base + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return unsafe UnsafeRawPointer(hit) - base
    }
  }

  /// The offset of the last `byte` before the end.
  package func lastIndex(of byte: UInt8) -> Int? { lastIndex(of: byte, in: 0..<count) }

  /// The offset of the last `byte` within `range`.
  package func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    var offset = range.upperBound - 1
    while offset >= range.lowerBound {
      if self[offset] == byte { return offset }
      offset -= 1
    }
    return nil
  }

  /// The eight bytes at `offset`, the first one lowest.
  package func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset + 8 <= count)
    return unsafe withUnsafeBytes { raw in
      UInt64(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
  }

  /// Whether `text` stands at `offset` and ends by `end`.
  package func has(_ text: StaticString, at offset: Int, end: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard offset >= 0, offset + length <= end, end <= count else { return false }
    return unsafe withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return false }
      return unsafe memcmp(base + offset, text.utf8Start, length) == 0
    }
  }

  /// Whether both spans hold the same bytes.
  package func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard count > 0 else { return true }
    return unsafe withUnsafeBytes { a in
      unsafe other.withUnsafeBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return false }
        return unsafe memcmp(first, second, a.count) == 0
      }
    }
  }
}

extension [UInt8] {
  /// Appends all bytes of `span` in one copy.
  package mutating func append(contentsOf span: Span<UInt8>) {
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
