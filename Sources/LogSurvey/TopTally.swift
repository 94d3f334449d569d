/// How often each of some numbered things was seen, for a list of the most frequent. It holds at
/// most `heldCountMax` of them: when there are more, the rarer half goes into ``otherCount``.
struct TopTally: Sendable {
  private let heldCountMax: Int
  /// Of things that found no room, or lost it.
  private(set) var otherCount = 0
  private(set) var total = 0
  private var counts: [UInt32: Int] = [:]

  init(heldCountMax: Int = 64) { self.heldCountMax = heldCountMax }

  mutating func add(_ index: UInt32, count: Int = 1) {
    total += count
    counts[index, default: 0] += count
    if counts.count > heldCountMax { forgetRarest() }
  }

  /// Whether the counts are of all that was seen; else each is the least that it can be.
  var isExact: Bool { otherCount == 0 }

  var heldCount: Int { counts.count }

  /// The most frequent first; of equals the one with the lower number.
  func top(_ countMax: Int) -> [(index: UInt32, count: Int)] {
    Array(sorted.prefix(countMax))
  }

  private var sorted: [(index: UInt32, count: Int)] {
    counts.map { (index: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.index) < ($0.count, $1.index)
    }
  }

  private mutating func forgetRarest() {
    for rare in sorted.dropFirst(heldCountMax / 2) {
      counts[rare.index] = nil
      otherCount += rare.count
    }
  }
}
