import AccessLog
import Detection
import Terminal

/// One self-contained page of an investigation: HTML with its pictures and its style inside.
///
/// It needs no script and loads nothing; should something of a log ever slip through the
/// escaping, its content policy lets nothing run. The same investigation gives the same bytes.
public struct InvestigationPage: Sendable {
  /// Alerts that the page shows; the worst are chosen.
  public static let alertCountMax = 500
  /// Spans of coverage and gaps that are listed of each source.
  static let spanCountMax = 50

  let investigation: Investigation
  /// Those that the page shows, in the order of their start.
  let alerts: [Alert]

  public init(_ investigation: Investigation) {
    self.investigation = investigation
    let worst = investigation.alerts.sorted {
      ($0.severity, $0.score, $1.startedAt, $1.id) > ($1.severity, $1.score, $0.startedAt, $0.id)
    }
    alerts = worst.prefix(Self.alertCountMax).sorted {
      ($0.startedAt, $0.id) < ($1.startedAt, $1.id)
    }
  }

  var statistics: EngineStatistics { investigation.summary.statistics }

  /// All of the page.
  public var html: String {
    var page = Markup()
    page.writeLiteral("<!doctype html>\n<html lang=\"en\">\n<head>\n")
    writeHead(into: &page)
    page.writeLiteral("</head>\n<body>\n")
    writeTitle(into: &page)
    writeFacts(into: &page)
    writeTimeline(into: &page)
    writeAlertTable(into: &page)
    writeSuppliers(into: &page)
    writeAlerts(into: &page)
    writeSleeping(into: &page)
    writeCoverage(into: &page)
    writeUnparsed(into: &page)
    writeOrigin(into: &page)
    page.writeLiteral("</body>\n</html>\n")
    return page.text
  }

  private func writeHead(into page: inout Markup) {
    page.writeLiteral(
      """
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width,initial-scale=1">
      <meta name="referrer" content="no-referrer">

      """)
    page.element("title", text: "Tollwatch: \(alertPhrase) \(spanPhrase)")
    page.writeLiteral("\n<style>\n")
    page.writeLiteral(Stylesheet.text)
    page.writeLiteral("\n</style>\n")
  }

  private func writeTitle(into page: inout Markup) {
    page.element("h1", text: "\(alertPhrase.capitalizedFirst) in the access logs")
    page.element(
      "p", [("class", "quiet")], text: "\(spanPhrase.capitalizedFirst). All times are UTC.")
    if investigation.isPartial {
      page.element(
        "p", [("class", "warning")],
        text: "The replay was stopped before the end of the logs. "
          + "This page tells what was read until then.")
    }
    page.newLine()
  }

  /// `3 alerts`, `no alerts`.
  private var alertPhrase: String {
    let count = investigation.alerts.count + investigation.alertsLeftOut
    return count == 0 ? "no alerts" : Quantity.count(count, "alert")
  }

  private var spanPhrase: String {
    guard let first = statistics.firstTime, let last = statistics.lastTime else {
      return "no record was read"
    }
    return "from \(first.minuteText) to \(last.minuteText)"
  }

  private func writeFacts(into page: inout Markup) {
    let summary = investigation.summary
    let parsed = Quantity.share(
      statistics.recordCount, of: statistics.lineCount - statistics.blankLineCount)
    page.element("dl", [("class", "facts")]) { list in
      fact("lines", Quantity.count(statistics.lineCount), "\(parsed) parsed", into: &list)
      fact(
        "keys", Quantity.count(summary.keyCount),
        "\(Quantity.count(summary.unknownKeyCount)) not in the registry", into: &list)
      fact(
        "suppliers", Quantity.count(summary.supplierCount),
        Quantity.count(summary.addressCount, "address", plural: "addresses") + " without a key",
        into: &list)
      for severity in Severity.allCases.reversed() {
        let count = investigation.alerts.count { $0.severity == severity }
        if count > 0 { fact("\(severity.rawValue) alerts", Quantity.count(count), "", into: &list) }
      }
    }
    page.newLine()
  }

  private func fact(
    _ name: String, _ value: String, _ detail: String, into list: inout Markup
  ) {
    list.element("div") { box in
      box.element("dt", text: name)
      box.element("dd") { content in
        content.write(value)
        if !detail.isEmpty { content.element("small", text: detail) }
      }
    }
  }
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension EventTime {
  /// `2026-03-14 09:05`.
  var minuteText: String { secondText.prefix(16).description }

  /// `2026-03-14 09:05:12`.
  var secondText: String {
    let text = rfc3339
    return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
  }
}
