import Testing

@testable import Terminal

@Suite struct ProgressLineTests {
  private static let parts: [ProgressLine.Part] = [
    .init("42 %"), .init("1.2 of 2.9 GB", dispensability: 2),
    .init("9,000 lines", dispensability: 3),
    .init("1 min left", dispensability: 1),
  ]

  @Test(arguments: [
    (80, "42 %  1.2 of 2.9 GB  9,000 lines  1 min left"),
    (45, "42 %  1.2 of 2.9 GB  9,000 lines  1 min left"),
    (44, "42 %  1.2 of 2.9 GB  1 min left"), (31, "42 %  1 min left"), (16, "42 %"), (4, "42…"),
    (1, ""), (0, ""),
  ])
  func `what can be missed goes first, and a column stays free`(columns: Int, text: String) {
    var line = ProgressLine()
    #expect(line.draw(Self.parts, columns: columns, atMilliseconds: 0) == text)
  }

  @Test func `quick work shows nothing, and a line is drawn a few times a second`() {
    var line = ProgressLine()
    #expect(!line.isDue(atMilliseconds: 0))
    #expect(!line.isDue(atMilliseconds: 399))
    #expect(line.isDue(atMilliseconds: 400))
    _ = line.draw(Self.parts, columns: 80, atMilliseconds: 1000)
    #expect(!line.isDue(atMilliseconds: 1199))
    #expect(line.isDue(atMilliseconds: 1200))
  }

  @Test func `a line that was not drawn needs no hiding`() {
    var line = ProgressLine()
    #expect(line.hide(columns: 80) == "")
    _ = line.draw(Self.parts, columns: 80, atMilliseconds: 0)
    #expect(line.hide(columns: 80) == "\r\u{1B}[J")
    #expect(line.hide(columns: 80) == "")
  }

  /// The line takes 44 columns: as many rows as the terminal has wrapped it into are erased.
  @Test(arguments: [(80, 0), (44, 0), (43, 1), (22, 1), (21, 2), (10, 4)])
  func `a window that became narrower is cleaned up`(columns: Int, rowsAbove: Int) {
    var line = ProgressLine()
    _ = line.draw(Self.parts, columns: 80, atMilliseconds: 0)
    let up = rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : ""
    #expect(line.hide(columns: columns) == "\r\(up)\u{1B}[J")
  }

  @Test func `drawing erases what was there`() {
    var line = ProgressLine()
    _ = line.draw(Self.parts, columns: 80, atMilliseconds: 0)
    #expect(line.draw([.init("x")], columns: 80, atMilliseconds: 200) == "\r\u{1B}[Jx")
  }
}
