import AccessLog
import Detection
import Terminal

/// What each rule had to say, for people and for programs.
struct ExplanationReport {
  private let explanation: Explanation

  /// Alerts stand first, and what could judge nobody last.
  init(_ explanation: Explanation) {
    let order = RuleExplanation.Verdict.allCases
    var sorted = explanation
    sorted.rules.sort {
      let (a, b) = (order.firstIndex(of: $0.verdict) ?? 0, order.firstIndex(of: $1.verdict) ?? 0)
      return (a, $0.rule) < (b, $1.rule)
    }
    self.explanation = sorted
  }

  // MARK: - Text

  func text(on screen: Screen) -> String {
    lines(columns: screen.columns, isColored: screen.isColored).joined(separator: "\n")
  }

  /// Where the words of a rule begin.
  private static let margin = 10

  func lines(columns: Int?, isColored: Bool) -> [String] {
    let who = TerminalText.escaped(explanation.entity ?? "")
    let first = explanation.firstTime.map { ", from what was logged since \($0.rfc3339)" } ?? ""
    let heading = "\(who) at \(explanation.time.rfc3339)\(first)"
    let top = columns.map { DisplayWidth.wrap(heading, to: $0) } ?? [heading]
    return top
      + explanation.rules.flatMap { [""] + Self.lines(of: $0, columns: columns, isColored) }
  }

  private static func lines(
    of rule: RuleExplanation, columns: Int?, _ isColored: Bool
  ) -> [String] {
    let word = rule.verdict == .alert ? "ALERT" : rule.verdict.rawValue
    let padding = String(repeating: " ", count: margin - word.count)
    let style = styles[rule.verdict] ?? .quiet
    let verdict = isColored ? style.applied(to: word) : word
    var texts: [String] = []
    if let alert = rule.alert {
      texts.append(
        "alert \(alert.id.prefix(8)) since \(alert.startedAt.rfc3339), "
          + "score \(Quantity.number(alert.score))")
    }
    texts += [rule.reason].compactMap(\.self) + rule.numbers.map(\.text)
    let whom = rule.entity.map { ": \(TerminalText.escaped($0))" } ?? ""
    let indent = String(repeating: " ", count: margin)
    return ["\(verdict)\(padding)\(rule.rule) (\(rule.kind))\(whom)"]
      + texts.map(TerminalText.escaped).flatMap { text in
        (columns.map { DisplayWidth.wrap(text, to: $0 - margin) } ?? [text]).map { indent + $0 }
      }
  }

  private static let styles: [RuleExplanation.Verdict: TextStyle] = [
    .alert: .alarm, .quiet: .green, .learning: .yellow, .abstains: .yellow,
  ]

  // MARK: - JSON

  private struct Document: Encodable {
    struct Number: Encodable {
      var unit: String
      var seen: Double
      var usual: Double?
      var spread: Double?
      var opensAt: Double?
      var isFall: Bool
      var isOpen: Bool
      var needed: Int?
      var score: Double?
      var remark: String?
    }

    struct Rule: Encodable {
      var rule: String
      var kind: String
      var entity: String?
      var verdict: String
      var reason: String?
      var alertId: String?
      var numbers: [Number]
    }

    var entity: String?
    var time: String
    var firstTime: String?
    var rules: [Rule]
  }

  /// One object, with its keys in a fixed order.
  var json: String {
    JSONPage.text(
      Document(
        entity: explanation.entity, time: explanation.time.rfc3339,
        firstTime: explanation.firstTime?.rfc3339,
        rules: explanation.rules.map { rule in
          Document.Rule(
            rule: rule.rule, kind: rule.kind, entity: rule.entity, verdict: rule.verdict.rawValue,
            reason: rule.reason, alertId: rule.alert?.id,
            numbers: rule.numbers.map {
              Document.Number(
                unit: $0.unit, seen: $0.seen, usual: $0.usual, spread: $0.spread,
                opensAt: $0.opensAt, isFall: $0.isFall, isOpen: $0.isOpen, needed: $0.needed,
                score: $0.score, remark: $0.remark)
            })
        }))
  }
}
