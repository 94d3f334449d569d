/// A short name for a text, numbered in order of first appearance in one table.
///
/// Symbols of a batch mean something inside that batch alone; the engine translates them in
/// batch order, so how many threads parse, and where they cut, never shows in the output.
public struct Symbol: Hashable, Sendable {
  public var index: UInt32

  public init(index: UInt32) { self.index = index }

  /// The field was absent.
  public static let none = Symbol(index: .max)
}

/// The texts behind the symbols, end to end in one array.
///
/// A text that was seen before is found again without allocating. The hash is keyed, and the
/// tag keeps equal texts of different meaning apart. A text may be withheld: then it is known by
/// its hash alone, which is keyed, so that nobody can aim at it.
public struct SymbolTable: Sendable {
  private let hash: SipHash
  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  private var slots: [UInt32]  // 0 is free, else index + 1; a power of two, at most half full

  /// What a look asks for stands together: a miss of the cache costs more than the look.
  private struct Entry: Sendable {
    var hash: UInt64
    var start: UInt32
    var count: UInt32
    var tag: UInt8
    var isWithheld = false
  }

  public init(hash: SipHash) {
    self.hash = hash
    slots = Array(repeating: 0, count: 64)
  }

  public var count: Int { entries.count }

  /// Bytes of text held.
  public var textBytes: Int { bytes.count }

  /// The symbol for `text`, new or known.
  package mutating func symbol(for text: Span<UInt8>, tag: UInt8 = 0) -> Symbol {
    let hashed = hash.hash(text, tag: tag)
    var slot = Int(truncatingIfNeeded: hashed) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = slots[slot] - 1
      if matches(Int(index), hashed, text, tag) { return Symbol(index: index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return insert(text, hashed, tag, at: slot)
  }

  /// The symbol for what `other` calls `symbol`, new or known; `nil` where it is new and `mayAdd`
  /// is false. The hash is not taken again where both tables have the same key.
  package mutating func symbol(
    for symbol: Symbol, of other: borrowing SymbolTable, mayAdd: Bool
  ) -> Symbol? {
    let index = Int(symbol.index)
    let text = other.bytes.span.extracting(other.range(index))
    let tag = other.entries[index].tag
    let hashed = hash == other.hash ? other.entries[index].hash : hash.hash(text, tag: tag)
    var slot = Int(truncatingIfNeeded: hashed) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = slots[slot] - 1
      if matches(Int(index), hashed, text, tag) { return Symbol(index: index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return mayAdd ? insert(text, hashed, tag, at: slot) : nil
  }

  /// The symbol for `text` if it is known.
  package func known(_ text: Span<UInt8>, tag: UInt8 = 0) -> Symbol? {
    let hashed = hash.hash(text, tag: tag)
    var slot = Int(truncatingIfNeeded: hashed) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = slots[slot] - 1
      if matches(Int(index), hashed, text, tag) { return Symbol(index: index) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  public subscript(_ symbol: Symbol) -> String {
    String(decoding: bytes[range(Int(symbol.index))], as: UTF8.self)
  }

  /// A copy of the text's bytes.
  package func bytes(of symbol: Symbol) -> [UInt8] { Array(bytes[range(Int(symbol.index))]) }

  public func tag(of symbol: Symbol) -> UInt8 { entries[Int(symbol.index)].tag }

  /// Calls `body` with the bytes of `symbol`.
  package func withText<Result>(
    of symbol: Symbol, _ body: (Span<UInt8>) -> Result
  ) -> Result {
    body(bytes.span.extracting(range(Int(symbol.index))))
  }

  /// Forgets all symbols and keeps the memory.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
    for slot in slots.indices { slots[slot] = 0 }
  }

  /// What a withheld text is known by.
  package func hash(of symbol: Symbol) -> UInt64 { entries[Int(symbol.index)].hash }

  /// Adds a text that is not told, and must not be there yet.
  package mutating func addWithheld(hash hashed: UInt64, tag: UInt8) {
    var slot = Int(truncatingIfNeeded: hashed) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    _ = insert([UInt8]().span, hashed, tag, at: slot)
    entries[entries.count - 1].isWithheld = true
  }

  private mutating func insert(
    _ text: Span<UInt8>, _ hashed: UInt64, _ tag: UInt8, at slot: Int
  ) -> Symbol {
    let index = UInt32(entries.count)
    entries.append(
      Entry(hash: hashed, start: UInt32(bytes.count), count: UInt32(text.count), tag: tag))
    bytes.append(contentsOf: text)
    slots[slot] = index + 1
    if entries.count * 2 > slots.count { grow() }
    return Symbol(index: index)
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = Array(repeating: 0, count: mask + 1)
    for index in entries.indices {
      var slot = Int(truncatingIfNeeded: entries[index].hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(index) + 1
    }
  }

  private func matches(_ index: Int, _ hashed: UInt64, _ text: Span<UInt8>, _ tag: UInt8) -> Bool {
    entries[index].hash == hashed && entries[index].tag == tag
      && (entries[index].isWithheld || bytes.span.extracting(range(index)).isEqual(to: text))
  }

  private func range(_ index: Int) -> Range<Int> {
    let start = Int(entries[index].start)
    return start..<start + Int(entries[index].count)
  }
}
