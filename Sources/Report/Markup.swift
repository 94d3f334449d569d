import Terminal

/// HTML and SVG as they are written, in which nothing can be forgotten to be escaped: names are
/// literals of the source, everything else is text.
///
/// What could act on a reader (control characters, marks that turn text around) is made visible
/// as at a terminal, because a log is written by clients.
struct Markup {
  typealias Attribute = (name: StaticString, value: String)

  private(set) var text = ""

  /// `<name …>body</name>`.
  mutating func element(
    _ name: StaticString, _ attributes: [Attribute] = [],
    _ body: (inout Markup) -> Void = { _ in }
  ) {
    open(name, attributes)
    body(&self)
    text += "</\(name)>"
  }

  mutating func element(
    _ name: StaticString, _ attributes: [Attribute] = [], text words: String
  ) {
    element(name, attributes) { $0.write(words) }
  }

  /// `<name …>`, without content and end.
  mutating func open(_ name: StaticString, _ attributes: [Attribute] = []) {
    text += "<\(name)"
    for (name, value) in attributes {
      text += " \(name)=\""
      append(value)
      text += "\""
    }
    text += ">"
  }

  /// Text of any origin.
  mutating func write(_ words: String) { append(words) }

  /// A line end between elements, for who reads the source.
  mutating func newLine() { text += "\n" }

  /// Our own markup, which holds nothing of a log.
  mutating func writeLiteral(_ markup: StaticString) { text += "\(markup)" }

  private mutating func append(_ words: String) {
    for scalar in TerminalText.escaped(words).unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      // XML has no place for these, and HTML reads them as a broken character.
      case "\u{FFFE}", "\u{FFFF}": text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

/// A number of a drawing, with two decimals at most.
func coordinate(_ value: Double) -> String {
  let hundredths = Int64((value * 100).rounded())
  let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
  let sign = hundredths < 0 ? "-" : ""
  if rest == 0 { return "\(sign)\(whole)" }
  return rest % 10 == 0
    ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
}
