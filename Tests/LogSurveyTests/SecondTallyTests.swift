import Testing

@testable import LogSurvey

@Suite struct SecondTallyTests {
  /// Requests of each second, in order: how many, of which so many are throttled.
  private static func tally(_ seconds: [(Int, throttled: Int)]) -> SecondTally {
    var tally = SecondTally()
    for (second, (count, throttled)) in seconds.enumerated() {
      for index in 0..<count {
        tally.add(second: Int64(second * 60), isThrottled: index < throttled)
      }
    }
    tally.finish()
    return tally
  }

  @Test func `peaks count what was tried and what passed`() {
    let tally = Self.tally([(3, 0), (10, 7), (5, 0), (5, 0), (0, 0)])
    #expect(tally.tried == SecondTally.Peak(count: 10, second: 60))
    #expect(tally.passed == SecondTally.Peak(count: 5, second: 120))
    #expect(tally.activeSecondCount == 4)
  }

  @Test func `a quantile is of the seconds in which something passed`() {
    let tally = Self.tally(
      Array(repeating: (1, 0), count: 998) + [(2, 0), (40, 0)] + [(9, 9)])
    #expect(tally.passedQuantile(0.5) == 1)
    #expect(tally.passedQuantile(0.999) == 2)
    #expect(tally.passedQuantile(1) == 40)
    #expect(SecondTally().passedQuantile(0.999) == 0)
  }

  @Test(arguments: [65, 67, 68, 100, 127, 128, 129, 1000, 65_537, 1_000_000])
  func `a quantile is never below the truth, and at most 7 in 100 above`(count: Int) {
    var tally = SecondTally()
    for _ in 0..<count { tally.add(second: 1, isThrottled: false) }
    // The peak must not be what makes it exact.
    for _ in 0..<count * 2 { tally.add(second: 2, isThrottled: false) }
    tally.finish()
    let quantile = tally.passedQuantile(0.5)
    #expect(quantile >= count && quantile * 100 <= count * 107, "\(quantile)")
  }

  @Test func `the order of a few seconds does not matter`() {
    let seconds: [Int64] = [5, 9, 7, 5, 6, 9, 9, 8, 7, 5, 9, 5]
    var first = SecondTally()
    var second = SecondTally()
    for value in seconds { first.add(second: value, isThrottled: false) }
    for value in seconds.sorted() { second.add(second: value, isThrottled: false) }
    first.finish()
    second.finish()
    #expect(first.tried == second.tried)
    #expect(first.tried == SecondTally.Peak(count: 4, second: 5))
    #expect(first.activeSecondCount == second.activeSecondCount)
  }
}
