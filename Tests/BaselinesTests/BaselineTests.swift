import Foundation
import Testing

@testable import Baselines

/// Monday 5 January 2026, 00:00 UTC, in seconds.
private let monday: Int64 = 1_767_571_200
private let day: Int64 = 86_400
private let week: Int64 = 7 * day

@Suite struct BaselineTests {
  /// A series that is fed window by window; `isEager` learns each empty window as a count of
  /// nothing, which is what the closed form must equal.
  private struct Series {
    let shape: Baseline.Shape
    let zone: ZoneTransitions
    let isEager: Bool
    var baseline = Baseline()
    var tally: HourTally

    init(
      from second: Int64 = monday, windowSeconds: Int64 = 300, zone: ZoneTransitions = .utc,
      isEager: Bool = false
    ) {
      shape = Baseline.Shape(windowSeconds: windowSeconds)
      self.zone = zone
      self.isEager = isEager
      tally = HourTally(from: second / windowSeconds, shape: shape, zone: zone)
    }

    mutating func learn(_ count: Int, at second: Int64, isIncident: Bool = false) {
      let window = second / shape.windowSeconds
      catchUp(to: window)
      tally.count = Int32(count)
      if isEager || isIncident || !tally.advance(to: window + 1) {
        baseline.settle(&tally, isIncident: isIncident, shape: shape, zone: zone)
      }
    }

    mutating func catchUp(to window: Int64) {
      if isEager {
        while tally.window < window {
          baseline.settle(&tally, isIncident: false, shape: shape, zone: zone)
        }
      }
      baseline.advance(&tally, to: window, shape: shape, zone: zone)
    }

    func expectation(at second: Int64) -> Baseline.Expectation {
      baseline.expectation(of: second / shape.windowSeconds, shape: shape, zone: zone)
    }

    func sum(of count: Int64, endingAt second: Int64) -> Double {
      baseline.meanSum(
        of: count, endingWith: second / shape.windowSeconds - 1, shape: shape, zone: zone)
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    (a - b).magnitude <= 1e-9 * max(a.magnitude, b.magnitude, 1e-9)
  }

  private func expectSame(
    _ a: Baseline.Expectation, _ b: Baseline.Expectation, _ note: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    try #require(
      isClose(a.mean, b.mean) && isClose(a.windowDispersion, b.windowDispersion)
        && isClose(a.hourDispersion, b.hourDispersion) && a.knowledge == b.knowledge,
      "\(note): \(a), not \(b)", sourceLocation: location)
  }

  // MARK: - bounds

  @Test(arguments: [60, 300, 900] as [Int64], UInt64(1)...4)
  func `the least mean is never above that of the hours it speaks of`(
    windowSeconds: Int64, seed: UInt64
  ) {
    var random = TestRandom(seed: seed)
    var series = Series(windowSeconds: windowSeconds)
    var second = monday
    while second < monday + 5 * week {
      let hour = (second - monday) / 3600 % 24
      series.learn(random.poisson((9..<17).contains(hour) ? 20 : 1), at: second)
      second += windowSeconds
      if random.isTrue(0.005) {
        // Hours of which records are missing.
        second += Int64(random.uniform() * 12) * 3600
        series.baseline.skip(
          &series.tally, to: second / windowSeconds, shape: series.shape, zone: .utc)
      }
      for count in [1, 7, 7200 / windowSeconds, 3 * 3600 / windowSeconds] {
        let mean = series.sum(of: count, endingAt: second + windowSeconds) / Double(count)
        let least = series.baseline.leastMean(ofLast: count, series.shape)
        #expect(least <= mean * (1 + 1e-9), "seed \(seed), \(count) windows to \(second)")
      }
    }
  }

  // MARK: - lazy windows

  private static let zones: [ZoneTransitions] = [
    .utc, ZoneTransitionsTests.oslo,
    ZoneTransitions(name: "Asia/Kolkata", initialOffset: 19_800, transitions: []),
    ZoneTransitions(
      name: "America/New_York", initialOffset: -18_000,
      transitions: [
        (1_772_953_200, -14_400), (1_793_512_800, -18_000),
      ]),
    // Half an hour back, as on Lord Howe Island, in April and forth in October 2026.
    ZoneTransitions(
      name: "Australia/Lord_Howe", initialOffset: 39_600,
      transitions: [
        (1_775_314_800, 37_800), (1_791_041_400, 39_600),
      ]),
    // A change in the middle of an hour, as in Pyongyang in 2018.
    ZoneTransitions(
      name: "Test/Odd", initialOffset: 30_600,
      transitions: [
        (monday + 20 * day + 54_000, 32_400), (monday + 41 * day + 54_120, 30_601),
      ]),
  ]

