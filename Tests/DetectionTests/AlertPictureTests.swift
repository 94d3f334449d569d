import Testing

@testable import AccessLog
@testable import Baselines
@testable import Detection

/// What the engine keeps for the picture of an alert.
@Suite struct AlertPictureTests {
  private func steady(_ days: Int, per5Minutes: Int) -> [TestRequest] {
    (0..<Int64(days) * 288).flatMap { window in
      (0..<per5Minutes).map {
        TestRequest(time: (monday + window * 300 + Int64($0)) * 1000)
      }
    }
  }

  @Test func `a rise is shown as it was counted, in the band that it left`() throws {
    let start = monday + 15 * day
    let burst = (0..<200).map { TestRequest(time: (start + Int64($0)) * 1000) }
    let bench = TestBench(rules: [.volume(minutes: [5, 30, 120], more: 10)])
    let outcome = bench.run(steady(15, per5Minutes: 4) + burst)
    let picture = try #require(outcome.opened.first?.picture)
    #expect(picture.windowMilliseconds == 300_000)
    #expect(picture.windows.count == 32 && picture.judgedCount == 1)
    #expect(picture.windows.dropLast().allSatisfy { $0.count == 4 })
    #expect(picture.start(ofWindow: 31).seconds == start)
    let last = try #require(picture.windows.last)
    #expect(last.count == outcome.opened[0].observed)
    for window in picture.windows {
      #expect(window.low < 4 && window.high > 4 && window.high < 20)
    }
  }

  @Test func `a young series shows no windows from before it`() throws {
    let start = monday + 2 * day
    let early = (0..<120).map { TestRequest(time: (start + Int64($0)) * 1000) }
    let bench = TestBench(rules: [.volume(minutes: [5, 30, 120], more: 10)])
    let outcome = bench.run(steady(2, per5Minutes: 4) + early)
    for alert in outcome.opened {
      let picture = try #require(alert.picture)
      #expect(picture.windows.count <= AlertPicture.windowCountMax)
      #expect(picture.startedAt.seconds >= monday)
    }
  }

  @Test func `many windows share a bar, and none is lost`() throws {
    let start = monday + 15 * day
    let burst = (0..<4000).map { TestRequest(time: (start + Int64($0) * 20) * 1000) }
    let bench = TestBench(rules: [.volume(minutes: [5, 1440], more: 10)])
    let requests = (steady(16, per5Minutes: 4) + burst).sorted { $0.time < $1.time }
    let outcome = bench.run(requests)
    for alert in outcome.alerts {
      let picture = try #require(alert.picture)
      #expect(picture.windows.count <= AlertPicture.windowCountMax)
      guard picture.judgedCount > 1 else { continue }
      let first = picture.windows.count - picture.judgedCount
      let sum = picture.windows[first...].reduce(0) { $0 + $1.count }
      #expect(sum >= alert.observed)
    }
  }

  @Test func `seconds over a tier are shown with what it allows`() {
    var seconds = RecentSeconds()
    for second in [90, 99, 100] as [Int64] {
      seconds.append(RecentSeconds.Cell(second: second, attempted: Int32(second)))
    }
    let picture = seconds.picture(upTo: 100, judged: 1) { Double($0) * 15 }
    #expect(picture.windows.count == 30 && picture.judgedCount == 1)
    #expect(picture.start(ofWindow: 29).seconds == 100)
    #expect(picture.windows.map(\.count).filter { $0 > 0 } == [90, 99, 100])
    #expect(picture.windows.allSatisfy { $0.high == 15 && $0.low == 0 })
    let minute = seconds.picture(upTo: 100, judged: 60) { Double($0) * 15 }
    #expect(minute.windowMilliseconds == 3000 && minute.judgedCount == 20)
    #expect(minute.windows.suffix(4).map(\.count) == [90, 0, 0, 199])
  }
}
