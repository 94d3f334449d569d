import Yams

/// A node of a YAML file with its place, so that every fault can be shown where it stands.
struct YAMLNode {
  struct Mark: Hashable, Comparable {
    /// Both count from 1, columns in Unicode scalars.
    var line: Int
    var column: Int

    static func < (a: Self, b: Self) -> Bool { (a.line, a.column) < (b.line, b.column) }
  }

  enum Content {
    case scalar(String, Style)
    case list([YAMLNode])
    case mapping([Entry])
  }

  enum Style { case plain, quoted, block }

  struct Entry {
    var key: String
    var mark: Mark
    var value: YAMLNode
  }

  var content: Content
  var mark: Mark

  /// What a person would call it.
  var kind: String {
    switch content {
    case .scalar: "a single value"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }

  /// Nothing was written: `key:`, or `null`.
  var isNull: Bool {
    guard case .scalar(let text, .plain) = content else { return false }
    return text.isEmpty || text == "~" || text == "null"
  }
}

/// Reads YAML without the parts that a rule file must not have: anchors, aliases, tags, merge
/// keys, further documents, deep nesting, two equal keys. JSON is a subset of what it reads.
///
/// ``YAMLScan`` refuses them before Yams composes anything, because a few hundred bytes of
/// aliases are enough to keep it busy for good; what the scan might miss is refused again in
/// the tree.
enum YAMLDocument {
  static let byteCountMax = 1 << 20
  static let depthMax = 32

  /// The root; `nil` where the file is empty or has faults, which are in `sink`.
  static func parse(
    _ file: SourceFile, text: String, into sink: DiagnosticSink
  ) -> YAMLNode? {
    var scan = YAMLScan(file.bytes)
    scan.run()
    guard scan.faults.isEmpty else {
      for fault in scan.faults {
        sink.report(sink.hidesText ? fault.plainMessage : fault.message, at: fault.mark)
      }
      return nil
    }
    do {
      guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else { return nil }
      var builder = TreeBuilder(sink: sink, nodeCountMax: file.bytes.count + 16)
      let node = builder.node(root, depth: 0)
      // A tree that lost a part would only add faults that are none.
      return sink.hasErrors || node?.isNull == true ? nil : node
    } catch let error as YamlError {
      report(error, in: text, to: sink)
    } catch {
      sink.report("cannot be read as YAML: \(error)", at: nil)
    }
    return nil
  }

  /// The text, where the file is UTF-8 and not too large.
  static func text(
    of file: SourceFile, byteCountMax: Int, hidesSource: Bool
  ) -> (text: String?, sink: DiagnosticSink) {
    let unread = DiagnosticSink(file: file.name, showing: nil)
    guard file.bytes.count <= byteCountMax else {
      unread.report("is larger than \(byteCountMax >> 20) MiB", at: nil)
      return (nil, unread)
    }
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      unread.report("is not UTF-8", at: firstBadLine(of: file.bytes))
      return (nil, unread)
    }
    return (text, DiagnosticSink(file: file.name, showing: text, hidesText: hidesSource))
  }

  /// What Yams says of a text that was not scanned before; for tests.
  static func compositionFault(of text: String) -> String? {
    do {
      _ = try Yams.compose(yaml: text, .basic, .default, .utf8)
      return nil
    } catch {
      return "\(error)"
    }
  }

  static func firstBadLine(of bytes: [UInt8]) -> YAMLNode.Mark? {
    var line = 1
    for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if String(validating: part, as: UTF8.self) == nil {
        return YAMLNode.Mark(line: line, column: 1)
      }
      line += 1
    }
    return nil
  }

  private static func report(_ error: YamlError, in text: String, to sink: DiagnosticSink) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let reason = context.map { "\(problem) (\($0.text), line \($0.mark.line))" } ?? problem
      let mark = YAMLNode.Mark(line: mark.line, column: mark.column)
      sink.report("not valid YAML: \(reason)\(quotingHint(at: mark, in: sink))", at: mark)
    case .reader(let problem, let offset, _, _):
      sink.report("not valid YAML: \(problem)", at: offset.map { place(of: $0, in: text) })
    case .duplicatedKeysInMapping(let keys, let context):
      let mark = YAMLNode.Mark(line: context.mark.line, column: context.mark.column)
      sink.report(
        "\(sink.quoted("the key", "\(keys.first ?? "")")) stands twice in one mapping", at: mark)
    default:
      sink.report("not valid YAML", at: nil)
    }
  }

  /// An expression that was not quoted is the usual reason for broken YAML.
  private static func quotingHint(at mark: YAMLNode.Mark, in sink: DiagnosticSink) -> String {
    guard !sink.hidesText else { return "" }
    for number in [mark.line, mark.line - 1] {
      guard let line = sink.line(number) else { continue }
      if let hint = ExpressionQuoting.hint(for: line) { return "; \(hint)" }
    }
    return ""
  }

  private static func place(of byteOffset: Int, in text: String) -> YAMLNode.Mark {
    var mark = YAMLNode.Mark(line: 1, column: 1)
    var offset = 0
    for scalar in text.unicodeScalars {
      guard offset < byteOffset else { break }
      offset += UTF8.width(scalar)
      mark.column += 1
      if scalar == "\n" { mark = YAMLNode.Mark(line: mark.line + 1, column: 1) }
    }
    return mark
  }
}

/// Turns nodes of Yams into ours, and refuses what the scan might have missed.
private struct TreeBuilder {
  let sink: DiagnosticSink
  /// A file has fewer nodes than bytes; an expanded alias would have more.
  let nodeCountMax: Int
  private var nodeCount = 0

  init(sink: DiagnosticSink, nodeCountMax: Int) {
    self.sink = sink
    self.nodeCountMax = nodeCountMax
  }

  mutating func node(_ node: Yams.Node, depth: Int) -> YAMLNode? {
    nodeCount += 1
    let mark = mark(of: node)
    guard node.anchor == nil, nodeCount <= nodeCountMax, depth <= YAMLDocument.depthMax else {
      sink.report("anchors, aliases and deep nesting are not allowed", at: mark)
      return nil
    }
    switch node {
    case .scalar(let scalar):
      return YAMLNode(content: .scalar(scalar.string, style(of: scalar)), mark: mark)
    case .sequence(let sequence):
      let items = sequence.compactMap { self.node($0, depth: depth + 1) }
      return YAMLNode(content: .list(items), mark: mark)
    case .mapping(let mapping):
      return YAMLNode(content: .mapping(entries(of: mapping, depth: depth)), mark: mark)
    case .alias:
      sink.report("aliases are not allowed", at: mark)
      return nil
    }
  }

  private mutating func entries(of mapping: Yams.Node.Mapping, depth: Int) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key else {
        sink.report("a key must be a single word", at: mark(of: key))
        continue
      }
      if scalar.string == "<<" { sink.report("merge keys are not allowed", at: mark(of: key)) }
      guard let value = node(value, depth: depth + 1) else { continue }
      entries.append(YAMLNode.Entry(key: scalar.string, mark: mark(of: key), value: value))
    }
    return entries
  }

  private func style(of scalar: Yams.Node.Scalar) -> YAMLNode.Style {
    switch scalar.style {
    case .singleQuoted, .doubleQuoted: .quoted
    case .literal, .folded: .block
    default: .plain
    }
  }

  private func mark(of node: Yams.Node) -> YAMLNode.Mark {
    YAMLNode.Mark(line: node.mark?.line ?? 0, column: node.mark?.column ?? 0)
  }
}
