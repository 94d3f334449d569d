/// What was usual before a disturbance: to come back to it is no news, although the level has
/// followed the disturbance meanwhile.
struct UsualBefore: Hashable, Sendable {
  /// A row of this strength is a disturbance.
  private static let strengthMin = 15.0
  /// Rows after a disturbance in which a return is awaited.
  private static let rowCount: UInt16 = 720
  /// Nearer than this many standard deviations is back.
  static let sizeMax = 4.0

  private var level = 0.0
  private var offset = 0.0
  private var rowsLeft: UInt16 = 0

  /// Whether `row` lies where values would lie if there had been no disturbance.
  func isBack(_ row: borrowing ValueRow, _ series: borrowing ValueBaseline) -> Bool {
    guard rowsLeft > 0 else { return false }
    guard row.hasShape else {
      let spread = row.fromLevel.spread
      return series.ofForecast.size(of: row.value - level, spread: spread) < Self.sizeMax
    }
    let error = row.fromShape.error + series.offset - offset
    return series.ofShape.size(of: error, spread: row.hourSpread) < Self.sizeMax
  }

  /// Learns how strong a row was, and what was usual before it.
  mutating func note(_ strength: Double, level: Double, offset: Double) {
    if rowsLeft > 0 { rowsLeft -= 1 }
    guard strength >= Self.strengthMin else { return }
    if rowsLeft == 0 { (self.level, self.offset) = (level, offset) }
    rowsLeft = Self.rowCount
  }
}
