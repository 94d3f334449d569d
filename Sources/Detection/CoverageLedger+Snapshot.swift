import Baselines

extension CoverageLedger {
  /// - Parameter source: index of the ledger's source.
  mutating func code(_ source: Int, in book: inout SnapshotBook) {
    book.blocks(.cove, source, &minutes, blank: Minute(number: 0)) { $0.code(with: &$1) }
    book.page(.cove, source << 32 | 0xffff_ffff) { $0.code(&refusedCount) }
  }
}

extension CoverageLedger.Minute: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&number)
    coder.code(&parsed)
    coder.code(&unparsed)
    coder.code(&late)
  }
}
