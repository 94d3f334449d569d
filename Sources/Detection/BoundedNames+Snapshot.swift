import AccessLog
import Baselines

extension BoundedNames {
  mutating func code(_ table: Int, in book: inout SnapshotBook) {
    var texts =
      book.isReading ? [] : (0..<symbols.count).map { symbols.bytes(of: Symbol(index: UInt32($0))) }
    book.blocks(.name, 2 * table, &texts, blank: []) { $1.code(&$0) }
    book.page(.name, (2 * table + 1) << 32) { $0.code(&refusedCount) }
    guard book.isReading, book.fault == nil else { return }
    for (index, text) in texts.enumerated() {
      let symbol = symbols.symbol(for: text.span)
      guard Int(symbol.index) == index else { return book.damage(.name) }
    }
  }
}
