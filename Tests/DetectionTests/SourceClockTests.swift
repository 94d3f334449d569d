import Testing

@testable import Detection

@Suite struct SourceClockTests {
  private static let start: Int64 = 1_767_571_200_000
  private static let second: Int64 = 1000
  private static let hour: Int64 = 3_600_000
  private static let day: Int64 = 86_400_000

  private struct Outcome {
    /// Positions of the admitted records, in the order of their release.
    var released: [Int] = []
    var late = 0
    var implausible = 0
    var stray = 0
    var clock: Int64?
  }

  private func run(
    _ stamps: [Int64], lateness: Int64 = 60_000, isFinished: Bool = true,
    location: SourceLocation = #_sourceLocation
  ) -> Outcome {
    var clock = SourceClock(latenessMilliseconds: lateness)
    var released: [SourceClock.Held] = []
    for (index, stamp) in stamps.enumerated() {
      if clock.admitsAtOnce(stamp) {
        released.append(SourceClock.Held(time: stamp, batch: 0, index: index))
        continue
      }
      let record = SourceClock.Held(time: stamp, batch: 0, index: index)
      _ = clock.admit(record, released: &released)
    }
    if isFinished { clock.finish(released: &released) }
    #expect(released.allSatisfy { $0.time == stamps[$0.index] }, sourceLocation: location)
    // Every record is somewhere, and only there.
    let total =
      released.count + clock.lateCount + clock.implausibleCount + clock.strayCount
      + clock.held.count
    #expect(total == stamps.count, "\(total) of \(stamps.count)", sourceLocation: location)
    if isFinished { #expect(clock.held.isEmpty, sourceLocation: location) }
    return Outcome(
      released: released.map(\.index), late: clock.lateCount,
      implausible: clock.implausibleCount, stray: clock.strayCount, clock: clock.time)
  }

  private func steady(_ count: Int, every step: Int64 = second, from: Int64 = start) -> [Int64] {
    (0..<count).map { from + Int64($0) * step }
  }

  @Test func `a steady source loses nothing and keeps its order`() {
    let outcome = run(steady(500))
    #expect(outcome.released == Array(0..<500))
    #expect(outcome.clock == Self.start + 499_000)
  }

  @Test(arguments: [1, 2, 3, 4, 20])
  func `a short source is released when it ends`(count: Int) {
    #expect(run(steady(count)).released == Array(0..<count))
  }

  @Test(arguments: [60_001, 600_000, 600_001, 3_600_000, 86_400_000, 30 * 86_400_000] as [Int64])
  func `a sparse source loses nothing`(step: Int64) {
    for count in [1, 2, 3, 5, 40] {
      let outcome = run(steady(count, every: step))
      #expect(outcome.released == Array(0..<count), "\(count) records: \(outcome)")
    }
  }

  @Test(arguments: [40, 60, 400] as [Int64])
  func `a source with a line every few months loses nothing`(days: Int64) {
    for count in [3, 5, 15, 17, 40] {
      let outcome = run(steady(count, every: days * Self.day))
      #expect(outcome.released == Array(0..<count), "\(count) records: \(outcome)")
    }
  }

  @Test(arguments: [600_001, 3_600_000, 86_400_000, 31 * 86_400_000, 200 * 86_400_000] as [Int64])
  func `a jump that lasts is believed, and nothing is lost`(jump: Int64) {
    let stamps = steady(200) + steady(200, from: Self.start + 200_000 + jump)
    let outcome = run(stamps)
    #expect(outcome.released == Array(0..<400), "\(outcome.late) late, \(outcome.stray) stray")
    #expect(outcome.clock == stamps.last)
  }

  @Test(
    arguments: [
      0, -1, 4_070_908_800_000, 253_402_300_799_000, .max, .min, 788_918_399_999, 3_786_912_000_000,
    ] as [Int64])
  func `a stamp that no gateway can have written moves nothing`(stamp: Int64) {
    for place in [0, 1, 2, 50, 99, 100] {
      var stamps = steady(100)
      stamps.insert(stamp, at: place)
      let outcome = run(stamps)
      #expect(outcome.implausible == 1)
      #expect(outcome.released.count == 100, "at \(place): \(outcome)")
      #expect(outcome.clock == stamps.filter { $0 != stamp }.max())
    }
  }

  /// A month and more away but plausible: in the past or in the future of all others.
  @Test(arguments: [-20_000, -3000, -40, 40, 3000, 20_000] as [Int64])
  func `one stamp of another year moves nothing, wherever it stands`(days: Int64) {
    for place in [0, 1, 2, 3, 50, 95, 99, 100] {
      var stamps = steady(100)
      let stamp = Self.start + days * Self.day
      stamps.insert(stamp, at: place)
      let outcome = run(stamps)
      #expect(
        outcome.released.count == 100 && outcome.clock == Self.start + 99_000,
        "\(days) days, at \(place): \(outcome.released.count), clock \(outcome.clock ?? 0)")
      #expect(outcome.late + outcome.stray + outcome.implausible == 1)
    }
  }

