import Testing

@testable import Detection

@Suite struct EventRingTests {
  private func ring(_ times: [Int64], step: Int32 = 0, value: UInt64 = 0) -> EventRing {
    var ring = EventRing()
    for time in times {
      _ = ring.add(
        EventRing.Event(time: time, step: step, value: value), horizon: .min, countMax: 100)
    }
    return ring
  }

  private func free(_ ring: EventRing, after start: Int64 = 0, step: Int32 = 0) -> Int {
    ring.count(step: step, after: start, through: 1000, value: 0, unusedOnly: true)
  }

  @Test func `what one target took for its own is there for others, though not as theirs`() {
    var ring = ring([10, 20, 30])
    ring.take(2, step: 0, after: 0, through: 100, value: 0)
    #expect(ring.count(step: 0, after: 0, through: 100, value: 0) == 3)
    #expect(free(ring) == 1)
  }

  @Test func `the oldest are taken first`() {
    var ring = ring([10, 20, 30])
    ring.take(2, step: 0, after: 0, through: 100, value: 0)
    #expect(free(ring, after: 20) == 1 && free(ring, after: 30) == 0)
  }

  @Test func `other steps, other values and other times are not taken`() {
    var ring = ring([10, 20])
    ring.take(2, step: 1, after: 0, through: 100, value: 0)
    ring.take(2, step: 0, after: 0, through: 100, value: 7)
    ring.take(2, step: 0, after: 20, through: 100, value: 0)
    ring.take(2, step: 0, after: 0, through: 9, value: 0)
    #expect(free(ring) == 2)
  }

  @Test func `a full ring drops the oldest and remembers when that was`() {
    var ring = EventRing()
    for time in 1...5 as ClosedRange<Int64> {
      let hasDropped = ring.add(
        EventRing.Event(time: time, step: 0, value: 0), horizon: 0, countMax: 3)
      #expect(hasDropped == (time > 3))
    }
    #expect(ring.droppedThrough == 2)
    #expect(ring.count(step: 0, after: 0, through: 9, value: 0) == 3)
  }

  @Test func `events that are too old for anything make room without a loss`() {
    var ring = EventRing()
    for time in 1...1000 as ClosedRange<Int64> {
      let hasDropped = ring.add(
        EventRing.Event(time: time, step: 0, value: 0), horizon: time - 2, countMax: 4)
      #expect(!hasDropped)
    }
    #expect(ring.droppedThrough == .min)
    #expect(ring.count(step: 0, after: 997, through: 1000, value: 0) == 3)
  }
}
