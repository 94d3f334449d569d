import AccessLog
import AlertStore
import Detection
import Sinks
import Terminal

/// One alert on a page of text.
struct AlertPage {
  private let alert: Alert
  private let revisions: [Alert]
  private let evidence: [StoredLine]
  private let rule: Rule?

  init(_ alert: Alert, revisions: [Alert], evidence: [StoredLine], rule: Rule?) {
    self.alert = alert
    self.revisions = revisions
    self.evidence = evidence
    self.rule = rule
  }

  func lines(on screen: Screen) -> [String] {
    lines(columns: screen.columns, isColored: screen.isColored)
  }

  func lines(columns: Int?, isColored: Bool) -> [String] {
    let reason = TerminalText.escaped(alert.reason)
    var lines = ["alert " + alert.id]
    lines += (columns.map { DisplayWidth.wrap(reason, to: $0 - 2) } ?? [reason]).map { "  " + $0 }
    if let picture = alert.picture {
      lines += PictureText(picture)
        .lines(columns: columns.map { $0 - 2 }, isColored: isColored).map { "  " + $0 }
    }
    lines += [""] + facts.map { Self.fact($0.name, $0.value) }
    lines += ["", "history"]
    lines += history.lines(columns: columns.map { $0 - 2 }, isColored: isColored).map { "  " + $0 }
    lines += ["", evidence.isEmpty ? "no evidence is kept" : "evidence"]
    lines += evidence.flatMap(Self.lines)
    lines += [""] + ruleLines
    return lines
  }

  // MARK: - facts

  private typealias Fact = (name: String, value: String)

  private var facts: [Fact] {
    var facts: [Fact] = [
      ("rule", "\(alert.ruleID) (\(alert.kind)), \(alert.severity.rawValue)"),
      (
        "entity",
        alert.entityType == .global
          ? "all traffic" : "\(alert.entityType.rawValue) \(alert.entity)"
      ),
    ]
    let owners = [
      ("supplier", alert.supplier), ("application", alert.application), ("tier", alert.tier),
    ]
    facts += owners.compactMap { name, value in value.map { (name, $0) } }
    facts += [
      ("state", alert.state.rawValue), ("began", alert.startedAt.rfc3339),
      ("detected", alert.detectedAt.rfc3339),
      ("ended", alert.endedAt?.rfc3339 ?? "not by the end of the logs"),
    ]
    return facts + numbers
  }

  private var numbers: [Fact] {
    var facts: [Fact] = [("observed", "\(DecimalText.text(alert.observed)) \(alert.unit)")]
    if let expected { facts.append(("expected", expected)) }
    if alert.score.isFinite {
      facts.append(
        ("score", "\(DecimalText.text(alert.score)), minus log10 of the probability of chance"))
    }
    let learning = alert.isLearning ? "; this hour of the week was not yet seen twice" : ""
    facts.append(("rests on", Quantity.count(alert.sampleSize, "sample") + learning))
    return facts
  }

  private var expected: String? {
    switch (alert.expectedLow, alert.expectedMid, alert.expectedHigh) {
    case (nil, nil, nil): return nil
    case (let low?, let middle?, let high?):
      return "\(DecimalText.text(middle)) (\(DecimalText.text(low)) to \(DecimalText.text(high)))"
    case (_, _, let high?): return "at most \(DecimalText.text(high))"
    case (let low?, _, _): return "at least \(DecimalText.text(low))"
    case (_, let middle?, _): return DecimalText.text(middle)
    }
  }

  private static func fact(_ name: String, _ value: String) -> String {
    let padded = name + String(repeating: " ", count: max(1, 13 - name.count))
    return padded + TerminalText.escaped(value)
  }

  // MARK: - history, evidence, rule

  private var history: Table {
    var table = Table([
      .number("revision"), .text("told at"), .text("state"), .text("severity"),
      .number("observed"), .flexible("reason"),
    ])
    for revision in revisions {
      table.add([
        "\(revision.revision)", Table.Cell(revision.revisedAt.rfc3339),
        Table.Cell(revision.state.rawValue),
        Table.Cell(revision.severity.rawValue, revision.severity.style),
        Table.Cell(DecimalText.text(revision.observed)), Table.Cell(revision.reason),
      ])
    }
    return table
  }

  /// Where the line stood, and the line as it was kept: masked.
  private static func lines(_ stored: StoredLine) -> [String] {
    let line = stored.line
    let place = stored.file.map { "\($0):\(line.offset)" } ?? "offset \(line.offset)"
    let doubt = line.isUnverified ? "  its archive has no good checksum" : ""
    return ["  \(line.source) \(place)\(doubt)", "    \(line.line)"].map(TerminalText.escaped)
  }

  private var ruleLines: [String] {
    guard let rule else {
      return ["the rule \(alert.ruleID) is not among the rules at hand; name it with --rules"].map(
        TerminalText.escaped)
    }
    var lines = ["rule         \(rule.title)"]
    lines += Self.paragraph("why", rule.why) + Self.paragraph("runbook", rule.runbook)
    if rule.contentHash != alert.ruleHash {
      lines.append("             the rule was changed since it told this alert")
    }
    return lines.map(TerminalText.escaped)
  }

  /// The lines of a rule's text, under each other.
  private static func paragraph(_ name: String, _ text: String?) -> [String] {
    let lines = (text ?? "").split(separator: "\n")
    return lines.enumerated().map { index, line in
      let heading = index == 0 ? name : ""
      return heading + String(repeating: " ", count: 13 - heading.count) + line
    }
  }
}
