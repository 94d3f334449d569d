import AccessLog
import Testing

@testable import Report

@Suite struct TrafficTimelineTests {
  private func bucket(_ requests: Int64, throttled: Int64 = 0) -> TrafficTimeline.Bucket {
    var bucket = TrafficTimeline.Bucket()
    bucket.requests = requests
    bucket.throttled = throttled
    return bucket
  }

  private func time(_ seconds: Int64) -> EventTime { EventTime(seconds: seconds) }

  @Test func `what was counted is drawn without a break`() {
    var timeline = TrafficTimeline()
    timeline.add(bucket(3, throttled: 1), atMilliseconds: 60_000)
    timeline.add(bucket(2), atMilliseconds: 119_999)
    timeline.add(bucket(4), atMilliseconds: 240_000)
    let series = timeline.series(from: time(60), to: time(250), countMax: 100)
    #expect(series?.start == 60 && series?.width == 60 && series?.end == 300)
    #expect(series?.buckets.map(\.requests) == [5, 0, 0, 4])
    #expect(series?.buckets.map(\.throttled) == [1, 0, 0, 0])
  }

  @Test(arguments: [1, 2, 7, 60, 360])
  func `however few the bars, none of the span is lost`(countMax: Int) throws {
    var timeline = TrafficTimeline()
    for hour in 0..<240 as Range<Int64> {
      timeline.add(bucket(hour), atMilliseconds: hour * 3_600_000)
    }
    let series = try #require(
      timeline.series(from: time(0), to: time(239 * 3600), countMax: countMax))
    #expect(series.buckets.count <= countMax)
    #expect(series.buckets.reduce(0) { $0 + $1.requests } == 239 * 120)
  }

  @Test func `more minutes than there is room for become longer, in any order`() {
    let minutes = (0..<500).map { Int64($0) * 60_000 }
    func count(_ times: [Int64]) -> TrafficTimeline {
      var timeline = TrafficTimeline(bucketCountMax: 100)
      for time in times { timeline.add(bucket(1), atMilliseconds: time) }
      return timeline
    }
    let forward = count(minutes).series(from: time(0), to: time(30_000), countMax: 1000)
    let backward = count(minutes.reversed()).series(from: time(0), to: time(30_000), countMax: 1000)
    #expect(forward == backward)
    #expect(forward?.width == 300)
    #expect(forward?.buckets.reduce(0) { $0 + $1.requests } == 500)
  }

  @Test(arguments: [.min, -1, -60_001, .max] as [Int64])
  func `a stamp that no gateway can have written does no harm`(stamp: Int64) {
    var timeline = TrafficTimeline(bucketCountMax: 2)
    timeline.add(bucket(1), atMilliseconds: stamp)
    timeline.add(bucket(1), atMilliseconds: 60_000)
    timeline.add(bucket(1), atMilliseconds: 7_200_000)
    let series = timeline.series(from: time(0), to: time(7200), countMax: 500)
    #expect(series?.buckets.reduce(0) { $0 + $1.requests } == 2)
  }

  @Test func `of nothing there is no picture`() {
    #expect(TrafficTimeline().series(from: time(10), to: time(9), countMax: 5) == nil)
    #expect(TrafficTimeline().series(from: time(0), to: time(9), countMax: 0) == nil)
  }
}
