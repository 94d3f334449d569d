package import AccessLog

/// Texts by dense index, up to a bound; index 0 stands for all that came after it was reached.
///
/// Clients choose most of these texts, so nobody may make this grow without end.
package struct BoundedNames: Sendable {
  /// The index of what found no room.
  package static let other: UInt32 = 0

  private let countMax: Int
  var symbols: SymbolTable
  package internal(set) var refusedCount = 0

  package init(hash: SipHash, countMax: Int) {
    self.countMax = countMax
    symbols = SymbolTable(hash: hash)
    let other = Array("(other)".utf8)
    _ = symbols.symbol(for: other.span)
  }

  package mutating func index(for text: Span<UInt8>) -> UInt32 {
    if let known = symbols.known(text) { return known.index }
    guard symbols.count < countMax else {
      refusedCount += 1
      return Self.other
    }
    return symbols.symbol(for: text).index
  }

  package subscript(_ index: UInt32) -> String { symbols[Symbol(index: index)] }
}