  @Test(arguments: zones.indices, [60, 300, 900, 3600, 21_600, 86_400] as [Int64])
  func `empty windows learnt at once are those learnt one by one`(
    zone: Int, windowSeconds: Int64
  ) throws {
    for seed in UInt64(1)...3 {
      var random = TestRandom(seed: seed)
      let zone = Self.zones[zone]
      var lazy = Series(windowSeconds: windowSeconds, zone: zone)
      var eager = Series(windowSeconds: windowSeconds, zone: zone, isEager: true)
      var second = monday
      let end = monday + 15 * week
      var touches = 0
      while second < end, touches < 1500 {
        let count = 1 + (random.isTrue(0.1) ? random.poisson(400) : random.poisson(4))
        let isIncident = random.isTrue(0.05)
        lazy.learn(count, at: second, isIncident: isIncident)
        eager.learn(count, at: second, isIncident: isIncident)
        touches += 1
        let note = "seed \(seed), touch \(touches)"
        try expectSame(lazy.expectation(at: second), eager.expectation(at: second), note)
        let ahead = second + Int64(random.uniform() * Double(week))
        try expectSame(lazy.expectation(at: ahead), eager.expectation(at: ahead), note)
        second += windowSeconds * (1 + gap(&random, windowSeconds))
      }
    }
  }

  /// Mostly none, sometimes hours, days or weeks.
  private func gap(_ random: inout TestRandom, _ windowSeconds: Int64) -> Int64 {
    let longest: Double
    switch random.uniform() {
    case ..<0.8: return 0
    case ..<0.9: longest = 7200
    case ..<0.97: longest = 86_400
    case ..<0.995: longest = 5 * 86_400
    default: longest = 40 * 86_400
    }
    return Int64(random.uniform() * longest) / windowSeconds
  }

  @Test func `looking at a silent series changes nothing of it`() throws {
    for seed in UInt64(1)...20 {
      var random = TestRandom(seed: seed)
      var watched = Series()
      var left = Series()
      var second = monday
      for _ in 0..<40 {
        let count = 1 + random.poisson(3)
        watched.learn(count, at: second)
        left.learn(count, at: second)
        let pause = Int64(random.uniform() * 13 * Double(week)) / 4
        for _ in 0..<random.poisson(3) {
          let at = second + 300 + Int64(random.uniform() * Double(pause))
          let window = at / 300
          if window > watched.tally.window { watched.catchUp(to: window) }
        }
        second += 300 + pause
        left.catchUp(to: second / 300)
        watched.catchUp(to: second / 300)
        try expectSame(
          watched.expectation(at: second), left.expectation(at: second), "seed \(seed)")
      }
    }
  }

  @Test(arguments: [11, 12, 13, 30] as [Int64])
  func `a series that was silent for more than twelve weeks starts anew`(weeks: Int64) {
    for looks in [0, 1, 5] as [Int64] {
      var series = Series()
      for index in 0..<2016 as Range<Int64> { series.learn(50, at: monday + index * 300) }
      let back = monday + week + weeks * week + 300
      for look in 0..<looks {
        series.catchUp(to: (monday + week + (look + 1) * weeks * week / (looks + 1)) / 300)
      }
      series.catchUp(to: back / 300)
      let isNew = series.baseline.windowCount == 0 && series.tally.windowCount == 0
      #expect(isNew == (weeks >= 12), "\(weeks) weeks, \(looks) looks")
    }
  }

  // MARK: - sums

