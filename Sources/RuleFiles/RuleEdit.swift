/// A value to put in the place of what a rule's file has, to see what it would do.
public struct RuleEdit: Hashable, Sendable {
  /// Keys from the outermost to the innermost: `at_least`, `times`.
  public var path: [String]
  public var value: String

  public init(path: [String], value: String) {
    precondition(!path.isEmpty, "a value stands under a key")
    self.path = path
    self.value = value
  }

  /// `rule` with the value; a key that it does not have is added.
  func applied(to rule: YAMLNode) -> YAMLNode { Self.putting(value, at: path[...], in: rule) }

  private static func putting(
    _ value: String, at path: ArraySlice<String>, in node: YAMLNode
  ) -> YAMLNode {
    guard let key = path.first else {
      return YAMLNode(content: .scalar(value, style(of: value)), mark: node.mark)
    }
    var entries: [YAMLNode.Entry] = []
    if case .mapping(let known) = node.content { entries = known }
    let place = entries.firstIndex { $0.key == key }
    let old = place.map { entries[$0].value } ?? YAMLNode(content: .mapping([]), mark: node.mark)
    let entry = YAMLNode.Entry(
      key: key, mark: place.map { entries[$0].mark } ?? node.mark,
      value: putting(value, at: path.dropFirst(), in: old))
    if let place { entries[place] = entry } else { entries.append(entry) }
    return YAMLNode(content: .mapping(entries), mark: node.mark)
  }

  /// Numbers must not be quoted, and expressions are.
  private static func style(of value: String) -> YAMLNode.Style {
    value.utf8.contains(UInt8(ascii: " ")) ? .quoted : .plain
  }
}
