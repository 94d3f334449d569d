import Foundation
import Testing

@testable import Baselines

/// The promises of a baseline of values, and the traps that its making fell into.
@Suite struct ValueBaselineTests {
  private static let minute = 60.0
  private static let day = 1_440

  /// Rows a minute of a level with a daily rhythm and noise, in which `change` may put something.
  private static func series(
    _ count: Int, seed: UInt64, noise: Double = 5, rhythm: Double = 30,
    change: (Int, Double) -> Double? = { $1 }
  ) -> [Double?] {
    var random = TestRandom(seed: seed)
    return (0..<count).map { row in
      let angle = Double(row % day) / Double(day) * 2 * .pi
      return change(row, 100 + rhythm * sin(angle) + noise * random.normal())
    }
  }

  private static func judge(
    _ values: [Double?], spacing: Double = minute, parts: ValueBaseline.Parts = .all
  ) -> [ValueBaseline.Judgement] {
    var baseline = ValueBaseline()
    return values.enumerated().map {
      baseline.observe($1, at: Double($0) * spacing, parts: parts)
    }
  }

  /// What the tests take as an alarm: more than what was told already can score.
  private static let alarm = 0.61

  // MARK: - promises

  @Test(arguments: [3, 61, 700, 2_000])
  func `only the past is used: a prefix scores as the beginning of the whole`(count: Int) {
    let whole = Self.series(3_000, seed: 5) { $0 == 650 ? 400 : $1 }
    let scores = Self.judge(whole)
    #expect(Self.judge(Array(whole.prefix(count))) == Array(scores.prefix(count)))
  }

  @Test func `scores lie between 0 and 1, and the band holds nearly all of quiet rows`() {
    let values = Self.series(5 * Self.day, seed: 11)
    let judgements = Self.judge(values)
    #expect(judgements.allSatisfy { (0...1).contains($0.score) })
    var outside = 0
    for (value, judgement) in zip(values, judgements).dropFirst(Self.day) {
      guard let value, let band = judgement.expectation else { continue }
      #expect(band.low <= band.value && band.value <= band.high)
      if value < band.low || value > band.high { outside += 1 }
    }
    #expect(outside < 4 * Self.day / 100)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `a spike, a fall and a step are found, and quiet days are quiet`(seed: UInt64) {
    for (name, value) in [("spike", 220.0), ("fall", 0), ("step", 180)] {
      let at = 4 * Self.day + 500
      let values = Self.series(5 * Self.day, seed: seed) { row, usual in
        row >= at && row < at + 20 ? value : usual
      }
      let scores = Self.judge(values).map(\.score)
      #expect(scores[at] > Self.alarm, "\(name), seed \(seed): \(scores[at])")
      let falseAlarms = scores[Self.day..<at].count { $0 > Self.alarm }
      // Each is a new extreme of a young series.
      #expect(falseAlarms <= 12, "\(name), seed \(seed): \(falseAlarms) in 3 days")
    }
  }

