import Baselines

extension EntityPairs {
  mutating func code(in book: inout SnapshotBook) {
    book.blocks(.pair, 0, &pairs, blank: .gone) { pair, coder in
      pair.first.code(with: &coder)
      pair.second.code(with: &coder)
      coder.require(pair.first.type != .pair && pair.second.type != .pair)
    }
    book.page(.pair, 1 << 32) { $0.code(&refusedCount) }
    if book.isReading { link() }
  }

  /// Under another registry the parts have other places, and some have none.
  mutating func adapt(_ change: RegistryChange) {
    for index in pairs.indices {
      guard let first = change.entity(pairs[index].first),
        let second = change.entity(pairs[index].second)
      else {
        pairs[index] = .gone
        continue
      }
      pairs[index] = Pair(first: first, second: second)
    }
    link()
  }

  /// Pairs of which a part is known no more.
  var gone: Set<UInt32> { Set(pairs.indices.filter { pairs[$0].isGone }.map { UInt32($0) }) }
}
