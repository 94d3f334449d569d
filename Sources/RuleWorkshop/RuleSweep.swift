public import RuleFiles

/// A key of a rule and the values to try for it: `at_least.times=2..10`, `window=5m,30m`.
public struct RuleSweep: Hashable, Sendable {
  /// Keys from the outermost to the innermost.
  public let path: [String]
  /// As a rule file would write them.
  public let values: [String]

  public var key: String { path.joined(separator: ".") }
  public var edits: [RuleEdit] { values.map { RuleEdit(path: path, value: $0) } }

  /// Values that one key may be tried with.
  public static let valueCountMax = 100

  public struct Fault: Error, Hashable, CustomStringConvertible {
    public let description: String
  }

  /// - Parameter text: `KEY=A..B`, `KEY=A..B:STEP` or `KEY=A,B,C`.
  public init(parsing text: String) throws(Fault) {
    guard let sign = text.firstIndex(of: "=") else {
      throw Fault(description: "'\(text)' names no values; write above=100..1000")
    }
    path = text[..<sign].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let values = String(text[text.index(after: sign)...])
    guard path.allSatisfy({ !$0.isEmpty }), !values.isEmpty else {
      throw Fault(description: "'\(text)' has no key or no values; write above=100..1000")
    }
    self.values = try Self.values(values)
    guard self.values.count <= Self.valueCountMax else {
      throw Fault(
        description: "'\(text)' has \(self.values.count) values; at most \(Self.valueCountMax)")
    }
  }

  private static func values(_ text: String) throws(Fault) -> [String] {
    guard let dots = text.firstRange(of: "..") else {
      let list = text.split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0.drop { $0 == " " }) }
      guard list.allSatisfy({ !$0.isEmpty }) else {
        throw Fault(description: "'\(text)' has a value too few between its commas")
      }
      return list.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
    let (end, step) = parts(text[dots.upperBound...])
    return try SweepRange(from: String(text[..<dots.lowerBound]), to: end, step: step).values
  }

  /// `10:2` is 10, and 2.
  private static func parts(_ text: Substring) -> (end: String, step: String?) {
    guard let colon = text.firstIndex(of: ":") else { return (String(text), nil) }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  /// Every combination of the values of `sweeps`, the last changing fastest.
  public static func combinations(of sweeps: [RuleSweep]) -> [[RuleEdit]] {
    sweeps.reduce([[]]) { known, sweep in
      known.flatMap { edits in sweep.edits.map { edits + [$0] } }
    }
  }
}
