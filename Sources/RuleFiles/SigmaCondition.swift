/// `selection and not 1 of filter_*`, as an expression over the selections' own.
struct SigmaCondition {
  private var words: ArraySlice<String>
  private let selections: [String: String]
  private var depth = 0

  private static let depthMax = 16

  init(_ text: String, _ selections: [String: String]) {
    let spaced = text.replacing("(", with: " ( ").replacing(")", with: " ) ")
    words = spaced.split(whereSeparator: \.isWhitespace).map(String.init)[...]
    self.selections = selections
  }

  mutating func expression() throws(SigmaDetection.Refusal) -> String {
    let found = try any()
    if words.first == "|" { throw .init(reason: "its condition counts; see correlations") }
    guard words.isEmpty else { throw unreadable }
    return found
  }

  private var unreadable: SigmaDetection.Refusal {
    .init(reason: "its condition cannot be read at '\(words.first ?? "its end")'")
  }

  private mutating func any() throws(SigmaDetection.Refusal) -> String {
    var parts = [try all()]
    while takes("or") { parts.append(try all()) }
    return SigmaDetection.joined(parts, "||")
  }

  private mutating func all() throws(SigmaDetection.Refusal) -> String {
    var parts = [try one()]
    while takes("and") { parts.append(try one()) }
    return SigmaDetection.joined(parts, "&&")
  }

  private mutating func one() throws(SigmaDetection.Refusal) -> String {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthMax else { throw .init(reason: "its condition is nested too deeply") }
    if takes("not") { return "!(\(try one()))" }
    if takes("(") {
      let inner = try any()
      guard takes(")") else { throw unreadable }
      return inner
    }
    if words.dropFirst().first?.lowercased() == "of" { return try many() }
    guard let name = words.first, let selection = selections[name] else { throw unreadable }
    words.removeFirst()
    return selection
  }

  /// `1 of them`, `all of filter_*`.
  private mutating func many() throws(SigmaDetection.Refusal) -> String {
    let amount = words.removeFirst().lowercased()
    words.removeFirst()
    guard amount == "1" || amount == "all", let name = words.popFirst() else { throw unreadable }
    let names = selections.keys.sorted().filter { known in
      name == "them" ? !known.hasPrefix("_") : Self.fits(known, name)
    }
    guard !names.isEmpty else { throw .init(reason: "no selection is named '\(name)'") }
    return SigmaDetection.joined(names.compactMap { selections[$0] }, amount == "1" ? "||" : "&&")
  }

  private static func fits(_ name: String, _ pattern: String) -> Bool {
    pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
  }

  private mutating func takes(_ word: String) -> Bool {
    guard words.first?.lowercased() == word else { return false }
    words.removeFirst()
    return true
  }
}