  @Test(arguments: zones.indices)
  func `the expected sum is the sum of what is expected`(zone: Int) {
    let seed = UInt64(zone + 7)
    var random = TestRandom(seed: seed)
    var series = Series(zone: Self.zones[zone])
    var second = monday
    for _ in 0..<12_000 {
      let hour = second / 3600 % 24
      series.learn(random.poisson(hour < 7 ? 3 : 60), at: second)
      second += 300
      guard random.isTrue(0.02) else { continue }
      series.catchUp(to: second / 300)
      let last = second / 300 + Int64(random.uniform() * 12) - 6
      let count = 1 + Int64(random.uniform() * 24)
      var sum = 0.0
      for window in (last - count + 1)...last {
        sum += series.baseline.meanSum(
          of: 1, endingWith: window, shape: series.shape, zone: series.zone)
      }
      let found = series.baseline.meanSum(
        of: count, endingWith: last, shape: series.shape, zone: series.zone)
      #expect(isClose(found, sum), "seed \(seed): \(found), not \(sum)")
    }
  }

  // MARK: - habits

  enum Habit: String, CaseIterable {
    case flat, office, mondayRush
  }

  private func rate(_ habit: Habit, _ second: Int64) -> Double {
    let hour = (second - monday) / 3600
    let hourOfDay = hour % 24
    let dayOfWeek = hour / 24 % 7
    switch habit {
    case .flat: return 40
    case .office: return dayOfWeek >= 5 ? 2 : (8..<18).contains(hourOfDay) ? 120 : 6
    case .mondayRush: return dayOfWeek == 0 && hourOfDay == 9 ? 400 : 40
    }
  }

  private func learnt(
    _ habit: Habit, days: Int64, seed: UInt64,
    _ visit: (Int64, Int, Baseline.Expectation) -> Void = { _, _, _ in }
  ) -> Series {
    var random = TestRandom(seed: seed)
    var series = Series()
    var second = monday
    while second < monday + days * day {
      series.catchUp(to: second / 300)
      let count = random.poisson(rate(habit, second))
      visit(second, count, series.expectation(at: second))
      if count > 0 { series.learn(count, at: second) }
      second += 300
    }
    series.catchUp(to: second / 300)
    return series
  }

  @Test func `a jump at nine on Mondays is known after two weeks`() {
    let series = learnt(.mondayRush, days: 14, seed: 11)
    let nine = series.expectation(at: monday + 14 * day + 9 * 3600 + 600)
    #expect(nine.knowledge == .week)
    #expect((340...420).contains(nine.mean), "\(nine.mean)")
    for hour in [8, 10, 33] as [Int64] {
      let other = series.expectation(at: monday + 14 * day + hour * 3600 + 600)
      #expect((30...75).contains(other.mean), "hour \(hour): \(other.mean)")
    }
  }

  @Test func `a first Saturday is not expected to be a working day, nor judged sharply`() {
    let series = learnt(.office, days: 5, seed: 12)
    let saturday = series.expectation(at: monday + 5 * day + 10 * 3600)
    #expect(saturday.knowledge == .otherDayType)
    // 120 is the working day's: as many would be no surprise, and few none either.
    let model = CountModel(mean: saturday.mean, dispersion: saturday.windowDispersion)
    #expect(model.surpriseAtLeast(130) < 3)
    #expect(model.surpriseAtMost(2) < 6)
    let second = learnt(.office, days: 12, seed: 12)
      .expectation(at: monday + 12 * day + 10 * 3600)
    #expect(second.knowledge == .day && (1...20).contains(second.mean), "\(second)")
  }

  @Test(arguments: Habit.allCases)
  func `what is expected is what comes, once the week is known`(habit: Habit) {
    let seed: UInt64 = 13
    var windows = 0
    var alarms = 0
    var error = 0.0
    var total = 0.0
    _ = learnt(habit, days: 42, seed: seed) { second, count, expected in
      guard second >= monday + 28 * day else { return }
      windows += 1
      let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
      if model.surpriseAtLeast(Double(count)) >= 3 { alarms += 1 }
      error += (expected.mean - rate(habit, second)).magnitude
      total += rate(habit, second)
    }
    #expect(error / total < 0.1, "seed \(seed): \(error / total)")
    // Poisson counts under a model with a floor: at most the nominal rate, give or take noise.
    #expect(alarms <= 2 * windows / 1000, "seed \(seed): \(alarms) of \(windows)")
  }

