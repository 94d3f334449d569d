import Testing

@testable import Detection

@Suite struct RecentWindowsTests {
  /// Every window's count is kept, and summed when asked.
  private struct Plain {
    var counts: [Int64: Int64] = [:]

    func sum(before window: Int64, length: Int) -> Int64 {
      (1..<max(1, Int64(length))).reduce(0) { $0 + (counts[window - $1] ?? 0) }
    }
  }

  @Test(arguments: [[1], [1, 6, 24], [2, 3, 7], [288], []] as [[Int]], UInt64(1)...4)
  func `sums are those of the windows, after any silence`(lengths: [Int], seed: UInt64) {
    var random = TestRandom(seed: seed)
    var recent = RecentWindows(size: max(1, lengths.max() ?? 1), lengths: lengths)
    recent.addSeries()
    recent.addSeries()
    var plain = [Plain(), Plain()]
    var windows: [Int64] = [-40, 1_000_000]
    for _ in 0..<2000 {
      let slot = random.below(2)
      let window = windows[slot]
      let count = Int32(random.below(random.isTrue(0.3) ? 1 : 500))
      let next = window + Int64(1 + (random.isTrue(0.6) ? 0 : random.below(2 * recent.size + 2)))
      recent.advance(slot, from: window, count, to: next)
      plain[slot].counts[window] = Int64(count)
      windows[slot] = next
      for (index, length) in lengths.enumerated() {
        #expect(
          recent.sum(slot, index) == plain[slot].sum(before: next, length: length),
          "seed \(seed), length \(length), \(window) to \(next)")
      }
      let expected = (1...Int64(recent.size)).map { plain[slot].counts[next - $0] ?? 0 }
      #expect(recent.counts(slot, before: next) == expected, "seed \(seed)")
      #expect(Int64(recent.last(slot, before: next)) == expected[0])
    }
  }
}
