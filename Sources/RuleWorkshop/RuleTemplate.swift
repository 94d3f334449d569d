public import Detection
import RuleFiles

/// A rule file to start from: the example of a kind with its tests, and the keys that it leaves
/// out as comments.
public enum RuleTemplate {
  /// - Parameter id: What the rule is called; legal in a rule file.
  public static func text(of kind: any Detector.Type, id: String) -> String {
    let lines = kind.example.split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    let named = lines.map { $0.hasPrefix("- id: ") ? "- id: \(id)" : $0 }
    let end = named.firstIndex { $0.hasPrefix("  tests:") } ?? named.endIndex
    let rule = named[..<end] + further(kind, besides: named[..<end]) + named[end...]
    return """
      # \(heading(kind))
      # Check it with 'tollwatch rules check FILE', run its tests with 'tollwatch rules test FILE'.
      rules:
      \(rule.joined(separator: "\n").lines(indentedBy: 2))

      """
  }

  /// The first sentence of what the kind finds.
  private static func heading(_ kind: any Detector.Type) -> String {
    let words = kind.about.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let sentence = words.firstRange(of: ". ").map { words[..<$0.lowerBound] + "." } ?? words[...]
    return String(sentence).replacing("`", with: "")
  }

  private static func further(
    _ kind: any Detector.Type, besides lines: ArraySlice<String>
  ) -> [String] {
    let hasLimit = lines.contains { $0.hasPrefix("  above:") }
    let isOfOthers = lines.contains { $0.hasPrefix("  per:") && $0 != "  per: key" }
    let keys = RuleLanguage.keys(of: kind).filter { key in
      !["tests", "measure", "inhibit"].contains(key.name)
        // It goes with percentiles alone, of which the kind's example has none.
        && !(key.name == "min_samples" && kind == Threshold.self)
        && !(key.name == "below" && hasLimit)
        // Its labels are those of keys.
        && !(key.name == "overrides" && isOfOthers)
        && !lines.contains { $0.dropFirst(2).hasPrefix("\(key.name):") }
    }
    return keys.map { key in
      if key.name == "why" { return "  why: What may be behind it." }
      if key.name == "runbook" { return "  runbook: What to do about it." }
      return "  # \(key.name): \(sample(key))"
    }
  }

  /// A value that the key may have: what holds without it, where something does.
  private static func sample(_ key: RuleKey) -> String {
    if let absent = key.absent { return absent }
    return switch key.form {
    case .measure(let forms): forms.first?.words.first ?? ""
    case .expression: "'status != 429'"
    case .matchers: "ANY /v*/**"
    case .field: #"query["sku"]"#
    case .word(let words): words[words.count - 1]
    case .duration: "10m"
    case .text: key.name == "during" ? "Mon-Fri 08:00-18:00 Europe/Oslo" : "…"
    case .integer: "20"
    case .identifier: "deploy"
    case .overrides: "[{label: {plan: trial}, severity: low}]"
    case .number(let range): "\(Int(range.lowerBound))"
    case .mapping(let keys):
      "{\(keys.map { "\($0.name): \(sample($0))" }.joined(separator: ", "))}"
    default: "…"
    }
  }
}
