public import Detection

/// One rule of a set of files, to be read again with other values.
public struct RuleVariants {
  private let file: SourceFile
  private let node: YAMLNode

  /// `nil` where no rule of the files has the id.
  ///
  /// The files are those that ``RuleLoader`` found no fault in.
  public init?(of id: String, in files: [SourceFile]) {
    for file in files.reversed() {
      if let node = Self.nodes(of: file).first(where: { Self.id(of: $0) == id }) {
        self.file = file
        self.node = node
        return
      }
    }
    return nil
  }

  /// The rule with `edits`, or what is wrong with it then.
  public func rule(with edits: [RuleEdit]) throws(Diagnostics) -> Rule {
    // The lines of the file would not be what was read.
    let sink = DiagnosticSink(file: file.name, showing: nil)
    let edited = edits.reduce(node) { $1.applied(to: $0) }
    guard var reader = RuleReader(edited, sink: sink) else { throw Diagnostics(sink.finish()) }
    guard let rule = reader.rule(), !sink.hasErrors else { throw Diagnostics(sink.finish()) }
    return rule
  }

  private static func nodes(of file: SourceFile) -> [YAMLNode] {
    let (text, sink) = YAMLDocument.text(
      of: file, byteCountMax: YAMLDocument.byteCountMax, hidesSource: false)
    guard let text, let root = YAMLDocument.parse(file, text: text, into: sink),
      case .mapping(let entries) = root.content,
      case .list(let nodes)? = entries.first(where: { $0.key == "rules" })?.value.content
    else { return [] }
    return nodes
  }

  private static func id(of node: YAMLNode) -> String? {
    guard case .mapping(let entries) = node.content,
      case .scalar(let text, _)? = entries.first(where: { $0.key == "id" })?.value.content
    else { return nil }
    return text
  }
}
