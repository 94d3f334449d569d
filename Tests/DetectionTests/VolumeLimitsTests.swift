import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// A limit is never above what an alarm needs: judging every window finds nothing more.
@Suite struct VolumeLimitsTests {
  /// Weeks of one kind of traffic with bursts, silences and slow changes in it.
  private func requests(_ random: inout TestRandom) -> [TestRequest] {
    let zone = Int64(random.below(24)) * 3600
    let busy = [0.02, 0.1, 0.4, 3][random.below(4)]
    let isOffice = random.isTrue(0.5)
    var burst = 1.0
    var requests: [TestRequest] = []
    var second = monday
    while second < monday + 16 * day {
      let hour = (second + zone) / 3600 % 24
      if random.isTrue(0.02) { burst = [1, 1, 1.6, 2.5, 4, 30][random.below(6)] }
      if random.isTrue(0.002) { second += Int64(random.below(3 * 86_400)) / 300 * 300 }
      let rate = busy * burst * (isOffice && !(8..<18).contains(hour) ? 0.05 : 1)
      for _ in 0..<random.poisson(rate) {
        let at = (second + Int64(random.below(300))) * 1000
        requests.append(TestRequest(time: at, key: "k1"))
      }
      second += 300
    }
    // A flood that no kind of them hides.
    requests += (0..<400).map { TestRequest(time: (monday + 15 * day + $0 * 9) * 1000, key: "k1") }
    return requests.sorted { $0.time < $1.time }
  }

  @Test(arguments: UInt64(1)...6)
  func `windows below their limit hold no alarm`(seed: UInt64) {
    var random = TestRandom(seed: seed)
    let requests = requests(&random)
    let rules: [Rule] = [
      .volume("long", minutes: [5, 30, 120], times: 1.3, more: 2),
      .volume("short", minutes: [5], times: 2, more: 1),
      .volume("both", .both, minutes: [15, 240], times: 1.5, more: 3),
      .volume("odd", minutes: [1, 7], times: 1.5, more: 3),
    ]
    var bench = TestBench(rules: rules)
    let limited = bench.run(requests).alerts
    bench.bounds.judgesEveryWindow = true
    let all = bench.run(requests).alerts
    func key(_ alert: Alert) -> String {
      "\(alert.id) \(alert.revision) \(alert.revisedAt.milliseconds) \(alert.reason)"
    }
    let (few, many) = (limited.map(key), all.map(key))
    #expect(!all.isEmpty, "seed \(seed)")
    let other = zip(few, many).first { $0 != $1 }
    #expect(few == many, "seed \(seed): \(other ?? ("", ""))")
  }
}
