import Baselines

extension TierMonitor {
  /// Whom it follows; rules of different limits follow the same keys alike.
  var definition: String { filter.definition }

  mutating func code(_ number: Int, in book: inout SnapshotBook) {
    let periodCounts = longLimits.map(\.count)
    let blank = TierKey(
      key: 0, tier: 0, second: 0, state: .init(tokens0: 0, tokens1: 0, second: 0))
    book.blocks(.tier, 2 * number, &keys, blank: blank) { key, coder in
      key.code(with: &coder)
      let tier = Int(key.tier)
      coder.require(
        periodCounts.indices.contains(tier) && key.periods.count == periodCounts[tier])
    }
    book.page(.tier, (2 * number + 1) << 32) { coder in
      coder.code(&touched)
      coder.code(&refusedCount)
      coder.code(&judgedCount)
      evidence.code(with: &coder, slotCount: keys.count)
      coder.require(touched.allSatisfy { $0 < keys.count })
    }
    guard book.isReading, book.fault == nil else { return }
    linkKeys(&book)
  }

  /// Finds each key's slot again.
  private mutating func linkKeys(_ book: inout SnapshotBook) {
    guard let table = SlotTable(rows: keys.lazy.map(\.key)) else { return book.damage(.tier) }
    slotOfKey = table
  }
}

extension TierMonitor.TierKey: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&key)
    coder.code(&tier)
    coder.code(&isTouched)
    coder.code(&second)
    coder.code(&attempted)
    coder.code(&denied)
    cells.code(with: &coder)
    if coder.isReading { sumCells() }
    state.code(with: &coder)
    coder.code(&periods, blank: TierMonitor.Period())
  }

  private mutating func sumCells() {
    recentAttempts = 0
    recentDenials = 0
    for index in 0..<cells.count {
      recentAttempts += Int64(cells[index].attempted)
      recentDenials += Int64(cells[index].denied)
    }
  }
}

extension TierMonitor.Period: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&number)
    coder.code(&attempted)
    coder.code(&allowed)
  }
}

extension LimiterModel.State: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&tokens0)
    coder.code(&tokens1)
    coder.code(&second)
  }
}
