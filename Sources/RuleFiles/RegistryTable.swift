import AccessLog
import Detection

/// Reads keys from CSV: a header that names the columns, a row for each key. Columns that the
/// registry does not know are labels.
enum RegistryTable {
  /// Numbered, because each row asks for all of them.
  enum Column: Int, CaseIterable {
    case key, name, supplier, tier, application, environment, expires, replaces
    case validFrom, validTo, scopes, addresses, methods

    /// As the header has it.
    var word: String {
      switch self {
      case .validFrom: "valid_from"
      case .validTo: "valid_to"
      default: "\(self)"
      }
    }

    init?(word: String) {
      guard let column = Self.allCases.first(where: { $0.word == word }) else { return nil }
      self = column
    }
  }

  static let columnCountMax = 64

  static func read(_ file: SourceFile, into builder: inout RegistryBuilder) {
    let sink = DiagnosticSink(file: file.name, showing: nil, hidesText: true)
    if file.bytes.count > RegistryLoader.tableByteCountMax {
      sink.report("is larger than \(RegistryLoader.tableByteCountMax >> 20) MiB", at: nil)
    } else if !isText(file.bytes) {
      // Repaired, two names could become one.
      sink.report("is not UTF-8", at: YAMLDocument.firstBadLine(of: file.bytes))
    } else {
      var table = TableReader(
        bytes: file.bytes, sink: sink, fileNumber: builder.number(of: file.name))
      table.readAll(into: &builder)
    }
    builder.report(sink.finish())
  }

  /// Without the copy that making a string of it would be.
  private static func isText(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try UTF8Span(validating: bytes.span)
      return true
    } catch { return false }
  }
}

private struct TableReader: ~Copyable {
  private var csv: CSVReader
  private let sink: DiagnosticSink
  private let fileNumber: UInt32
  /// The index of each known column.
  private var indices = [Int?](repeating: nil, count: RegistryTable.Column.allCases.count)
  private var labels: [(name: String, index: Int)] = []
  private var columnCount = 0

  init(bytes: [UInt8], sink: DiagnosticSink, fileNumber: UInt32) {
    csv = CSVReader(bytes)
    self.sink = sink
    self.fileNumber = fileNumber
  }

  mutating func readAll(into builder: inout RegistryBuilder) {
    do throws(CSVReader.Fault) {
      guard try csv.next() else { return sink.report("has no header", at: nil) }
      guard readHeader() else { return }
      while try csv.next() { addRow(to: &builder) }
    } catch .openQuote {
      sink.report("a quote opens a field of this row, and nothing closes it", at: mark())
    } catch {
      sink.report("text stands behind the closing quote of a field", at: mark())
    }
  }

  // MARK: - Header

  private mutating func readHeader() -> Bool {
    columnCount = csv.fieldCount
    guard columnCount <= RegistryTable.columnCountMax else {
      sink.report("more than \(RegistryTable.columnCountMax) columns", at: mark())
      return false
    }
    for index in 0..<columnCount { addColumn(csv.trimmedText(index), index) }
    labels.sort { $0.name < $1.name }
    if self[.key] == nil {
      let names = labels.map(\.name)
      sink.report(
        "the header has no column 'key'", at: mark(),
        suggestion: names.count == 1 ? nil : NearestWord.nearest(to: "key", among: names))
      return false
    }
    return !sink.hasErrors
  }

  private mutating func addColumn(_ name: String, _ index: Int) {
    let known = RegistryTable.Column(word: name.lowercased())
    let isTwice =
      known.map { self[$0] != nil } ?? labels.contains { $0.name == name }
    if name.isEmpty || isTwice {
      let fault =
        name.isEmpty ? "column \(index + 1) has no name" : "two columns have this name"
      return sink.report(fault, at: mark(of: index))
    }
    guard let known else { return addLabel(name, index) }
    indices[known.rawValue] = index
  }

