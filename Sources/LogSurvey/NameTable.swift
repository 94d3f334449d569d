import AccessLog

/// Texts by dense index, up to a bound; index 0 stands for all that came after it was reached.
///
/// Clients choose most of these texts, so nobody may make this grow without end.
struct NameTable: Sendable {
  /// The index of what found no room.
  static let other: UInt32 = 0

  private let countMax: Int
  private var symbols: SymbolTable
  /// Asked for, and no room.
  private(set) var refusedCount = 0

  init(hash: SipHash, countMax: Int) {
    self.countMax = countMax
    symbols = SymbolTable(hash: hash)
    let other = Array("(other)".utf8)
    _ = symbols.symbol(for: other.span, tag: .max)
  }

  mutating func index(for text: Span<UInt8>) -> UInt32 {
    if let known = symbols.known(text) { return known.index }
    guard symbols.count <= countMax else {
      refusedCount += 1
      return Self.other
    }
    return symbols.symbol(for: text).index
  }

  subscript(_ index: UInt32) -> String { symbols[Symbol(index: index)] }
}
