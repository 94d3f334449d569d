import AccessLog
import Baselines

extension KeyTable {
  /// Callers by their names and by what finds them again: a secret by its keyed hash, so that no
  /// snapshot holds one. What the registry says of them is asked of today's registry.
  mutating func code(in book: inout SnapshotBook) {
    var callers = book.isReading ? [] : keys.indices.map(caller)
    book.blocks(.keys, 0, perPage: Self.keysAtOnce, &callers, blank: SavedCaller()) {
      $0.code(with: &$1)
    }
    book.page(.keys, 1 << 32) { $0.code(&refusedCount) }
    guard book.isReading, book.fault == nil else { return }
    for caller in callers where book.fault == nil {
      book.require(add(caller), .keys)
    }
  }

  private static let keysAtOnce = 2048

  private func caller(_ index: Int) -> SavedCaller {
    let symbol = Symbol(index: UInt32(index))
    let kind = RecordBatch.IdentityKind(rawValue: symbols.tag(of: symbol)) ?? .secret
    guard kind != .secret else {
      return SavedCaller(
        kind: kind, text: Array(keys[index].name.utf8), hash: symbols.hash(of: symbol))
    }
    return SavedCaller(kind: kind, text: symbols.bytes(of: symbol))
  }

  /// False where it is there already.
  private mutating func add(_ caller: SavedCaller) -> Bool {
    if caller.kind == .secret {
      symbols.addWithheld(hash: caller.hash, tag: caller.kind.rawValue)
    } else {
      let symbol = symbols.symbol(for: caller.text.span, tag: caller.kind.rawValue)
      guard Int(symbol.index) == keys.count else { return false }
    }
    addKey(named: String(decoding: caller.text, as: UTF8.self), caller.kind)
    return true
  }

  private struct SavedCaller: StateCoded {
    var kind = RecordBatch.IdentityKind.name
    /// Of a secret, its fingerprint.
    var text: [UInt8] = []
    var hash: UInt64 = 0

    mutating func code(with coder: inout StateCoder) {
      var tag = kind.rawValue
      coder.code(&tag)
      guard let known = RecordBatch.IdentityKind(rawValue: tag) else {
        return coder.require(false)
      }
      kind = known
      coder.code(&text)
      if kind == .secret { coder.word(&hash) }
    }
  }
}
