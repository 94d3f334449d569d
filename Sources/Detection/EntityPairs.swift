/// Pairs of entities that rules judge, each by a dense index.
///
/// Clients choose routes and addresses, so there is a bound; of pairs that come later nothing is
/// judged but what their parts have in other rules, and their records are counted.
struct EntityPairs: Sendable {
  static let pairCountMax = 1_000_000

  struct Pair: Hashable, Sendable {
    var first: Entity
    var second: Entity
  }

  private let countMax: Int
  var pairs: [Pair] = []
  private var indices: [Pair: UInt32] = [:]  // looked up, never iterated
  var refusedCount = 0

  init(countMax: Int = Self.pairCountMax) { self.countMax = countMax }

  /// `nil` where there is no room.
  mutating func entity(of first: Entity, and second: Entity) -> Entity? {
    let pair = Pair(first: first, second: second)
    if let known = indices[pair] { return Entity(type: .pair, index: known) }
    guard pairs.count < countMax else {
      refusedCount += 1
      return nil
    }
    indices[pair] = UInt32(pairs.count)
    pairs.append(pair)
    return Entity(type: .pair, index: UInt32(pairs.count - 1))
  }

  subscript(_ entity: Entity) -> Pair { pairs[Int(entity.index)] }

  /// Finds the index of each pair again.
  mutating func link() {
    indices.removeAll()
    for (index, pair) in pairs.enumerated() where !pair.isGone { indices[pair] = UInt32(index) }
  }
}

extension EntityPairs.Pair {
  /// In place of one of which the registry knows a part no more.
  static let gone = Self(first: .all, second: .all)
  var isGone: Bool { self == .gone }
}
