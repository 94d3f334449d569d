/// Which row of a monitor's an entity has. Entities of a kind are numbered one after the other as
/// they are first seen, so that each has a place here and finding it is one look.
struct SlotTable: Sendable {
  private static let none = UInt32.max

  private var slots: [UInt32] = []

  init() {}

  /// Finds the rows of entities again by the entities' numbers, row by row; `nil` where a number is
  /// beyond all that can be.
  init?(rows: some Sequence<UInt32>) {
    for (slot, index) in rows.enumerated() {
      guard index < KeyTable.keyCountMax else { return nil }
      self[index] = slot
    }
  }

  /// The row of the entity with that number; `nil` where it has none.
  @inline(__always)
  subscript(index: UInt32) -> Int? {
    get {
      let place = Int(index)
      guard place < slots.count, slots[place] != Self.none else { return nil }
      return Int(slots[place])
    }
    set { set(newValue.map(UInt32.init) ?? Self.none, at: Int(index)) }
  }

  private mutating func set(_ slot: UInt32, at place: Int) {
    if place >= slots.count {
      let missing = max(place + 1, slots.count * 2) - slots.count
      slots.append(contentsOf: repeatElement(Self.none, count: missing))
    }
    slots[place] = slot
  }
}
