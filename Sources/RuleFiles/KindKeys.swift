import Detection

/// The keys that each kind asks for, so that one at the wrong kind is told where it belongs.
struct KindKeys: RuleFieldReading {
  private var keys: [String] = []

  /// What to say of `key` at a kind that does not have it; `nil` where no kind has it.
  static func explanation(of key: String) -> String? {
    let kinds = Detectors.all.filter { kind in
      var reader = KindKeys()
      _ = kind.init(reading: &reader)
      return reader.keys.contains(key)
    }
    guard !kinds.isEmpty else { return nil }
    let names = kinds.map { "'\($0.kind)'" }.joined(separator: " and ")
    return "'\(key)' is for the \(kinds.count == 1 ? "kind" : "kinds") \(names)"
  }

  mutating func duration(_ key: String, default: Int64?) -> Int64? {
    keys.append(key)
    return `default`
  }

  mutating func durations(_ key: String, default: [Int64]) -> [Int64] {
    keys.append(key)
    return `default`
  }

  mutating func number(
    _ key: String, in range: ClosedRange<Double>, default: Double
  ) -> Double {
    keys.append(key)
    return `default`
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>, default: Int) -> Int {
    keys.append(key)
    return `default`
  }

  mutating func word(_ key: String, oneOf words: [String], default: String) -> String {
    keys.append(key)
    return `default`
  }

  mutating func flag(_ key: String, default: Bool) -> Bool {
    keys.append(key)
    return `default`
  }

  mutating func matcher(_ key: String, isRequired: Bool) -> RequestMatcher? {
    keys.append(key)
    return .any
  }

  mutating func field(_ key: String) -> RequestField? {
    keys.append(key)
    return nil
  }

  mutating func mapping<Value>(
    _ key: String, default: Value, _ body: (inout Self) -> Value
  ) -> Value {
    keys.append(key)
    return `default`
  }

  mutating func items<Value>(_ key: String, _ body: (inout Self) -> Value?) -> [Value] {
    keys.append(key)
    return []
  }

  mutating func fault(_ message: String, at key: String, suggestion: String?) {}
}
