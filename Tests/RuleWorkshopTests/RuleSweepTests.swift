import RuleFiles
import RuleWorkshop
import Testing

@Suite struct RuleSweepTests {
  @Test(arguments: [
    ("above=100..1000", "100 200 300 400 500 600 700 800 900 1000"),
    ("above=10..2000", "10 20 50 100 200 500 1000 2000"),
    ("above=30..1000", "30 50 100 200 500 1000"),
    ("above=0.05..0.1", "0.05 0.055 0.06 0.065 0.07 0.075 0.08 0.085 0.09 0.095 0.1"),
    ("above=0.1..0.7:0.2", "0.1 0.3 0.5 0.7"),
    ("at_least.times=2..10", "2 3 4 5 6 7 8 9 10"),
    ("at_least.times=0..10:5", "0 5 10"),
    ("window=1m..30m", "1m 2m 3m 5m 10m 15m 20m 30m"),
    ("window=90s..1h:30m", "90s 1890s"),
    ("window=5m,30m, 2h,5m", "5m 30m 2h"),
    ("where=status >= 500,status == 429", "status >= 500|status == 429"),
  ])
  func `a range takes round values, and a list those that it names`(
    text: String, values: String
  ) throws {
    let sweep = try RuleSweep(parsing: text)
    let separator: Character = values.contains("|") ? "|" : " "
    #expect(sweep.values == values.split(separator: separator).map(String.init))
  }

  @Test func `a key below another is a path`() throws {
    let sweep = try RuleSweep(parsing: "at_least.times=2,3")
    #expect(sweep.path == ["at_least", "times"] && sweep.key == "at_least.times")
  }

  @Test(arguments: [
    "above", "=1..2", "above=", "a..b=3", "above=5..x", "above=5m..3", "above=10..1",
    "above=1..9:0",
    "above=1..9:x", "window=1m..5m:2", "above=1..1000:1", "above=1,,2",
  ])
  func `what is no range and no list is told`(text: String) {
    #expect(throws: RuleSweep.Fault.self) { try RuleSweep(parsing: text) }
  }

  @Test func `several keys are tried in all combinations`() throws {
    let sweeps = try ["above=1,2", "window=5m,1h,2h"].map { try RuleSweep(parsing: $0) }
    let combinations = RuleSweep.combinations(of: sweeps)
    let texts = combinations.map { $0.map(\.value).joined(separator: " ") }
    #expect(texts == ["1 5m", "1 1h", "1 2h", "2 5m", "2 1h", "2 2h"])
  }
}
