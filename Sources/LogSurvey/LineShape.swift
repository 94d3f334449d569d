/// A line of text as what its format writes into every line, and the columns between.
struct LineShape: Hashable {
  enum Part: Hashable {
    case literal(String)
    /// A text that says by itself what it is: as nginx calls it, without the dollar.
    case variable(String)
    /// A time that nginx has no variable for, as Apache would have been told to write it.
    case stamp(apache: String)
    case column
  }

  private(set) var parts: [Part] = []
  private var hasTime = false
  private var hasRequest = false

  private static let separators: Set<Character> = [
    " ", "\t", "\"", "[", "]", "(", ")", "|", ";", ",",
  ]

  /// - Parameter isCommon: whether most lines hold a text.
  init(_ line: String, isCommon: (String) -> Bool) {
    var rest = line[...]
    while !rest.isEmpty { step(&rest, isCommon) }
  }

  private mutating func step(_ rest: inout Substring, _ isCommon: (String) -> Bool) {
    if takeTime(&rest) || takeRequest(&rest) || takeQuoted(&rest, isCommon) { return }
    let character = rest.first ?? " "
    if Self.separators.contains(character) {
      rest.removeFirst()
      return add(literal: String(character))
    }
    let word = rest.prefix { !Self.separators.contains($0) }
    // `status=200`: the name belongs to the format, and the value is looked at next. It may be a
    // value's own beginning, unless most lines have it.
    if let pair = word.prefixMatch(of: /[A-Za-z_][A-Za-z0-9_.]*[=:](?=.)/),
      !word.contains("://"), isCommon(String(pair.0))
    {
      rest.removeFirst(pair.0.count)
      return add(literal: String(pair.0))
    }
    rest.removeFirst(word.count)
    parts.append(.column)
  }

  private mutating func add(literal: String) {
    guard case .literal(let before) = parts.last else { return parts.append(.literal(literal)) }
    parts[parts.count - 1] = .literal(before + literal)
  }

  // MARK: - Texts that say what they are

  private mutating func takeTime(_ rest: inout Substring) -> Bool {
    guard !hasTime else { return false }
    if let found = rest.prefixMatch(of: /\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/) {
      take(found.0.count, "time_local", &rest)
    } else if let found = rest.prefixMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d/) {
      take(found.0.count, "time_iso8601", &rest)
    } else if let found = rest.prefixMatch(of: /\d{10}\.\d{3}(?=\D|$)/) {
      take(found.0.count, "msec", &rest)
    } else if !takeStamp(&rest) {
      return false
    }
    hasTime = true
    return true
  }

  private mutating func takeStamp(_ rest: inout Substring) -> Bool {
    var pattern: String
    if let found = rest.prefixMatch(of: /\d{4}([-\/])\d\d\1\d\d([ T_])\d\d:\d\d:\d\d/) {
      let (dash, blank) = (found.output.1, found.output.2)
      pattern = "%{%Y\(dash)%m\(dash)%d\(blank)%H:%M:%S}t"
      rest.removeFirst(found.output.0.count)
    } else if let found = rest.prefixMatch(of: /\d\d\/[A-Z][a-z]{2}\/\d{4}([: ])\d\d:\d\d:\d\d/) {
      pattern = "%{%d/%b/%Y\(found.output.1)%H:%M:%S}t"
      rest.removeFirst(found.output.0.count)
    } else {
      return false
    }
    if let fraction = rest.prefixMatch(of: /([.,])(?:\d{6}|\d{3})(?=\D|$)/) {
      let part = fraction.output.0.count == 4 ? "msec_frac" : "usec_frac"
      pattern += "\(fraction.output.1)%{\(part)}t"
      rest.removeFirst(fraction.output.0.count)
    }
    if let zone = rest.prefixMatch(of: /[ ]?[+-]\d\d:?\d\d/) {
      pattern += (rest.first == " " ? " " : "") + "%{%z}t"
      rest.removeFirst(zone.output.count)
    }
    parts.append(.stamp(apache: pattern))
    if rest.first == "Z" {
      add(literal: "Z")
      rest.removeFirst()
    }
    return true
  }

  private mutating func takeRequest(_ rest: inout Substring) -> Bool {
    guard !hasRequest, let found = rest.prefixMatch(of: /[A-Z]{3,9} \S+ HTTP\/\d(?:\.\d)?/) else {
      return false
    }
    hasRequest = true
    take(found.0.count, "request", &rest)
    return true
  }

  private mutating func take(_ count: Int, _ variable: String, _ rest: inout Substring) {
    rest.removeFirst(count)
    parts.append(.variable(variable))
  }

  /// A text in quotes is one column, whatever it holds, unless it begins with a time or a request.
  private mutating func takeQuoted(_ rest: inout Substring, _ isCommon: (String) -> Bool) -> Bool {
    guard rest.first == "\"", let end = Self.closingQuote(rest) else { return false }
    var text = rest[rest.index(after: rest.startIndex)..<end]
    add(literal: "\"")
    if takeTime(&text) || takeRequest(&text)
      || !hasRequest && text.contains(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \//)
    {
      while !text.isEmpty { step(&text, isCommon) }
    } else {
      parts.append(.column)
    }
    rest = rest[rest.index(after: end)...]
    add(literal: "\"")
    return true
  }

  private static func closingQuote(_ text: Substring) -> Substring.Index? {
    var isEscaped = false
    for index in text.indices.dropFirst() {
      if text[index] == "\"", !isEscaped { return index }
      isEscaped = text[index] == "\\" && !isEscaped
    }
    return nil
  }

  // MARK: - Other lines of the same shape

  /// The texts between the literals, in their order; `nil` for a line of another shape.
  func values(of line: String) -> [Substring]? {
    var rest = line[...]
    var values: [Substring] = []
    for (index, part) in parts.enumerated() {
      if case .literal(let text) = part {
        guard rest.hasPrefix(text) else { return nil }
        rest.removeFirst(text.count)
        continue
      }
      guard let end = end(ofPart: index, rest) else { return nil }
      values.append(rest[..<end])
      rest = rest[end...]
    }
    return rest.isEmpty ? values : nil
  }

  private func end(ofPart index: Int, _ rest: Substring) -> Substring.Index? {
    guard index + 1 < parts.count, case .literal(let next) = parts[index + 1] else {
      return rest.endIndex
    }
    return rest.firstRange(of: next)?.lowerBound
  }
}