  @Test func `strays that agree with nobody do not carry the clock away`() {
    for seed in UInt64(1)...200 {
      var random = TestRandom(seed: seed)
      var stamps: [Int64] = []
      var strays = 0
      for stamp in steady(400) {
        // At most a few in any eight records, each at a time of its own.
        if random.isTrue(0.2), stamps.count > 10 {
          stamps.append(stamp + Self.hour * Int64(1 + random.below(700)))
          strays += 1
        }
        stamps.append(stamp)
      }
      let outcome = run(stamps)
      #expect(outcome.late == 0, "seed \(seed): \(outcome.late) late")
      #expect(outcome.released.count >= 400, "seed \(seed)")
    }
  }

  @Test func `an honest jump is not lost to the votes against a stray before it`() {
    let stray = Self.start + 300 * Self.day
    let jump = Self.start + 660_000
    // Seven records speak against the stray; the eighth comes after the source went on.
    let stamps =
      steady(10) + [stray] + steady(7, from: Self.start + 10_000) + [jump]
      + [Self.start + 20_000] + steady(20, from: jump + 1000)
    let outcome = run(stamps)
    #expect(outcome.released.count == stamps.count - 1 && outcome.stray == 1, "\(outcome)")
  }

  @Test func `disorder within the allowed lateness loses nothing`() {
    for seed in UInt64(1)...50 {
      var random = TestRandom(seed: seed)
      let stamps = (0..<2000).map {
        Self.start + Int64($0) * 250 - Int64(random.below(60_000))
      }
      let outcome = run(stamps)
      #expect(outcome.late == 0, "seed \(seed): \(outcome.late)")
      #expect(outcome.released.count == 2000)
    }
  }

  @Test func `what is older than the lateness is late and counted`() {
    let stamps = steady(200) + [Self.start + 199_000 - 60_001, Self.start + 199_000 - 60_000]
    let outcome = run(stamps)
    #expect(outcome.late == 1)
    #expect(outcome.released.last == 201)
  }

  @Test func `a jump back is late, record by record`() {
    let outcome = run(steady(200) + steady(100, from: Self.start - Self.hour))
    #expect(outcome.late == 100)
    #expect(outcome.clock == Self.start + 199_000)
  }

  @Test func `held records go on waiting while fewer agree than are needed`() {
    var clock = SourceClock(latenessMilliseconds: 60_000)
    var released: [SourceClock.Held] = []
    for (index, stamp) in steady(10).enumerated() {
      _ = clock.admit(.init(time: stamp, batch: 0, index: index), released: &released)
    }
    let jump = Self.start + Self.hour
    let first = SourceClock.Held(time: jump, batch: 1, index: 0)
    let admission = clock.admit(first, released: &released)
    #expect(admission == .held)
    let isAtOnce = clock.admitsAtOnce(Self.start + 10_000)
    #expect(!isAtOnce)
    #expect(clock.held.count == 1)
    #expect(clock.time == Self.start + 9000)
    for index in 1...2 {
      let record = SourceClock.Held(time: jump + Int64(index), batch: 1, index: index)
      _ = clock.admit(record, released: &released)
    }
    #expect(clock.held.isEmpty && released.count == 13)
    #expect(clock.watermark == jump + 2 - 60_000)
  }

  @Test func `what is held is bounded`() {
    var clock = SourceClock(latenessMilliseconds: 0)
    var released: [SourceClock.Held] = []
    var most = 0
    for index in 0..<5000 {
      let stamp = Self.start + Int64(index) * 40 * Self.day / 3
      guard SourceClock.plausible.contains(stamp) else { break }
      _ = clock.admit(.init(time: stamp, batch: 0, index: index), released: &released)
      most = max(most, clock.held.count)
    }
    #expect(most <= SourceClock.votesForLongJumpMin)
    // Each before the last, so that no two agree.
    for index in 0..<500 {
      let stamp = Self.start + 9000 * Self.day - Int64(index) * Self.day
      _ = clock.admit(.init(time: stamp, batch: 1, index: index), released: &released)
      most = max(most, clock.held.count)
    }
    #expect(most <= SourceClock.heldCountMax)
  }
}
