import Testing

@testable import Detection

@Suite struct TimingWheelTests {
  /// A sorted list: what the wheel must do, the slow way.
  private struct Reference {
    var deadlines: [(second: Int64, order: Int, token: UInt64)] = []
    var now: Int64 = .min
    var order = 0

    mutating func set(_ token: UInt64, at second: Int64) {
      deadlines.append((max(second, now), order, token))
      order += 1
    }

    func next(through limit: Int64) -> Int64? {
      let first = deadlines.map(\.second).min()
      return first.flatMap { $0 <= limit ? $0 : nil }
    }

    mutating func take(_ second: Int64) -> [UInt64] {
      now = max(now, second)
      let due = deadlines.filter { $0.second == second }.sorted { $0.order < $1.order }
      deadlines.removeAll { $0.second == second }
      return due.map(\.token)
    }
  }

  private struct Pair {
    var wheel = TimingWheel()
    var reference = Reference()
    var token: UInt64 = 0

    mutating func set(at second: Int64) {
      wheel.set(token, at: second)
      reference.set(token, at: second)
      token += 1
    }
  }

  private static let start: Int64 = 1_767_571_200

  @Test(arguments: UInt64(1)...40)
  func `deadlines fire as those of a sorted list do`(seed: UInt64) throws {
    var random = TestRandom(seed: seed)
    var pair = Pair()
    var now = Self.start + Int64(random.below(100_000))
    for _ in 0..<400 {
      for _ in 0..<random.below(4) { pair.set(at: now + ahead(&random)) }
      // Mostly by seconds, sometimes by hours or weeks.
      let spans = [1, 1, 2, 5, 70, 3600, 86_400, 3_000_000]
      now += Int64(random.below(spans[random.below(spans.count)] + 1))
      try fire(&pair, through: now, &random, seed)
      #expect(pair.wheel.count == pair.reference.deadlines.count, "seed \(seed)")
    }
  }

  private func ahead(_ random: inout TestRandom) -> Int64 {
    switch random.below(8) {
    case 0: -Int64(random.below(100))
    case 1: 0
    case 2, 3: Int64(random.below(64))
    case 4: Int64(random.below(4096))
    case 5: 300
    case 6: Int64(random.below(700_000))
    default: Int64(random.below(20_000_000))  // months
    }
  }

  private func fire(
    _ pair: inout Pair, through now: Int64, _ random: inout TestRandom, _ seed: UInt64
  ) throws {
    while true {
      let expected = pair.reference.next(through: now)
      let found = pair.wheel.next(through: now)
      // What was set in the past fires at once, whatever second it is given then.
      try #require((found == nil) == (expected == nil), "seed \(seed)")
      guard let found, let expected else { break }
      try #require(found >= expected && found <= now, "seed \(seed): \(found), not \(expected)")
      let due = pair.wheel.take(found).map(\.token)
      var tokens: [UInt64] = []
      while let second = pair.reference.next(through: found) {
        tokens += pair.reference.take(second)
      }
      try #require(due.sorted() == tokens.sorted(), "seed \(seed) at \(found)")
      if expected == found { try #require(due == due.sorted(), "seed \(seed): not in order") }
      pair.reference.now = found
      if random.isTrue(0.2) { pair.set(at: found) }
      if random.isTrue(0.2) { pair.set(at: found + Int64(random.below(400))) }
    }
    pair.reference.now = now
  }

  @Test func `a near deadline fires before a far one that was set first`() {
    var wheel = TimingWheel()
    wheel.set(1, at: Self.start + 600_000)
    wheel.set(2, at: Self.start + 300)
    let found1 = wheel.next(through: Self.start + 299)
    #expect(found1 == nil)
    let found2 = wheel.next(through: Self.start + 1000)
    #expect(found2 == Self.start + 300)
    let tokens = wheel.take(Self.start + 300).map(\.token)
    #expect(tokens == [2])
    let found3 = wheel.next(through: Self.start + 700_000)
    #expect(found3 == Self.start + 600_000)
  }

  @Test func `deadlines of one second fire in the order in which they were set`() {
    for pause in [0, 1, 63, 64, 100, 4000, 5000] as [Int64] {
      var wheel = TimingWheel()
      let due = Self.start + 6000
      wheel.set(1, at: due)
      _ = wheel.next(through: Self.start + pause)
      wheel.set(2, at: due)
      _ = wheel.next(through: due - 1)
      wheel.set(3, at: due)
      let found4 = wheel.next(through: due)
      #expect(found4 == due)
      let tokens = wheel.take(due).map(\.token)
      #expect(tokens == [1, 2, 3], "after \(pause) s")
    }
  }

  @Test func `the order of firing does not depend on how often one looks`() {
    for seed in UInt64(1)...20 {
      var random = TestRandom(seed: seed)
      var often = TimingWheel()
      var seldom = TimingWheel()
      var firedOften: [UInt64] = []
      var firedSeldom: [UInt64] = []
      for token in 0..<500 as Range<UInt64> {
        let now = Self.start + Int64(token) * 37
        drain(&often, through: now, &firedOften)
        if token % 25 == 0 { drain(&seldom, through: now, &firedSeldom) }
        // Nothing that seldom looks may fire in between, or the two would differ rightly.
        let second = now + 1000 + Int64(random.below(50)) * 20
        often.set(token, at: second)
        seldom.set(token, at: second)
      }
      drain(&often, through: Self.start + 1_000_000, &firedOften)
      drain(&seldom, through: Self.start + 1_000_000, &firedSeldom)
      #expect(firedOften == firedSeldom, "seed \(seed)")
    }
  }

  private func drain(_ wheel: inout TimingWheel, through now: Int64, _ fired: inout [UInt64]) {
    while let second = wheel.next(through: now) { fired += wheel.take(second).map(\.token) }
  }

  @Test func `an empty wheel has no next, however far one looks`() {
    var wheel = TimingWheel()
    let none = wheel.next(through: Self.start - 1)
    #expect(none == nil)
    wheel.set(1, at: Self.start)
    let found6 = wheel.next(through: Self.start)
    #expect(found6 == Self.start)
    _ = wheel.take(Self.start)
    let found7 = wheel.next(through: Self.start + 40_000_000_000)
    #expect(found7 == nil)
  }

  @Test func `a deadline in a hundred years fires`() {
    var wheel = TimingWheel()
    wheel.set(7, at: Self.start + 100)
    wheel.set(9, at: Self.start + 3_155_760_000)
    let found8 = wheel.next(through: Self.start + 3_155_759_999)
    #expect(found8 == Self.start + 100)
    _ = wheel.take(Self.start + 100)
    let found9 = wheel.next(through: Self.start + 3_155_759_999)
    #expect(found9 == nil)
    let found10 = wheel.next(through: Self.start + 3_155_760_000)
    #expect(found10 == Self.start + 3_155_760_000)
  }
}
