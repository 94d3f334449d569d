import AccessLog
import Terminal

/// Requests by the hour as rows of blocks that share one height: a row a day, an hour a
/// character; where that would be too many rows, a row a week, then a row every ten weeks.
public struct VolumePicture: Sendable {
  static let rowCountMax = 62
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]

  /// Hours of a row, and of a character.
  private let rowHours: Int64
  private let cellHours: Int64
  private let hours: [EntityHistory.Hour]

  /// - Parameter hours: ascending.
  public init(_ hours: [EntityHistory.Hour]) {
    self.hours = hours
    let span = (hours.last?.index ?? 0) - (hours.first?.index ?? 0)
    (rowHours, cellHours) =
      span < 24 * 45 ? (24, 1) : span < 168 * 60 ? (168, 4) : (1680, 42)
  }

  /// What stands above it.
  public var title: String {
    let highest = cells.values.max() ?? 0
    let unit = cellHours == 1 ? "an hour" : "\(cellHours) hours"
    return "requests by \(unit), UTC; the highest is \(Quantity.count(highest))"
  }

  /// One line a row: the day it begins with, the blocks, and its sum.
  public func lines(isColored: Bool = false) -> [String] {
    let cells = cells
    let ceiling = Double(cells.values.max() ?? 0)
    let rows = Dictionary(grouping: cells.keys) { ($0 * cellHours).floorDivided(by: rowHours) }
    guard let first = rows.keys.min(), let last = rows.keys.max() else { return [] }
    let shown = max(first, last - Int64(Self.rowCountMax) + 1)...last
    var lines = shown.first.map { $0 > first } == true ? ["(earlier rows are left out)"] : []
    for row in shown {
      let start = row * rowHours / cellHours
      let counts = (start..<start + rowHours / cellHours).map { cells[$0] ?? 0 }
      let line = SparkLine(counts.map(Double.init)).text(isColored: isColored, ceiling: ceiling)
      lines.append("\(label(row))  \(line)  \(Quantity.count(counts.reduce(0, +)))")
    }
    return lines
  }

  /// Requests by cell.
  private var cells: [Int64: Int] {
    var cells: [Int64: Int] = [:]
    for hour in hours {
      cells[hour.index.floorDivided(by: cellHours), default: 0] += hour.requestCount
    }
    return cells
  }

  /// `2026-11-01 Sun`; a week begins on the day of the week on which 1970 began.
  private func label(_ row: Int64) -> String {
    let day = (row * rowHours).floorDivided(by: 24)
    let date = EventTime(seconds: day * 86_400).rfc3339.prefix(10)
    let weekday = Self.weekdays[Int(day - day.floorDivided(by: 7) * 7)]
    return "\(date) \(weekday)"
  }
}
