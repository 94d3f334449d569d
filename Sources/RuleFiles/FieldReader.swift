import Detection

/// Reads the fields of one mapping, and reports each fault at its place.
///
/// A key that nobody asked for is a fault: ``finish(explaining:)`` must be called once all have
/// been asked for.
struct FieldReader: RuleFieldReading {
  let mark: YAMLNode.Mark
  let sink: DiagnosticSink
  private let entries: [YAMLNode.Entry]
  /// Keys that were asked for, in that order.
  private(set) var known: [String] = []
  /// Keys of the language that no step has built.
  private let notYetSupported: [String]

  init(
    entries: [YAMLNode.Entry], mark: YAMLNode.Mark, sink: DiagnosticSink,
    notYetSupported: [String] = []
  ) {
    self.entries = entries
    self.mark = mark
    self.sink = sink
    self.notYetSupported = notYetSupported
  }

  /// `nil`, and a fault, where `node` is no mapping.
  init?(
    _ node: YAMLNode, as name: String, sink: DiagnosticSink, notYetSupported: [String] = []
  ) {
    guard case .mapping(let entries) = node.content else {
      sink.report("\(name) must be a mapping, not \(node.kind)", at: node.mark)
      return nil
    }
    self.init(entries: entries, mark: node.mark, sink: sink, notYetSupported: notYetSupported)
  }

  /// The value of `key`, which is known from then on; `nil` where it is absent.
  mutating func node(_ key: String) -> YAMLNode? {
    known.append(key)
    return entries.first { $0.key == key }?.value
  }

  /// Like ``node(_:)``, and a fault where the key is absent or has no value.
  mutating func requiredNode(_ key: String) -> YAMLNode? {
    let value = node(key)
    guard let value else {
      sink.report("'\(key)' is missing", at: mark)
      return nil
    }
    guard !value.isNull else {
      sink.report("'\(key)' has no value", at: value.mark)
      return nil
    }
    return value
  }

  /// All entries, for mappings whose keys are names of things.
  mutating func allEntries() -> [YAMLNode.Entry] {
    known += entries.map(\.key)
    return entries
  }

  /// Reports the keys that nobody asked for; `explain` knows more of some of them.
  func finish(explaining explain: (String) -> String? = { _ in nil }) {
    for entry in entries where !known.contains(entry.key) {
      if notYetSupported.contains(entry.key) {
        sink.report("'\(entry.key)' is not yet supported", at: entry.mark)
      } else if let reason = explain(entry.key) {
        sink.report(reason, at: entry.mark)
      } else {
        let nearest = NearestWord.nearest(to: entry.key, among: known + notYetSupported)
        sink.report(sink.quoted("unknown key", entry.key), at: entry.mark, suggestion: nearest)
      }
    }
  }

  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  mutating func fault(_ message: String, at key: String, suggestion: String?) {
    let place = entries.first { $0.key == key }?.value.mark ?? mark
    sink.report("'\(key)': \(message)", at: place, suggestion: suggestion)
  }
}

// MARK: - Single values

extension FieldReader {
  /// The text of a single value; `nil` where the key is absent or the value is no text.
  mutating func text(_ key: String, isRequired: Bool = false) -> String? {
    placedText(key, isRequired: isRequired)?.text
  }

  mutating func placedText(_ key: String, isRequired: Bool = false) -> PlacedText? {
    guard let value = isRequired ? requiredNode(key) : node(key) else { return nil }
    return scalar(value, name: "'\(key)'")
  }

  /// The text of `value`, which may not be empty.
  func scalar(_ value: YAMLNode, name: String) -> PlacedText? {
    guard case .scalar(let text, let style) = value.content else {
      sink.report("\(name) must be a single value, not \(value.kind)", at: value.mark)
      return nil
    }
    guard !value.isNull, !text.isEmpty else {
      sink.report("\(name) has no value", at: value.mark)
      return nil
    }
    return PlacedText(text: text, style: style, mark: value.mark)
  }

  /// One text or a list of them.
  mutating func texts(_ key: String, isRequired: Bool = false) -> [PlacedText] {
    guard let value = isRequired ? requiredNode(key) : node(key) else { return [] }
    guard case .list(let items) = value.content else {
      return scalar(value, name: "'\(key)'").map { [$0] } ?? []
    }
    if items.isEmpty, isRequired { sink.report("'\(key)' is empty", at: value.mark) }
    return items.compactMap { scalar($0, name: "each of '\(key)'") }
  }

