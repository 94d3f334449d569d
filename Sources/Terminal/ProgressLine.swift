/// One line of a terminal that is drawn again in place and leaves nothing behind.
///
/// It decides and says what to write; whoever owns it writes, and hides the line before anything
/// else goes to the same screen. Time is an argument, so that tests need no clock.
public struct ProgressLine: Sendable {
  /// What a line is made of: in the order of the line, and how soon it is left out where the
  /// window is narrow, the highest number first.
  public struct Part: Hashable, Sendable {
    public var text: String
    public var dispensability: Int

    public init(_ text: String, dispensability: Int = 0) {
      self.text = text
      self.dispensability = dispensability
    }
  }

  /// Nothing is shown of work that takes less, milliseconds; and between two drawings.
  static let quietMilliseconds: Int64 = 400
  static let intervalMilliseconds: Int64 = 200
  private static let gap = 2

  /// Columns that the line on the screen takes; 0 where there is none.
  private var drawnColumns = 0
  private var nextDrawing = Self.quietMilliseconds

  public init() {}

  /// Whether the line wants to be drawn.
  public func isDue(atMilliseconds now: Int64) -> Bool { now >= nextDrawing }

  /// What to write to draw `parts` over what is there.
  ///
  /// - Parameter columns: Those of the window now; it may have been resized since the last time.
  public mutating func draw(
    _ parts: [Part], columns: Int, atMilliseconds now: Int64
  ) -> String {
    nextDrawing = now + Self.intervalMilliseconds
    // The last column stays free: a terminal may wrap as soon as it is written.
    let text = Self.fitted(parts, columns: columns - 1)
    let erasing = hide(columns: columns)
    drawnColumns = DisplayWidth.of(text)
    return erasing + text
  }

  /// What to write so that the line is gone and the cursor where it began. The line is drawn
  /// again as soon as it is due.
  public mutating func hide(columns: Int) -> String {
    guard drawnColumns > 0 else { return "" }
    // In a window that became narrower, the terminal has wrapped the line.
    let rowsAbove = (drawnColumns - 1) / max(1, columns)
    drawnColumns = 0
    return "\r" + (rowsAbove > 0 ? "\u{1B}[\(rowsAbove)A" : "") + "\u{1B}[J"
  }

  static func fitted(_ parts: [Part], columns: Int) -> String {
    var parts = parts
    func text() -> String {
      parts.map(\.text).joined(separator: String(repeating: " ", count: gap))
    }
    while DisplayWidth.of(text()) > columns,
      let worst = parts.map(\.dispensability).max(), worst > 0
    {
      parts.removeAll { $0.dispensability == worst }
    }
    return DisplayWidth.cut(text(), to: columns)
  }
}
