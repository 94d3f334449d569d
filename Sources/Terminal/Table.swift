/// Rows under titles, in columns that fit the width of a screen.
///
///     var table = Table([.text("supplier"), .number("requests"), .flexible("contact")])
///     table.add(["northwind", Table.Cell("1,840", .red), "ops@northwind.example"])
///     print(table.text(on: .output))
///
/// Cells hold plain text of any origin: it is escaped here. Where the width does not do,
/// flexible columns are cut with an ellipsis, single words in their middle; where even that does not do, every row becomes a
/// block of lines, so that nothing is lost. Off a terminal nothing is cut.
public struct Table: Sendable {
  public struct Column: Hashable, Sendable {
    public var title: String
    public var isNumber: Bool
    public var isFlexible: Bool

    /// Words, which are always shown whole.
    public static func text(_ title: String) -> Column {
      Column(title: title, isNumber: false, isFlexible: false)
    }

    /// Flush right.
    public static func number(_ title: String) -> Column {
      Column(title: title, isNumber: true, isFlexible: false)
    }

    /// Words that may be cut.
    public static func flexible(_ title: String) -> Column {
      Column(title: title, isNumber: false, isFlexible: true)
    }
  }

  public struct Cell: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// Escaped.
    public let text: String
    public let style: TextStyle?
    let width: Int

    public init(_ text: String, _ style: TextStyle? = nil) {
      self.text = TerminalText.escaped(text)
      self.style = style
      width = DisplayWidth.of(self.text)
    }

    public init(stringLiteral text: String) { self.init(text) }
  }

  public let columns: [Column]
  public private(set) var rows: [[Cell]] = []

  /// What a flexible column keeps at least, and what is between two columns.
  private static let flexibleMin = 12
  private static let gap = 2

  public init(_ columns: [Column]) { self.columns = columns }

  /// One cell a column.
  public mutating func add(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has one cell a column")
    rows.append(cells)
  }

  public mutating func add(_ cells: [String]) { add(cells.map { Cell($0) }) }

  /// All of the table for `screen`, without a line end after the last line.
  public func text(on screen: Screen) -> String {
    lines(columns: screen.columns, isColored: screen.isColored).joined(separator: "\n")
  }

  /// - Parameter columnCount: The width to fit; `nil` for any.
  public func lines(columns columnCount: Int?, isColored: Bool = false) -> [String] {
    guard let widths = widths(columnCount ?? .max) else {
      return blocks(columnCount ?? .max, isColored)
    }
    let titles = columns.map { Cell($0.title, .strong) }
    return ([titles] + rows).map { line($0, widths, isColored) }
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ isColored: Bool) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let shown =
        cell.text.contains(" ")
        ? DisplayWidth.cut(cell.text, to: widths[index])
        : DisplayWidth.cutInside(cell.text, to: widths[index])
      let styled = isColored ? cell.style?.applied(to: shown) ?? shown : shown
      let space = spaces(max(0, widths[index] - DisplayWidth.of(shown)))
      let isLast = index == cells.count - 1
      line += columns[index].isNumber ? space + styled : isLast ? styled : styled + space
      if !isLast { line += spaces(Self.gap) }
    }
    return line
  }

  /// Width of each column, or `nil` where they do not fit.
  private func widths(_ available: Int) -> [Int]? {
    var widths = columns.indices.map { index in
      rows.reduce(DisplayWidth.of(columns[index].title)) { max($0, $1[index].width) }
    }
    var excess = widths.reduce(Self.gap * (columns.count - 1), +) - max(0, available)
    while excess > 0 {
      // The widest gives first, so that narrow ones stay whole.
      let flexible = columns.indices.filter {
        columns[$0].isFlexible && widths[$0] > Self.flexibleMin
      }
      guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { return nil }
      let next = flexible.map { widths[$0] }.filter { $0 < widths[widest] }.max()
      let cut = min(excess, max(1, widths[widest] - max(next ?? 0, Self.flexibleMin)))
      widths[widest] -= cut
      excess -= cut
    }
    return widths
  }

  /// A block a row, a cell on as many lines as it needs.
  private func blocks(_ columnCount: Int, _ isColored: Bool) -> [String] {
    let titles = columns.map { Cell($0.title, .strong) }
    let width = titles.map(\.width).max() ?? 0
    return Array(
      rows.map { cells in
        titles.indices.flatMap { index in
          lines(titles[index], cells[index], width, columnCount, isColored)
        }
      }.joined(separator: [""]))
  }

  private func lines(
    _ title: Cell, _ cell: Cell, _ width: Int, _ columnCount: Int, _ isColored: Bool
  ) -> [String] {
    func styled(_ text: String, _ style: TextStyle?) -> String {
      isColored ? style?.applied(to: text) ?? text : text
    }
    let wrapped = DisplayWidth.wrap(
      cell.text, to: columnCount - width - Self.gap, breaksWords: false)
    let heading = styled(title.text, title.style) + spaces(width - title.width + Self.gap)
    let rest = wrapped.dropFirst().map { spaces(width + Self.gap) + styled($0, cell.style) }
    return [heading + styled(wrapped.first ?? "", cell.style)] + rest
  }

  private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