  @Test(arguments: [(6.0, 0.3), (60, 0.05), (60, 0.3), (600, 0.1), (3, 0.0), (300, 0)])
  func `scatter is learnt, so that one window in a thousand surprises by three`(
    mean: Double, dispersion: Double
  ) {
    let seed: UInt64 = 14
    var random = TestRandom(seed: seed)
    var series = Series()
    var (hits, windows) = (0, 0)
    for index in 0..<(2016 * 8) as Range<Int64> {
      let second = monday + index * 300
      series.catchUp(to: second / 300)
      let expected = series.expectation(at: second)
      let count = random.negativeBinomial(mean: mean, dispersion: dispersion)
      if index >= 2016 * 3 {
        let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
        if model.surpriseAtLeast(Double(count)) >= 3 { hits += 1 }
        windows += 1
      }
      if count > 0 { series.learn(count, at: second) }
    }
    let share = Double(hits) / Double(windows)
    #expect(share <= 0.0025, "seed \(seed): \(share)")
  }

  @Test(arguments: [2, 6, 12, 24], [(30.0, 0.05), (3000, 0.05), (600, 0.3)])
  func `of sums of some windows, too, one in a thousand surprises by three`(
    length: Int, scatter: (mean: Double, dispersion: Double)
  ) {
    let seed: UInt64 = 16
    var random = TestRandom(seed: seed)
    var series = Series()
    var (hits, sums, sum) = (0, 0, 0)
    for index in 0..<(2016 * 16) as Range<Int64> {
      let second = monday + index * 300
      series.catchUp(to: second / 300)
      let count = random.negativeBinomial(mean: scatter.mean, dispersion: scatter.dispersion)
      sum += count
      if (index + 1) % Int64(length) == 0 {
        let model = CountModel(
          mean: series.sum(of: Int64(length), endingAt: second + 300),
          dispersion: series.expectation(at: second)
            .dispersion(ofWindows: length, series.shape))
        if index >= 2016 * 3 {
          hits += model.surpriseAtLeast(Double(sum)) >= 3 ? 1 : 0
          sums += 1
        }
        sum = 0
      }
      if count > 0 { series.learn(count, at: second) }
    }
    #expect(Double(hits) <= 0.003 * Double(sums), "seed \(seed): \(hits) of \(sums)")
  }

  @Test func `a series of many zeros and some bursts is not surprised by its bursts`() {
    let seed: UInt64 = 15
    var random = TestRandom(seed: seed)
    var series = Series()
    var (alarms, bursts) = (0, 0)
    for index in 0..<(2016 * 6) as Range<Int64> {
      let second = monday + index * 300
      guard random.isTrue(0.02) else { continue }
      series.catchUp(to: second / 300)
      let expected = series.expectation(at: second)
      let count = 1 + random.negativeBinomial(mean: 30, dispersion: 0.5)
      if index > 2016, expected.knowledge > .none {
        let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
        if model.surpriseAtLeast(Double(count)) >= 6 { alarms += 1 }
        bursts += 1
      }
      series.learn(count, at: second)
    }
    #expect(alarms <= bursts / 100, "seed \(seed): \(alarms) of \(bursts)")
  }

  @Test func `a constant start leaves room: the floor of the scatter is five in a hundred`() {
    var series = Series()
    for index in 0..<(2016 * 3) as Range<Int64> { series.learn(1000, at: monday + index * 300) }
    let expected = series.expectation(at: monday + 3 * week)
    #expect(isClose(expected.mean, 1000) || (expected.mean - 1000).magnitude < 1)
    #expect(expected.windowDispersion >= 0.0025)
    let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
    #expect(model.surpriseAtLeast(1100) < 3)
  }

  // MARK: - attacks and shifts

  @Test(arguments: [0.0015, 0.05, 3, 60, 2000] as [Double])
  func `an attack of two hours is not learnt`(mean: Double) {
    let seed: UInt64 = 16
    var random = TestRandom(seed: seed)
    var series = Series()
    for index in 0..<(2016 * 4) as Range<Int64> {
      let count = random.poisson(mean)
      if count > 0 { series.learn(count, at: monday + index * 300) }
    }
    let start = monday + 4 * week + 10 * 3600
    series.catchUp(to: start / 300)
    let before = series.expectation(at: start)
    for index in 0..<24 as Range<Int64> {
      series.learn(
        Int(mean * 50) + 500, at: start + index * 300, isIncident: true)
    }
    for later in [7200, day, week] as [Int64] {
      var copy = series
      copy.catchUp(to: (start + later) / 300)
      let after = copy.expectation(at: start + later)
      #expect(after.knowledge >= min(before.knowledge, .day), "\(later): \(after)")
      let allowed = before.mean * 1.5 + 0.5
      #expect(after.mean < allowed, "\(later) s later: \(after.mean), before \(before.mean)")
    }
  }

