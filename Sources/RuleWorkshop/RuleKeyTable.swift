import Detection
import RuleFiles

/// Keys of the rule language as a table in Markdown, those of nested mappings below theirs.
enum RuleKeyTable {
  static func text(_ keys: [RuleKey]) -> String {
    (["| key | takes | if left out | meaning |", "|---|---|---|---|"] + rows(keys, below: ""))
      .joined(separator: "\n")
  }

  private static func rows(_ keys: [RuleKey], below path: String) -> [String] {
    keys.flatMap { key in
      let absent = key.isRequired ? "required" : key.absent.map { "`\($0)`" } ?? ""
      let row = "| `\(path)\(key.name)` | \(form(key.form)) | \(absent) | \(key.meaning) |"
      // Of a rule's tests and of what they hold each has a table of its own.
      let hasOwnTable = ["tests", "lines", "expect"].contains(key.name)
      return [row] + (hasOwnTable ? [] : rows(key.inner, below: "\(path)\(key.name)."))
    }
  }

  private static func form(_ form: RuleKey.Form) -> String {
    switch form {
    case .identifier: "a word"
    case .text: "text"
    case .texts: "text, or a list"
    case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
    case .oneOrTwo(let words):
      words.map { "`\($0)`" }.joined(separator: ", ") + ", or a list of two"
    case .flag: "`true`, `false`"
    case .integer(let range): "whole number, \(range.lowerBound) to \(number(range.upperBound))"
    case .number(let range): "number, \(number(range.lowerBound)) to \(number(range.upperBound))"
    case .duration: "duration"
    case .durations: "duration, or a list"
    case .matcher: "methods and path"
    case .matchers: "methods and path, or a list"
    case .measure(let forms): forms.flatMap(\.words).map { "`\($0)`" }.joined(separator: ", ")
    case .expression: "expression"
    case .field: "field"
    case .feed: "feed"
    case .request: "method and path"
    case .time: "time stamp"
    case .clock: "time"
    case .mapping: "mapping"
    case .items: "list of mappings"
    case .labels: "mapping of names and values"
    case .overrides: "list of mappings"
    case .alerts: "`none`, or a list"
    }
  }

  /// `1_000_000`, as a rule file may write it.
  private static func number(_ value: Int) -> String {
    let digits = Array(String(value))
    return String(
      digits.enumerated().flatMap { index, digit in
        index > 0 && (digits.count - index).isMultiple(of: 3) ? ["_", digit] : [digit]
      })
  }

  private static func number(_ value: Double) -> String {
    Int(exactly: value).map(number) ?? "\(value)"
  }
}
