import Detection
import Sinks
import Terminal

/// An answer in rows and columns, for people and for programs.
struct UsageAnswer {
  struct Column {
    /// As programs get it: lower case with underscores.
    var name: String
    var isNumber: Bool
    /// People do not see it where no row has anything in it.
    var isOptional = false
    /// As people read it.
    var title: String { Self.shortTitles[name] ?? name.replacing("_", with: " ") }

    /// A table of a supplier a row fits 80 columns.
    private static let shortTitles = [
      "client_errors": "4xx", "server_errors": "5xx", "error_share": "errors",
    ]

    static func text(_ name: String) -> Column { Column(name: name, isNumber: false) }
    static func number(_ name: String) -> Column { Column(name: name, isNumber: true) }

    var whereKnown: Column { Column(name: name, isNumber: isNumber, isOptional: true) }
  }

  enum Value: Hashable {
    case text(String?)
    case count(Int64)
    /// Read as `1.5 GB` by people.
    case bytes(Int64)
    case decimal(Double)
    /// A share of one, read in percent by people.
    case share(Double)
    /// RFC 3339; people get the day.
    case time(String)
    case absent
  }

  var columns: [Column]
  var rows: [[Value]] = []
  /// For standard error, after the rows.
  var notes: [String] = []
  var emptyWords = "no usage fits"

  init(_ columns: [Column]) { self.columns = columns }

  /// A format that does not log a size counts no byte in any row: that is not known, not zero.
  mutating func dropUnknownBytes() {
    for index in columns.indices where rows.allSatisfy({ $0[index] == .bytes(0) }) {
      for row in rows.indices { rows[row][index] = .absent }
    }
  }

  // MARK: - for people

  func lines(on screen: Screen) -> [String] {
    lines(columns: screen.columns, isColored: screen.isColored)
  }

  func lines(columns count: Int?, isColored: Bool = false) -> [String] {
    let shown = columns.indices.filter { index in
      !columns[index].isOptional || rows.contains { !Self.isNothing($0[index]) }
    }
    var table = Table(
      shown.map {
        columns[$0].isNumber ? .number(columns[$0].title) : .flexible(columns[$0].title)
      })
    for row in rows { table.add(shown.map { Table.Cell(Self.words(of: row[$0])) }) }
    return table.lines(columns: count, isColored: isColored)
  }

  private static func isNothing(_ value: Value) -> Bool {
    [.text(nil), .count(0), .bytes(0), .absent].contains(value)
  }

  private static func words(of value: Value) -> String {
    switch value {
    case .text(let text): text ?? "–"
    case .count(let count): Quantity.count(count)
    case .bytes(let bytes): Quantity.bytes(bytes)
    case .decimal(let number): rounded(number)
    case .share(let share): percent(share)
    case .time(let text): String(text.prefix(10))
    case .absent: "–"
    }
  }

  /// `0.4`, `12`, `1,840`: what a person compares.
  private static func rounded(_ number: Double) -> String {
    guard number < 10 else { return Quantity.count(Int(min(number.rounded(), 9e15))) }
    return DecimalText.text((number * 10).rounded() / 10)
  }

  /// Never `0 %` for what is more than nothing.
  private static func percent(_ share: Double) -> String {
    let tenths = (share * 1000).rounded()
    if tenths == 0, share > 0 { return "< 0.1 %" }
    return DecimalText.text(tenths / 10) + " %"
  }

  // MARK: - for programs

  var jsonLines: [String] {
    rows.map { row in
      var bytes: [UInt8] = [UInt8(ascii: "{")]
      for (index, value) in row.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONText.append(columns[index].name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.append(value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .text(let text?), .time(let text): JSONText.append(text, to: &bytes)
    case .count(let count), .bytes(let count): JSONText.append(count, to: &bytes)
    case .decimal(let number), .share(let number): JSONText.append(number, to: &bytes)
    case .text(nil), .absent: JSONText.append(plain: "null", to: &bytes)
    }
  }

  var csv: [UInt8] {
    var text = CSVText()
    text.add(columns.map { .text($0.name) })
    for row in rows { text.add(row.map(Self.field)) }
    return text.bytes
  }

  private static func field(_ value: Value) -> CSVText.Field {
    switch value {
    case .text(let text?), .time(let text): .text(text)
    case .count(let count), .bytes(let count): .integer(count)
    case .decimal(let number), .share(let number): .number(number)
    case .text(nil), .absent: .absent
    }
  }
}
