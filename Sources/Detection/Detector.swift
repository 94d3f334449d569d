/// A kind of rule.
///
/// To add one: write a new file in `Detectors/` named after the kind, and add its line to
/// ``Detectors/all``. Its ``example`` is tested with no further work.
public protocol Detector: Sendable {
  /// The word after `kind:` in a rule file.
  static var kind: String { get }

  /// What it finds, in a sentence or two: Markdown.
  static var about: String { get }

  /// What each key means that only this kind has, by its path: `at_least.times`.
  static var meanings: [String: String] { get }

  /// A rule of this kind as a user would write it: one YAML mapping.
  static var example: String { get }

  /// Reads the fields that only this kind has; faults go to the reader, which has their place.
  init<Fields: RuleFieldReading>(reading fields: inout Fields)

  /// What the engine must do for a rule of this kind.
  var plan: DetectorPlan { get }
}

public enum Detectors {
  public static let all: [any Detector.Type] = [
    Drop.self,
    Precursor.self,
    Ratio.self,
    Spike.self,
    Threshold.self,
    Tier.self,
  ]

  public static func detector(kind: String) -> (any Detector.Type)? {
    all.first { $0.kind == kind }
  }
}

/// How a kind reads its own fields from a rule file. The implementation knows lines and columns,
/// reports every fault at its place, and refuses keys that nobody asked for.
public protocol RuleFieldReading {
  /// Milliseconds of `5m`, `1d`; the default where the key is absent.
  mutating func duration(_ key: String, default: Int64?) -> Int64?
  /// One duration or a list of them.
  mutating func durations(_ key: String, default: [Int64]) -> [Int64]
  mutating func number(_ key: String, in range: ClosedRange<Double>, default: Double) -> Double
  /// `nil` where the key is absent.
  mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double?
  mutating func integer(_ key: String, in range: ClosedRange<Int>, default: Int) -> Int
  mutating func word(_ key: String, oneOf words: [String], default: String) -> String
  mutating func flag(_ key: String, default: Bool) -> Bool
  /// `POST /v*/orders`; a missing required one is a fault, and `nil`.
  mutating func matcher(_ key: String, isRequired: Bool) -> RequestMatcher?
  /// A condition on requests: `status >= 500`.
  mutating func expression(_ key: String, isRequired: Bool) -> Expression?
  /// What is measured: `errors`; `nil` after a fault, and where the key is absent and nothing holds
  /// without it.
  mutating func measure(
    _ key: String, oneOf forms: [Measure.Form], default: Measure?
  ) -> Measure?
  /// A field of the record: `query["sku"]`.
  mutating func field(_ key: String) -> RequestField?
  /// Reads the mapping under `key` with `body`; the default where it is absent.
  mutating func mapping<Value>(
    _ key: String, default: Value, _ body: (inout Self) -> Value
  ) -> Value
  /// Reads each mapping of the list under `key`; a missing or empty one is a fault.
  mutating func items<Value>(_ key: String, _ body: (inout Self) -> Value?) -> [Value]
  /// Whether the file has `key`.
  func has(_ key: String) -> Bool
  /// Reports a fault at the value of `key`.
  mutating func fault(_ message: String, at key: String, suggestion: String?)
}
