import Detection

/// Lets a kind read nothing, and writes down what it asks for: its keys, what they take, and what
/// holds without them.
struct KindOutline: RuleFieldReading {
  private var keys: [RuleKey] = []

  /// The keys that `kind` alone asks for, in its order, with the meanings that it gives.
  static func keys(of kind: any Detector.Type) -> [RuleKey] {
    var outline = KindOutline()
    _ = kind.init(reading: &outline)
    return outline.keys.map { $0.explained(by: kind.meanings, path: "") }
  }

  /// What to say of `key` at a kind that does not have it; `nil` where no kind has it.
  static func explanation(of key: String) -> String? {
    let kinds = Detectors.all.filter { kind in keys(of: kind).contains { $0.name == key } }
    guard !kinds.isEmpty else { return nil }
    let names = kinds.map { "'\($0.kind)'" }
    let list =
      names.count > 2
      ? names.dropLast().joined(separator: ", ") + " and \(names[names.count - 1])"
      : names.joined(separator: " and ")
    return "'\(key)' is for the \(kinds.count == 1 ? "kind" : "kinds") \(list)"
  }

  private mutating func note(
    _ key: String, _ form: RuleKey.Form, absent: String? = nil, isRequired: Bool = false
  ) {
    keys.append(RuleKey(key, form, absent: absent, isRequired: isRequired))
  }

  mutating func duration(_ key: String, default: Int64?) -> Int64? {
    note(key, .duration, absent: `default`.map(DurationText.text))
    return `default`
  }

  mutating func durations(_ key: String, default: [Int64]) -> [Int64] {
    let texts = `default`.map(DurationText.text)
    note(
      key, .durations, absent: texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")
    return `default`
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>, default: Double
  ) -> Double {
    note(key, .number(range), absent: FieldReader.short(`default`))
    return `default`
  }

  mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    note(key, .number(range))
    return nil
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>, default: Int) -> Int {
    note(key, .integer(range), absent: "\(`default`)")
    return `default`
  }

  mutating func word(_ key: String, oneOf words: [String], default: String) -> String {
    note(key, .word(words), absent: `default`)
    return `default`
  }

  mutating func flag(_ key: String, default: Bool) -> Bool {
    note(key, .flag, absent: "\(`default`)")
    return `default`
  }

  mutating func matcher(_ key: String, isRequired: Bool) -> RequestMatcher? {
    note(key, .matcher, isRequired: isRequired)
    return .any
  }

  mutating func expression(_ key: String, isRequired: Bool) -> Expression? {
    note(key, .expression, isRequired: isRequired)
    return nil
  }

  mutating func field(_ key: String) -> RequestField? {
    note(key, .field)
    return nil
  }

  mutating func mapping<Value>(
    _ key: String, default: Value, _ body: (inout Self) -> Value
  ) -> Value {
    var inner = KindOutline()
    _ = body(&inner)
    note(key, .mapping(inner.keys))
    return `default`
  }

  mutating func items<Value>(_ key: String, _ body: (inout Self) -> Value?) -> [Value] {
    var inner = KindOutline()
    _ = body(&inner)
    note(key, .items(inner.keys), isRequired: true)
    return []
  }

  mutating func measure(
    _ key: String, oneOf forms: [Measure.Form], default: Measure?
  ) -> Measure? {
    note(key, .measure(forms), absent: `default`?.text)
    return `default`
  }

  func has(_ key: String) -> Bool { false }

  mutating func fault(_ message: String, at key: String, suggestion: String?) {}
}

extension RuleKey {
  /// With the meanings that a kind gives by path: `at_least.times`.
  fileprivate func explained(by meanings: [String: String], path: String) -> RuleKey {
    var key = self
    key.meaning = meanings[path + name] ?? ""
    func explain(_ keys: [RuleKey]) -> [RuleKey] {
      keys.map { $0.explained(by: meanings, path: "\(path)\(name).") }
    }
    switch form {
    case .mapping(let keys): key.form = .mapping(explain(keys))
    case .items(let keys): key.form = .items(explain(keys))
    default: break
    }
    return key
  }
}