  /// Tripled for good: each window is judged as the rule would, and learnt as it would be.
  @Test(arguments: [Habit.flat, .office])
  func `a shift of level is learnt in the end, and not at once`(habit: Habit) {
    let seed: UInt64 = 17
    var random = TestRandom(seed: seed)
    var series = learnt(habit, days: 28, seed: seed)
    var lastAlarm: Int64 = 0
    var alarmDays: Set<Int64> = []
    for index in 0..<(288 * 42) as Range<Int64> {
      let second = monday + 28 * day + index * 300
      series.catchUp(to: second / 300)
      let expected = series.expectation(at: second)
      let count = random.poisson(3 * rate(habit, second))
      let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
      let isAlarm =
        model.surpriseAtLeast(Double(count)) >= 6 && Double(count) >= 2 * expected.mean
      if isAlarm {
        lastAlarm = index / 288
        alarmDays.insert(lastAlarm)
      }
      if count > 0 { series.learn(count, at: second, isIncident: isAlarm) }
    }
    #expect(alarmDays.contains(0) && alarmDays.contains(1))
    #expect(lastAlarm <= 21, "seed \(seed): the last alarm was \(lastAlarm) days after")
  }

  @Test func `a dead series comes to expect nothing`() {
    var series = learnt(.flat, days: 28, seed: 18)
    series.catchUp(to: (monday + 28 * day + 8 * week) / 300)
    let expected = series.expectation(at: monday + 28 * day + 8 * week)
    #expect(expected.mean < 8, "\(expected)")
    #expect(expected.mean >= 0 && expected.windowDispersion.isFinite)
  }

  @Test(arguments: [0, 1, 1_000_000_000])
  func `any count is learnt without a trap`(count: Int) {
    var series = Series()
    for index in 0..<4032 as Range<Int64> {
      series.learn(count, at: monday + index * 300, isIncident: index % 7 == 0)
    }
    let expected = series.expectation(at: monday + 2 * week)
    #expect(expected.mean.isFinite && expected.windowDispersion.isFinite)
    #expect((expected.mean - Double(count)).magnitude <= 1e-6 * Double(count), "\(expected)")
  }

  // MARK: - zones

  @Test func `a half-hour zone has its own hours`() {
    let zone = ZoneTransitions(name: "Asia/Kolkata", initialOffset: 19_800, transitions: [])
    var series = Series(zone: zone)
    // Busy from 09:00 to 10:00 local, which is 03:30 to 04:30 UTC.
    for index in 0..<(2016 * 3) as Range<Int64> {
      let ofDay = index * 300 % day
      let isBusy = ofDay >= 12_600 && ofDay < 16_200
      series.learn(isBusy ? 300 : 10, at: monday + index * 300)
    }
    let start = monday + 3 * week
    #expect(series.expectation(at: start + 12_300).mean < 30)
    #expect(series.expectation(at: start + 12_600).mean > 250)
    #expect(series.expectation(at: start + 15_900).mean > 250)
    #expect(series.expectation(at: start + 16_200).mean < 30)
  }

  @Test func `after the clocks change the habit stays at its local hour`() {
    // Four weeks before 29 March 2026; busy from 09:00 to 10:00 in Oslo.
    let start = monday + 8 * week
    var series = Series(from: start, zone: ZoneTransitionsTests.oslo)
    let change = start + 4 * week - day
    for index in 0..<(288 * 28) as Range<Int64> {
      let second = start + index * 300
      let local = second + Int64(ZoneTransitionsTests.oslo.offset(at: second))
      series.learn(local / 3600 % 24 == 9 ? 300 : 10, at: second)
    }
    let after = change + day + 3600 * 7  // Monday 09:00 in summer time
    #expect(series.expectation(at: after).mean > 250)
    #expect(series.expectation(at: after - 300).mean < 30)
    #expect(series.expectation(at: after + 3600).mean < 30)
  }
}
