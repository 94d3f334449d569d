import Testing

@testable import tollwatch

@Suite struct FirstSegmentsTests {
  private let known = FirstSegments(numbers: ["edge": 10_000])

  @Test func `positions are counted from the first that is known`() {
    let positions = ["a", "b", "c"]
    #expect(known.positions(positions, of: "edge", from: 10_001).map(Array.init) == ["b", "c"])
    #expect(known.positions(positions, of: "edge", from: 10_003).map(Array.init) == [])
    #expect(known.positions(positions, of: "edge", from: 9_999) == nil)
    #expect(known.positions(positions, of: "mesh", from: 1).map(Array.init) == ["b", "c"])
  }

  @Test func `they are the same when they were in the database`() {
    #expect(FirstSegments(json: known.json) == known)
    #expect(FirstSegments(json: nil) == FirstSegments())
  }
}
