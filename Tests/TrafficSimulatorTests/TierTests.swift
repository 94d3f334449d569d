import Testing

@testable import TrafficSimulator

@Suite struct TierTests {
  private let tier = Tier(name: "test", ratePerSecond: 5, burst: 10)

  @Test func `a full bucket lets the burst through and then the rate`() {
    var bucket = TokenBucket(tier)
    let atOnce = (0..<30).count { _ in bucket.admits(atMilliseconds: 1_000_000) }
    #expect(atOnce == 10)
    // One token in 200 ms.
    let later = [1_000_199, 1_000_200, 1_000_200].map { bucket.admits(atMilliseconds: $0) }
    #expect(later == [false, true, false])
  }

  @Test func `of three times the rate a third passes`() {
    var bucket = TokenBucket(tier)
    let admitted = (0..<1500).count { bucket.admits(atMilliseconds: 1_000_000 + $0 * 1000 / 15) }
    #expect((500...515).contains(admitted))
  }
}
