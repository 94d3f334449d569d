/// What the cells of a table are set in.
enum TableText {
  static func left(_ text: String, _ width: Int) -> String {
    text + blanks(width - text.utf8.count)
  }

  static func right(_ value: some CustomStringConvertible, _ width: Int) -> String {
    blanks(width - value.description.utf8.count) + value.description
  }

  private static func blanks(_ count: Int) -> String {
    String(repeating: " ", count: max(0, count))
  }
}
