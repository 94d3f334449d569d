/// The documents of a file of Sigma rules, each a mapping with its place in the file.
///
/// A file may hold several, apart by `---`; aliases, depth and size are refused as in rule files.
struct SigmaFile {
  /// A rule of the file, and its fields.
  struct Document {
    var entries: [YAMLNode.Entry]
    var mark: YAMLNode.Mark

    func value(_ key: String) -> YAMLNode? { entries.first { $0.key == key }?.value }
    func text(_ key: String) -> String? { value(key)?.text }
  }

  private(set) var documents: [Document] = []
  private(set) var faults: [Diagnostic] = []

  init(_ file: SourceFile) {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: YAMLDocument.byteCountMax, hidesSource: false)
    guard let text else {
      faults = sink.finish()
      return
    }
    var part: [Substring] = []
    var start = 0
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      if line.hasPrefix("---") {
        read(part, of: file.name, from: start)
        (part, start) = ([], number + 1)
      } else {
        part.append(line)
      }
    }
    read(part, of: file.name, from: start)
  }

  /// - Parameter start: How many lines of the file stand before.
  private mutating func read(_ lines: [Substring], of name: String, from start: Int) {
    let text = lines.joined(separator: "\n")
    let part = SourceFile(name: name, text: text)
    let sink = DiagnosticSink(file: name, showing: nil)
    let root = YAMLDocument.parse(part, text: text, into: sink)
    faults += sink.finish().map { fault in
      var moved = fault
      if moved.line > 0 { moved.line += start }
      return moved
    }
    guard let root, case .mapping(let entries) = root.content else { return }
    let mark = YAMLNode.Mark(line: root.mark.line + start, column: root.mark.column)
    documents.append(Document(entries: entries, mark: mark))
  }
}

extension YAMLNode {
  /// A single value's text.
  var text: String? {
    guard case .scalar(let text, _) = content, !isNull else { return nil }
    return text
  }

  /// A value, or the values of a list.
  var values: [YAMLNode] {
    guard case .list(let items) = content else { return [self] }
    return items
  }

  var entries: [Entry]? {
    guard case .mapping(let entries) = content else { return nil }
    return entries
  }
}