  @Test func `the unit does not matter`() {
    let values = Self.series(2_000, seed: 3) { $0 == 1_500 ? 300 : $1 }
    let scores = Self.judge(values).map(\.score)
    let others = Self.judge(values.map { $0.map { $0 * 1024 } }).map(\.score)
    for (a, b) in zip(scores, others) { #expect(abs(a - b) < 1e-6) }
  }

  @Test(arguments: [1.0, 300, 1_800, 3_600, 86_400])
  func `any spacing is seen from the rows, and a spike is found in it`(spacing: Double) {
    let values = Self.series(2_000, seed: 8, rhythm: 0) { $0 == 1_900 ? 300 : $1 }
    #expect(Self.judge(values, spacing: spacing)[1_900].score > Self.alarm)
  }

  @Test func `gaps, doubled and late rows are judged, and late ones are not learnt from`() {
    var baseline = ValueBaseline()
    let values = Self.series(3_000, seed: 9)
    var seconds = 0.0
    for (row, value) in values.enumerated() {
      seconds += row % 100 == 0 ? 3_600 : row % 7 == 0 ? 0 : 60
      _ = baseline.observe(value, at: seconds)
    }
    var other = baseline
    _ = other.observe(1e6, at: seconds - 600)
    let next = baseline.observe(100, at: seconds + 60)
    #expect(other.observe(100, at: seconds + 60) == next)
  }

  @Test(arguments: [nil, .nan, .infinity, -.infinity] as [Double?])
  func `a missing value scores 0, keeps its band and teaches nothing`(missing: Double?) {
    var baseline = ValueBaseline()
    #expect(baseline.observe(missing, at: 0) == ValueBaseline.Judgement())
    for (row, value) in Self.series(500, seed: 2).enumerated() {
      _ = baseline.observe(value, at: Double(row) * 60)
    }
    var other = baseline
    let judgement = other.observe(missing, at: 500 * 60)
    #expect(judgement.score == 0 && judgement.expectation != nil)
    #expect(other.observe(101, at: 501 * 60) == baseline.observe(101, at: 501 * 60))
  }

  // MARK: - traps

  @Test(arguments: [0, 7] as [Double])
  func `after a constant start the scale is not zero, and the series is learnt`(start: Double) {
    let values = Self.series(6 * Self.day, seed: 4) { $0 < 500 ? start : $1 }
    let scores = Self.judge(values).map(\.score)
    let late = scores[(2 * Self.day)...].count { $0 > Self.alarm }
    #expect(late <= 8, "\(late) rows in 4 days")
  }

  @Test func `one broken curve does not flood`() {
    // 98 of 100 rows are zero, and bursts are what it does.
    let seed: UInt64 = 21
    var random = TestRandom(seed: seed)
    let values: [Double?] = (0..<(14 * Self.day)).map { _ in
      random.isTrue(0.02) ? Double(1 + random.poisson(3)) * 10 : 0
    }
    let scores = Self.judge(values).map(\.score)
    let alarms = scores[(4 * Self.day)...].count { $0 > Self.alarm }
    #expect(alarms <= 60, "\(alarms) in 10 days, seed \(seed)")
  }

  @Test func `the tail does not learn an anomaly away`() {
    // An hour at three times the usual, and a day later another: the second is found as well.
    let first = 5 * Self.day + 300
    let second = first + Self.day + 200
    let values = Self.series(8 * Self.day, seed: 6) { row, usual in
      (first..<first + 60).contains(row) || (second..<second + 60).contains(row)
        ? usual * 3 : usual
    }
    let scores = Self.judge(values).map(\.score)
    #expect(scores[first] > Self.alarm)
    #expect((scores[second..<second + 5].max() ?? 0) > Self.alarm)
  }

  @Test func `a series that dies is told, and not for ever`() {
    let at = 5 * Self.day
    let values = Self.series(7 * Self.day, seed: 12) { $0 < at ? $1 : 0 }
    let scores = Self.judge(values).map(\.score)
    #expect((scores[at..<at + 5].max() ?? 0) > Self.alarm)
    let later = scores[(at + 360)...].count { $0 > Self.alarm }
    #expect(later <= 20, "\(later) rows")
  }

  @Test func `the first Saturday is no week of alarms`() {
    // Working days repeat; on the sixth day traffic falls to a third.
    let saturday = 5 * Self.day
    let values = Self.series(7 * Self.day, seed: 13) { $0 < saturday ? $1 : $1 / 3 }
    let alarms = Self.judge(values)[saturday...].count { $0.score > Self.alarm }
    #expect(alarms <= 60, "\(alarms) rows of 2,880")
  }

  @Test func `a counter that restarts is told once`() {
    let values: [Double?] = (0..<3_000).map { Double($0 < 2_000 ? $0 : $0 - 2_000) * 10 }
    let scores = Self.judge(values).map(\.score)
    #expect(scores[2_000] > Self.alarm)
    #expect(scores[2_200...].count { $0 > Self.alarm } <= 10)
  }

  @Test(arguments: [1e308, -1e308, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude])
  func `numbers at the ends of what there is break nothing`(value: Double) {
    let values = Self.series(2_000, seed: 14) { $0 == 900 || $0 > 1_500 ? value : $1 }
    for judgement in Self.judge(values) {
      #expect(judgement.score.isFinite && (0...1).contains(judgement.score))
      if let band = judgement.expectation {
        #expect(band.low.isFinite && band.value.isFinite && band.high.isFinite)
      }
    }
  }

  @Test func `a series takes less than a kilobyte`() {
    #expect(MemoryLayout<ValueBaseline>.size <= 1_024)
  }
}
