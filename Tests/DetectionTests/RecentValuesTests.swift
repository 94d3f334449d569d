import Testing

@testable import Detection

/// Values of a sliding window, against a plain dictionary.
@Suite struct RecentValuesTests {
  @Test(arguments: UInt64(1)...5)
  func `what came within the window is known, with when it came last`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var values = RecentValues()
    var known: [UInt64: Int64] = [:]
    let window: Int64 = 10
    for cell in 0..<300 as Range<Int64> {
      let oldest = cell - window + 1
      let isRush = random.isTrue(0.1)
      for _ in 0..<random.below(isRush ? 400 : 12) {
        // Some hashes stand at one place, and one is the mark of a free place.
        let value = UInt64(random.below(isRush ? 3000 : 30)) << UInt64(random.isTrue(0.5) ? 0 : 20)
        let plain = known[value == 0 ? 1 : value].flatMap { $0 >= oldest ? $0 : nil }
        let found = values.cell(of: value).flatMap { $0 >= oldest ? $0 : nil }
        #expect(found == plain, "seed \(seed)")
        values.note(value, in: cell, since: oldest)
        known[value == 0 ? 1 : value] = cell
      }
      known = known.filter { $0.value >= oldest }
      let all = values.all(since: oldest)
      #expect(all.map(\.value) == known.keys.sorted(), "seed \(seed)")
      #expect(all.allSatisfy { known[$0.value] == $0.cell })
      values.shrink(to: known.count, since: oldest)
      #expect(values.capacity <= max(64, 8 * known.count))
    }
  }
}
