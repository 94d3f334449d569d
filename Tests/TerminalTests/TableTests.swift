import Testing

@testable import Terminal

@Suite struct TableTests {
  private static let wide: Table = {
    var table = Table([.text("supplier"), .number("requests"), .flexible("contact")])
    table.add(["northwind", "1,840", "ops@northwind.example"])
    table.add(["上海", "7", "运维@example"])
    return table
  }()

  @Test func `off a terminal all of it is shown`() {
    #expect(
      Self.wide.lines(columns: nil) == [
        "supplier   requests  contact",
        "northwind     1,840  ops@northwind.example",
        "上海              7  运维@example",
      ])
  }

  @Test func `a flexible column is cut`() {
    #expect(
      Self.wide.lines(columns: 35) == [
        "supplier   requests  contact",
        "northwind     1,840  ops@nor…xample",
        "上海              7  运维@example",
      ])
  }

  @Test(arguments: 0...200)
  func `no line is wider than the screen as long as it is a table`(columns: Int) {
    let lines = Self.wide.lines(columns: columns)
    guard lines.count == 3 else {
      // The blocks begin where the columns cannot be narrower.
      #expect(columns < 33 && lines.count == 7)
      return
    }
    for line in lines { #expect(DisplayWidth.of(line) <= columns) }
  }

  @Test func `on a narrow screen rows become blocks, and nothing is lost`() {
    #expect(
      Self.wide.lines(columns: 20).prefix(4) == [
        "supplier  northwind", "requests  1,840", "contact   ops@northwind.example", "",
      ])
  }

  @Test func `a long text in a block goes on below its beginning`() {
    var table = Table([.text("rule"), .flexible("reason")])
    table.add(["over-tier", "tried 6,132 requests in 1 min"])
    #expect(
      table.lines(columns: 20) == [
        "rule    over-tier", "reason  tried 6,132", "        requests in", "        1 min",
      ])
  }

  @Test func `the widest column is cut first`() {
    var table = Table([.flexible("a"), .flexible("b")])
    table.add([String(repeating: "x", count: 14), String(repeating: "y", count: 60)])
    #expect(table.lines(columns: 40)[1].hasPrefix(String(repeating: "x", count: 14) + "  yyy"))
    #expect(table.lines(columns: 27)[1].contains("…xxxxx  "))
  }

  @Test func `what a client wrote cannot act on the terminal`() {
    var table = Table([.text("agent")])
    table.add(["\u{1B}[2J\nx"])
    #expect(table.lines(columns: nil, isColored: false)[1] == "\\x1b[2J\\x0ax")
  }

  @Test func `colour does not count as width`() {
    var table = Table([.text("severity"), .text("rule")])
    table.add([Table.Cell("high", .red), "over-tier"])
    #expect(
      table.lines(columns: 80, isColored: true)[1] == "\u{1B}[31mhigh\u{1B}[0m      over-tier")
  }

  @Test func `a table without rows is its titles`() {
    #expect(Table([.text("a"), .number("b")]).lines(columns: 80) == ["a  b"])
  }
}
