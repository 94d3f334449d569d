import Baselines

extension TimingWheel {
  /// Slot by slot, so that what lies far ahead changes no page.
  mutating func code(in book: inout SnapshotBook) {
    book.page(.whel) { coder in
      coder.code(&setCount)
      coder.code(&now)
      coder.array(&occupied, blank: 0) { $1.word(&$0) }
      coder.require(occupied.count == Self.levelCount && now >= 0)
    }
    for slot in slots.indices where book.fault == nil && isOccupied(slot) {
      book.page(.whel, slot + 1) { coder in
        coder.code(&slots[slot], blank: Deadline(second: 0, token: 0, order: 0))
      }
    }
    if book.isReading { count = slots.reduce(0) { $0 + $1.count } }
  }

  /// All that are set.
  var deadlines: FlattenSequence<[[Deadline]]> { slots.joined() }

  private func isOccupied(_ slot: Int) -> Bool {
    let perLevel = Int(Self.slotCount)
    return occupied[slot / perLevel] & 1 << UInt64(slot % perLevel) != 0
  }
}

extension TimingWheel.Deadline: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&second)
    coder.code(&token)
    coder.code(&order)
  }
}
