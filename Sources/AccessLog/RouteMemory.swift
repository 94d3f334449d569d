/// The routes of paths that came before in one block of lines. Many requests ask for one thing
/// among many: their paths differ in a number alone, and what stands around it is compared more
/// cheaply than a route is made and looked up. What is found never depends on what came before.
struct RouteMemory {
  private static let entryCount = 64
  /// Far below ``RouteTemplates/pathBytesMax``, so that no route is cut because of a long number.
  static let pathBytesMax = 128

  /// A path as it stood in the block, and its route.
  private struct Entry {
    var start: UInt32 = 0
    /// Bytes before the number, or of a path without one.
    var headCount: UInt16 = .max
    /// Where the rest begins, and its bytes.
    var tailStart: UInt16 = 0
    var tailCount: UInt16 = 0
    var symbol = Symbol.none
  }

  /// What is asked for: ranges of the block.
  struct Parts {
    var head: Range<Int>
    var tail: Range<Int>
    /// Without one between them the path is its own route.
    var hasNumber: Bool { tail.lowerBound > head.upperBound }
  }

  private var entries: [Entry] = []

  /// The parts of a path whose first segment that a route would not have begins at `replaced`,
  /// counted from its start; `nil` where that is more than a number.
  @inline(__always)
  static func parts(
    _ path: Range<Int>, _ replaced: Int?, of bytes: Span<UInt8>
  ) -> Parts? {
    guard path.count <= pathBytesMax else { return nil }
    guard let replaced else {
      return Parts(head: path, tail: path.upperBound..<path.upperBound)
    }
    let number = path.lowerBound + replaced
    var end = number
    while end < path.upperBound, bytes[end].isDigit { end += 1 }
    guard end > number, end == path.upperBound || bytes[end] == ASCII.slash else { return nil }
    return Parts(head: path.lowerBound..<number, tail: end..<path.upperBound)
  }

  /// The route of an earlier path with these parts.
  @inline(__always)
  func symbol(of parts: Parts, in bytes: Span<UInt8>) -> Symbol? {
    guard !entries.isEmpty else { return nil }
    let entry = entries[Self.place(of: parts, in: bytes)]
    guard Int(entry.headCount) == parts.head.count, Int(entry.tailCount) == parts.tail.count,
      (entry.tailStart > entry.headCount) == parts.hasNumber
    else { return nil }
    let start = Int(entry.start)
    let tail = start + Int(entry.tailStart)
    guard
      bytes.isEqual(parts.head, at: start), bytes.isEqual(parts.tail, at: tail)
    else { return nil }
    return entry.symbol
  }

  mutating func note(_ symbol: Symbol, of parts: Parts, in bytes: Span<UInt8>) {
    if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.entryCount) }
    entries[Self.place(of: parts, in: bytes)] = Entry(
      start: UInt32(truncatingIfNeeded: parts.head.lowerBound),
      headCount: UInt16(truncatingIfNeeded: parts.head.count),
      tailStart: UInt16(truncatingIfNeeded: parts.tail.lowerBound - parts.head.lowerBound),
      tailCount: UInt16(truncatingIfNeeded: parts.tail.count), symbol: symbol)
  }

  /// By the last bytes of both, and those before them: two paths may share a place.
  @inline(__always)
  private static func place(of parts: Parts, in bytes: Span<UInt8>) -> Int {
    var mixed = word(before: parts.head.upperBound, in: bytes)
    mixed ^= word(before: parts.tail.upperBound, in: bytes) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ UInt64(parts.tail.count)) &* 0xc2b2_ae3d_27d4_eb4f
    return Int(truncatingIfNeeded: mixed &>> 58)
  }

  @inline(__always)
  private static func word(before end: Int, in bytes: Span<UInt8>) -> UInt64 {
    end >= 8 ? bytes.word(at: end - 8) : 0
  }
}

extension Span<UInt8> {
  /// Whether the bytes of `range` stand at `offset`, too.
  @inline(__always)
  fileprivate func isEqual(_ range: Range<Int>, at offset: Int) -> Bool {
    var index = 0
    while index + 8 <= range.count {
      if word(at: range.lowerBound + index) != word(at: offset + index) { return false }
      index += 8
    }
    while index < range.count {
      if self[range.lowerBound + index] != self[offset + index] { return false }
      index += 1
    }
    return true
  }
}
