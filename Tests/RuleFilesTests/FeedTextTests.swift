import Testing

@testable import RuleFiles

@Suite struct FeedTextTests {
  @Test(
    arguments: [
      ("5", [5]), ("5x3", [5, 5, 5]), ("1 2x2 3", [1, 2, 2, 3]), ("(1 2)x2", [1, 2, 1, 2]),
      ("(1x2)x3", [1, 1, 1, 1, 1, 1]), ("_x2 1", [nil, nil, 1]),
      (
        "((1 _)x2 3)x2",
        [1, nil, 1, nil, 3, 1, nil, 1, nil, 3]
      ), ("0x2", [0, 0]), ("1x0 2", [2]), ("(1 2)x0 3", [3]),
      (" 1\n 2 ", [1, 2]), ("(7)", [7]),
    ] as [(String, [Int?])])
  func `a feed is counts, step by step`(text: String, steps: [Int?]) throws {
    let runs = try FeedText.runs(text)
    #expect(runs.flatMap { Array(repeating: $0.value, count: $0.stepCount) } == steps)
    #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.value != $1.value })
  }

  @Test(arguments: [
    ("", 0), ("1 a", 2), ("1x", 2), ("(1", 2), ("1)", 1), ("()x2", 0), ("-1", 0), ("1.5", 1),
    ("1000000001", 0), ("99999999999999999999", 0), ("((((((((( 1", 8), ("1 x2", 2),
  ])
  func `what is no feed has its place`(text: String, offset: Int) {
    let fault = #expect(throws: FeedText.Fault.self) { try FeedText.runs(text) }
    #expect(fault?.offset == offset)
  }

  @Test(arguments: [
    "1x1051201", "((((1x1000000)x1000000)x1000000)x1000000)", "(1 2)x1000000",
    "((1 2)x1000 (3 4)x1000)x1000", "(((((((1 2)x99)x99)x99)x99)x99)x99)x99",
    "1x1000000 2x1000000", "99999999999999999999x99999999999999999999",
  ])
  func `a feed that is too long is refused at once`(text: String) {
    #expect(throws: FeedText.Fault.self) { try FeedText.runs(text) }
  }
}
