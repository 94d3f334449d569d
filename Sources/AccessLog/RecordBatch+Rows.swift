extension RecordBatch {
  /// The columns of one record that every record has. A block's rows are gathered first and
  /// turned into columns at its end: one append a record instead of eleven.
  struct Row: Sendable {
    var time: Int64
    var line: TextRange
    var query = TextRange.absent
    var path = TextRange.absent
    var address = TextRange.absent
    var identity = TextRange.absent
    var key = Symbol.none
    var route = Symbol.none
    var method = Symbol.none
    var status = UInt16.max
    var flags: Flags = []

    init(time: Int64, line: TextRange) {
      self.time = time
      self.line = line
    }
  }

  /// Turns the rows into columns.
  mutating func takeRows() {
    Self.fill(&time, rows, \.time)
    Self.fill(&line, rows, \.line)
    Self.fill(&query, rows, \.query)
    Self.fill(&path, rows, \.path)
    Self.fill(&address, rows, \.address)
    Self.fill(&identity, rows, \.identity)
    Self.fill(&key, rows, \.key)
    Self.fill(&route, rows, \.route)
    Self.fill(&method, rows, \.method)
    Self.fill(&status, rows, \.status)
    Self.fill(&flags, rows, \.flags)
    rows.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private static func fill<Value>(
    _ column: inout [Value], _ rows: [Row], _ value: KeyPath<Row, Value>
  ) {
    column.reserveCapacity(rows.count)
    for row in rows { column.append(row[keyPath: value]) }
  }
}
