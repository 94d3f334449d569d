import Testing

@testable import Terminal

@Suite struct SparkLineTests {
  @Test(
    arguments: [
      ([], ""), ([0], "·"), ([1], "█"), ([0, 1, 2, 4, 8], "·▁▂▄█"), ([5, 5], "██"),
      ([0.001, 1000], "▁█"), ([-1, .nan, 1], "··█"),
    ] as [([Double], String)])
  func `values are drawn as`(values: [Double], text: String) {
    #expect(SparkLine(values).text() == text)
  }

  @Test func `lines on one scale can be compared`() {
    #expect(SparkLine([1, 2]).text(ceiling: 8) == "▁▂")
    #expect(SparkLine([16]).text(ceiling: 8) == "█")
  }

  @Test func `what is unusual is red, in runs`() {
    let line = SparkLine([.init(1), .init(8, isUnusual: true), .init(8, isUnusual: true), .init(1)])
    #expect(line.text(isColored: true) == "▁\u{1B}[31m██\u{1B}[0m▁")
    #expect(line.text() == "▁██▁")
  }
}
