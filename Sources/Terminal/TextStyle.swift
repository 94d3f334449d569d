/// How a piece of text stands out on a screen with colour. The raw value holds the parameters
/// of the escape sequence that selects it (ECMA-48, SGR).
public enum TextStyle: String, Sendable {
  case strong = "1"
  case quiet = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case cyan = "36"
  case alarm = "1;31"

  /// `text`, which must be escaped already, in this style.
  public func applied(to text: String) -> String { "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" }
}
