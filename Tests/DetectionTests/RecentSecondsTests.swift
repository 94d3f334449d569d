import Testing

@testable import Detection

@Suite struct RecentSecondsTests {
  @Test(arguments: UInt64(1)...8)
  func `it holds what an array would, whether few or many`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    var recent = RecentSeconds()
    var plain: [RecentSeconds.Cell] = []
    var second: Int64 = 0
    for _ in 0..<1500 {
      // Long runs of one kind, so that it grows beyond few cells and is emptied again.
      let isGrowing = random.isTrue(second / 50 % 2 == 0 ? 0.7 : 0.3)
      second += 1
      if isGrowing {
        let cell = RecentSeconds.Cell(
          second: second, attempted: Int32(random.below(9)), denied: Int32(random.below(3)),
          lawfulDenials: Double(random.below(2)))
        recent.append(cell)
        plain.append(cell)
      } else if !plain.isEmpty {
        #expect(recent.removeFirst() == plain.removeFirst(), "seed \(seed)")
      }
      #expect(recent.count == plain.count, "seed \(seed)")
      #expect(recent.firstSecond == plain.first?.second)
      #expect((0..<recent.count).map { recent[$0] } == plain, "seed \(seed)")
    }
    recent.removeAll()
    #expect(recent.count == 0 && recent.firstSecond == nil)
  }
}