  mutating func duration(_ key: String, default: Int64?) -> Int64? {
    duration(key, atLeast: 1) ?? `default`
  }

  mutating func duration(_ key: String, atLeast least: Int64) -> Int64? {
    placedText(key).flatMap { milliseconds($0, name: "'\(key)'", atLeast: least) }
  }

  mutating func durations(_ key: String, default: [Int64]) -> [Int64] {
    let texts = texts(key)
    let durations = texts.compactMap { milliseconds($0, name: "'\(key)'", atLeast: 1) }
    if texts.count > Self.durationCountMax {
      fault("has more than \(Self.durationCountMax) durations", at: key, suggestion: nil)
    }
    return durations.isEmpty ? `default` : Array(Set(durations)).sorted()
  }

  /// Windows that one rule may judge together.
  static let durationCountMax = 8

  private func milliseconds(
    _ value: PlacedText, name: String, atLeast least: Int64
  ) -> Int64? {
    if let milliseconds = DurationText.milliseconds(value.text), milliseconds >= least {
      return milliseconds
    }
    let withUnit = Int64(value.text).map { "\($0)s" }
    sink.report(
      "\(name) is not a duration such as 500ms, 10s, 5m, 2h or 1d", at: value.mark,
      suggestion: withUnit)
    return nil
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>, default: Double
  ) -> Double {
    guard let value = placedText(key) else { return `default` }
    guard let number = Self.number(value), range.contains(number) else {
      let limits = "\(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))"
      sink.report("'\(key)' is not a number from \(limits)", at: value.mark)
      return `default`
    }
    return number
  }

  mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard node(key) != nil else { return nil }
    // After a fault a number in the middle, of which nothing more is wrong.
    return number(key, in: range, default: (range.lowerBound + range.upperBound) / 2)
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>, default: Int) -> Int {
    guard let value = placedText(key) else { return `default` }
    guard value.style == .plain, let number = Int(value.text.replacing("_", with: "")),
      range.contains(number)
    else {
      let limits = "\(range.lowerBound) to \(range.upperBound)"
      sink.report("'\(key)' is not a whole number from \(limits)", at: value.mark)
      return `default`
    }
    return number
  }

  /// Decimal digits with sign, point and exponent: neither `inf` nor `0x10`.
  static func number(_ value: PlacedText) -> Double? {
    let digits = value.text.replacing("_", with: "")
    guard value.style == .plain, digits.utf8.allSatisfy({ "0123456789.+-eE".utf8.contains($0) })
    else { return nil }
    return Double(digits).flatMap { $0.isFinite ? $0 : nil }
  }

  static func short(_ number: Double) -> String {
    Int64(exactly: number).map(String.init) ?? String(number)
  }

  mutating func word(_ key: String, oneOf words: [String], default: String) -> String {
    guard let value = placedText(key) else { return `default` }
    guard words.contains(value.text) else {
      let list = words.joined(separator: ", ")
      let found = sink.hidesText ? "is not" : "is '\(value.text)', not"
      sink.report(
        "'\(key)' \(found) one of \(list)", at: value.mark,
        suggestion: NearestWord.nearest(to: value.text, among: words))
      return `default`
    }
    return value.text
  }

  mutating func flag(_ key: String, default: Bool) -> Bool {
    guard let value = placedText(key) else { return `default` }
    switch value.text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default:
      sink.report("'\(key)' must be true or false", at: value.mark)
      return `default`
    }
  }
}

/// A single value with its place.
struct PlacedText {
  var text: String
  var style: YAMLNode.Style
  var mark: YAMLNode.Mark

  /// The place of the UTF-8 offset in the text, exact where the file has it on one line and
  /// without escapes.
  func mark(at offset: Int) -> YAMLNode.Mark {
    guard style != .block else { return mark }
    let scalars = String(decoding: text.utf8.prefix(offset), as: UTF8.self).unicodeScalars.count
    let column = mark.column + (style == .quoted ? 1 : 0) + scalars
    return YAMLNode.Mark(line: mark.line, column: column)
  }
}