  private mutating func addLabel(_ name: String, _ index: Int) {
    labels.append((name, index))
    // A label may have any name; one that is nearly a known column is probably a slip.
    let known = RegistryTable.Column.allCases.map(\.word)
    guard name.count > 3, let nearest = NearestWord.nearest(to: name, among: known),
      NearestWord.distance(Array(name.utf8), Array(nearest.utf8)) <= 2
    else { return }
    sink.report(
      "this column is read as a label", at: mark(of: index), suggestion: nearest,
      severity: .warning)
  }

  private subscript(column: RegistryTable.Column) -> Int? { indices[column.rawValue] }

  // MARK: - Rows

  private mutating func addRow(to builder: inout RegistryBuilder) {
    guard csv.fieldCount == columnCount else {
      return sink.report(
        "\(csv.fieldCount) fields, where the header has \(columnCount)", at: mark())
    }
    guard let rawKey = text(.key) else { return sink.report("the row has no key", at: mark()) }
    var key = KeyRegistry.Key(identities: [])
    key.name = text(.name)
    key.application = text(.application)
    key.environment = text(.environment)
    key.replaces = text(.replaces)
    key.expires = time(.expires)
    key.validFrom = time(.validFrom)
    key.validTo = time(.validTo)
    key.scopes = list(.scopes)
    key.addresses = list(.addresses)
    key.methods = list(.methods).map { $0.uppercased() }
    key.labels = labelValues()
    RegistryChecks.check(key, at: mark(), sink)
    builder.add(
      key, rawKey: rawKey, supplier: use(.supplier), tier: use(.tier), at: place(of: nil))
  }

  private func use(_ column: RegistryTable.Column) -> RegistryBuilder.Use? {
    text(column).map { RegistryBuilder.Use(name: $0, place: place(of: self[column])) }
  }

  private func text(_ column: RegistryTable.Column) -> String? {
    guard let index = self[column], !csv.isEmpty(index) else { return nil }
    let text = csv.trimmedText(index)
    return text.isEmpty ? nil : text
  }

  private func time(_ column: RegistryTable.Column) -> EventTime? {
    guard let text = text(column) else { return nil }
    if let time = Timestamp.time(text) { return time }
    sink.report(
      "'\(column.word)' is not a time such as 2027-01-01 or 2027-01-01T00:00:00Z",
      at: mark(of: self[column]))
    return nil
  }

  /// Several values in one field are separated by blanks, semicolons or bars.
  private func list(_ column: RegistryTable.Column) -> [String] {
    guard let text = text(column) else { return [] }
    return text.split { " ;|,".contains($0) }.map(String.init)
  }

  private func labelValues() -> [KeyRegistry.Label] {
    guard !labels.isEmpty else { return [] }
    return labels.compactMap { label in
      let value = csv.trimmedText(label.index)
      return value.isEmpty ? nil : KeyRegistry.Label(name: label.name, value: value)
    }
  }

  private func mark(of index: Int? = nil) -> YAMLNode.Mark {
    YAMLNode.Mark(line: csv.line, column: index.map { csv.column(of: $0) } ?? 1)
  }

  private func place(of index: Int?) -> RegistryBuilder.Place {
    let mark = mark(of: index)
    return RegistryBuilder.Place(
      file: fileNumber, line: Int32(clamping: mark.line), column: Int32(clamping: mark.column))
  }
}

/// What a row must keep to, in whatever file it stands.
enum RegistryChecks {
  static func check(_ key: KeyRegistry.Key, at mark: YAMLNode.Mark, _ sink: DiagnosticSink) {
    if let from = key.validFrom, let to = key.validTo, to <= from {
      sink.report("'valid_to' is not after 'valid_from'", at: mark)
    }
    for address in key.addresses where Network(parsing: address) == nil {
      sink.report(
        "'addresses' has what is neither an address nor a network such as 192.0.2.0/24",
        at: mark)
    }
    for method in key.methods where !method.utf8.allSatisfy({ (65...90).contains($0) }) {
      sink.report("'methods' has what is no method such as GET", at: mark)
    }
  }
}
