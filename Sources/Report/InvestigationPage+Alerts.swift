import AccessLog
import Detection
import Terminal

extension InvestigationPage {
  func writeAlertTable(into page: inout Markup) {
    page.element("h2", text: "Alerts")
    page.newLine()
    guard !alerts.isEmpty else {
      return writeNoAlerts(into: &page)
    }
    page.element("div", [("class", "scroll")]) { box in
      box.element("table") { table in
        writeColumns(
          [
            ("severity", false), ("from", false), ("entity", false), ("kind", false),
            ("lasted", true), ("observed", true), ("usual", true), ("score", true),
          ],
          into: &table)
        table.element("tbody") { body in
          for alert in alerts { writeRow(alert, into: &body) }
        }
      }
    }
    writeLeftOut(into: &page)
  }

  /// Silence says something only of rules that could judge.
  private func writeNoAlerts(into page: inout Markup) {
    let sleeping = investigation.summary.sleepingRules
    guard !sleeping.isEmpty else {
      return page.element("p", text: "Nothing was out of the usual.")
    }
    let judgedCount = investigation.ruleCount - sleeping.count
    guard judgedCount > 0 else {
      return page.element(
        "p", [("class", "warning")],
        text: "No rule could judge yet, so no alert says nothing about the traffic. "
          + "Why, stands below under “Rules that slept”; the first says: \(sleeping[0].reason).")
    }
    page.element(
      "p",
      text:
        "Nothing was out of the usual for the \(Quantity.count(judgedCount, "rule")) that could "
        + "judge; \(Quantity.count(sleeping.count)) slept, as stands below.")
  }

  private func writeLeftOut(into page: inout Markup) {
    let count = investigation.alerts.count - alerts.count + investigation.alertsLeftOut
    guard count > 0 else { return }
    page.element(
      "p", [("class", "warning")],
      text: "The worst \(Quantity.count(alerts.count)) are on this page; "
        + "\(Quantity.count(count)) more are in what the replay printed and in its database.")
  }

  private func writeRow(_ alert: Alert, into body: inout Markup) {
    body.element("tr") { row in
      row.element("td") { $0.writeSeverity(alert.severity) }
      row.element("td", [("class", "time")]) { cell in
        cell.element("a", [("href", "#\(alert.anchor)")], text: alert.startedAt.minuteText)
      }
      row.element("td", [("class", "long")], text: alert.entityText)
      row.element("td", text: alert.kind)
      row.element("td", [("class", "number")], text: alert.lengthText)
      row.element("td", [("class", "number")], text: Quantity.number(alert.observed))
      row.element("td", [("class", "number")], text: alert.usualText)
      row.element("td", [("class", "number")], text: coordinate(alert.score))
    }
    body.newLine()
  }

  // MARK: - one by one

  func writeAlerts(into page: inout Markup) {
    guard !alerts.isEmpty else { return }
    page.element("h2", text: "Alerts, one by one")
    page.newLine()
    for alert in alerts { write(alert, into: &page) }
  }

  private func write(_ alert: Alert, into page: inout Markup) {
    let rule = investigation.rules[alert.ruleID]
    page.element(
      "article", [("class", "alert is-\(alert.severity.rawValue)"), ("id", alert.anchor)]
    ) { card in
      card.element("header") { header in
        header.writeSeverity(alert.severity)
        header.element("h3", text: "\(alert.kind): \(alert.entityText)")
        header.element("span", [("class", "quiet")], text: alert.startedAt.minuteText)
      }
      card.element("p", [("class", "reason")], text: alert.reason)
      PictureSVG(alert: alert).write(into: &card)
      writeMore(alert, rule, into: &card)
      writeEvidence(of: alert, into: &card)
      if let rule { writeAdvice(rule, into: &card) }
    }
    page.newLine()
  }

  private func writeMore(
    _ alert: Alert, _ rule: Investigation.RuleText?, into card: inout Markup
  ) {
    var facts = [("rule", alert.ruleID), ("detected", alert.detectedAt.secondText)]
    facts.append(("ended", alert.endedAt?.secondText ?? "not by the end of the logs"))
    facts.append(("observed", "\(Quantity.number(alert.observed)) \(alert.unit)"))
    if let tier = alert.tier { facts.append(("tier", tier)) }
    if let application = alert.application { facts.append(("application", application)) }
    facts.append(("score", coordinate(alert.score)))
    if alert.isLearning { facts.append(("baseline", "still learning")) }
    if alert.state == .shadow { facts.append(("state", "shadow: judged, never sent")) }
    card.element("dl", [("class", "more")]) { list in
      for (name, value) in facts {
        list.element("div") {
          $0.element("dt", text: name)
          $0.element("dd", text: value)
        }
      }
    }
  }

  /// The lines under the file that they stand in.
  private func writeEvidence(of alert: Alert, into card: inout Markup) {
    guard !alert.evidence.isEmpty else { return }
    card.element("div", [("class", "evidence")]) { box in
      var rest = alert.evidence[...]
      while let first = rest.first {
        let file = file(of: first)
        let count = rest.prefix { self.file(of: $0) == file }.count
        box.element("p", [("class", "place")], text: file)
        box.element("ul") { list in
          for line in rest.prefix(count) { write(line, into: &list) }
        }
        rest = rest.dropFirst(count)
      }
    }
  }

  private func write(_ line: EvidenceLine, into list: inout Markup) {
    list.element("li") { item in
      item.element(
        "span", [("title", "offset in the inflated bytes")], text: Quantity.count(line.offset))
      item.element("code") { code in
        code.write(line.line)
        if line.isUnverified { code.write("  (the checksum of its bytes is wrong or missing)") }
      }
    }
  }

  private func file(of line: EvidenceLine) -> String {
    guard let files = investigation.files[line.source], files.indices.contains(line.segmentIndex)
    else { return line.source }
    return "\(line.source), \(files[line.segmentIndex])"
  }

  private func writeAdvice(_ rule: Investigation.RuleText, into card: inout Markup) {
    for text in [rule.why, rule.runbook].compactMap({ $0 }) {
      card.element("p", [("class", "note")]) { paragraph in
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        paragraph.write(lines.joined(separator: " "))
      }
    }
  }
}

extension Markup {
  mutating func writeSeverity(_ severity: Severity) {
    element("span", [("class", "severity \(severity.rawValue)")], text: severity.rawValue)
  }
}

extension Alert {
  fileprivate var lengthText: String {
    guard let endedAt else { return "open" }
    return Quantity.duration(
      seconds: max(0, endedAt.milliseconds - startedAt.milliseconds) / 1000)
  }

  fileprivate var entityText: String {
    guard entityType != .global else { return entity }
    let owner = entityType == .key ? supplier.map { " of \($0)" } ?? "" : ""
    return "\(entityType.rawValue) \(entity)\(owner)"
  }

  fileprivate var usualText: String {
    guard let high = expectedHigh else { return "" }
    return "\(Quantity.number(max(0, expectedLow ?? 0)))–\(Quantity.number(high))"
  }
}
