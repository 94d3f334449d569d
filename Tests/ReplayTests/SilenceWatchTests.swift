import Testing

@testable import tollwatch

@Suite struct SilenceWatchTests {
  private func source(
    clock: Int64?, spokeAt: Int64 = 0, looks: Int = 100, isExcluded: Bool = false,
    waits: Bool = false
  ) -> SilenceWatch.Source {
    SilenceWatch.Source(
      clock: clock, isExcluded: isExcluded, spokeAt: spokeAt, idleLookCount: looks,
      silenceMilliseconds: 10_000, hasWaitingSegments: waits)
  }

  @Test func `who is silent is left behind once another went far ahead`() {
    let watch = SilenceWatch(sources: [
      source(clock: 50_000, spokeAt: 9_999), source(clock: 30_000),
    ])
    #expect(watch.silent(at: 9_999) == nil)
    #expect(watch.silent(at: 10_000)?.index == 1)
    #expect(watch.silent(at: 10_000)?.time == 30_000)
  }

  @Test(arguments: [[40_001], [nil], [], [30_000]] as [[Int64?]])
  func `without anybody far ahead nobody is left behind`(others: [Int64?]) {
    let sources = [source(clock: 50_000)] + others.map { source(clock: $0, spokeAt: 20_000) }
    #expect(SilenceWatch(sources: sources).silent(at: 20_000) == nil)
  }

  @Test func `who never spoke is left behind at the time of the others`() {
    let watch = SilenceWatch(sources: [source(clock: nil), source(clock: 7, spokeAt: 20_000)])
    #expect(watch.silent(at: 20_000)?.index == 0)
    #expect(watch.silent(at: 20_000)?.time == 7)
  }

  @Test func `traffic has ended where all are silent, and nothing waits to be read`() {
    let all = [source(clock: 50_000, spokeAt: 3_000), source(clock: nil, spokeAt: 7_000)]
    #expect(SilenceWatch(sources: all).allSilentSince(at: 16_999) == nil)
    #expect(SilenceWatch(sources: all).allSilentSince(at: 17_000) == 7_000)
    for other in [source(clock: 1, looks: 4), source(clock: 1, waits: true)] {
      #expect(SilenceWatch(sources: all + [other]).allSilentSince(at: 60_000) == nil)
    }
  }

  @Test func `a process that was stopped for a minute has heard no silence`() {
    let watch = SilenceWatch(sources: [
      source(clock: 50_000, spokeAt: 99_000), source(clock: 1, looks: 4),
    ])
    #expect(watch.silent(at: 100_000) == nil)
  }

  @Test func `in quiet, time goes on with the clock, from the latest record on`() {
    let watch = SilenceWatch(sources: [source(clock: 50_000), source(clock: 49_000)])
    func time(_ now: Int64, _ tickedAt: Int64 = -1_000, waits: Bool = true) -> Int64? {
      watch.quietTime(at: now, tickedAt: tickedAt, hasWaitingRecords: waits)
    }
    #expect(time(999) == nil)
    #expect(time(1_000) == 51_000)
    #expect(time(1_999, 1_000) == nil)
    #expect(time(2_500, 1_000) == 51_500)
    #expect(time(30_000, 1_000, waits: false) == nil)
    #expect(time(61_000, 1_000, waits: false) == 110_000)
  }

  @Test func `what passed while no process was there counts once nobody is waited for`() {
    let watch = SilenceWatch(sources: [source(clock: 50_000), source(clock: nil)])
    func time(_ now: Int64) -> Int64? {
      watch.quietTime(at: now, tickedAt: 0, hasWaitingRecords: true, downtime: 3_600_000)
    }
    #expect(time(9_999) == 59_999)
    #expect(time(10_000) == 3_660_000)
    #expect(watch.isSilent(at: 10_000) && !watch.isSilent(at: 9_999))
  }

  @Test(arguments: [
    SilenceWatch.Source(
      clock: 1, spokeAt: 9_500, idleLookCount: 1, silenceMilliseconds: 10_000),
    SilenceWatch.Source(
      clock: 1, spokeAt: 0, idleLookCount: 1, silenceMilliseconds: 10_000,
      hasWaitingSegments: true),
  ])
  func `while somebody speaks, or has more to read, time is what records say`(
    other: SilenceWatch.Source
  ) {
    let watch = SilenceWatch(sources: [source(clock: 50_000), other])
    #expect(watch.quietTime(at: 10_000, tickedAt: 0, hasWaitingRecords: true) == nil)
  }
}
