import AccessLog
import AlertStore
import ArgumentParser
import Detection
import Sinks
import Terminal

/// Alerts as a table, the latest first.
struct AlertsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists alerts, the latest first.",
    discussion: """
      An alert is listed if any part of it lies between --from and --to.

        tollwatch alerts list --db incident.sqlite
        tollwatch alerts list --db incident.sqlite --supplier northwind
        tollwatch alerts list --db incident.sqlite --from 2026-11-20 --severity high
        tollwatch alerts list --db incident.sqlite --rule '*-spike' --limit 0
        tollwatch alerts list --db incident.sqlite --output csv
      """)

  static let countMaxAssumed = 50

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var filter: AlertFilter

  @Option(help: "So many at most, 50 if left out; 0 for all.", transform: CountArgument.parse)
  var limit = Self.countMaxAssumed

  @Option(help: "text, json (an object a line) or csv.")
  var output = AlertOutput.text

  func run() throws {
    try Stop.catching {
      let reader = try database.open()
      var query = try filter.query(from: database, in: reader)
      query.order = .latestFirst
      query.includesEvidence = output != .text
      let count = try reader.alertCount(query)
      guard count > 0 else { return try explainNothing(reader) }
      query.countMax = limit == 0 ? nil : limit
      let alerts = try reader.alerts(query)
      var output = BufferedOutput()
      switch self.output {
      case .text:
        for line in AlertList(alerts).lines(on: .output) { try output.writeLine(line) }
      case .json: for alert in alerts { try output.writeJSON(alert) }
      case .csv:
        try output.writeCSV { AlertRow.columns.map { .text($0) } }
        for alert in alerts { try output.writeCSV { AlertRow.fields(of: alert) } }
      }
      try output.flush()
      if alerts.count < count {
        StandardError.writeLine(
          "\(Quantity.count(alerts.count)) of \(Quantity.count(count)) alerts, the latest; "
            + "--limit 0 lists all")
      }
    }
  }

  /// Nothing found is an answer too, and says what there would have been.
  private func explainNothing(_ reader: AlertReader) throws {
    let all = try reader.alertCount()
    guard all > 0 else {
      return StandardError.writeLine("no alerts: \(database.db) holds none")
    }
    var earliest = AlertQuery()
    (earliest.countMax, earliest.order, earliest.includesEvidence) = (1, .latestFirst, false)
    let last = try reader.alerts(earliest).first.map {
      "; the latest began \($0.startedAt.rfc3339)"
    }
    StandardError.writeLine(
      "no alerts fit; without the filters there are \(Quantity.count(all))\(last ?? "")")
  }
}

/// Rows of a list. Where text goes to a program a row is one line; on a screen the reason stands
/// below it, whole.
struct AlertList {
  private let alerts: [Alert]

  static let idCharacters = 8

  init(_ alerts: [Alert]) { self.alerts = alerts }

  func lines(on screen: Screen) -> [String] {
    lines(columns: screen.columns, isColored: screen.isColored)
  }

  func lines(columns: Int?, isColored: Bool) -> [String] {
    guard let columns else { return wide.lines(columns: nil, isColored: isColored) }
    let rows = narrow.lines(columns: columns, isColored: isColored)
    // A screen too narrow even for this gets a block a row, which has the reason apart.
    guard rows.count == alerts.count + 1 else {
      return wide.lines(columns: columns, isColored: isColored)
    }
    var lines = [rows[0]]
    for (row, alert) in zip(rows.dropFirst(), alerts) {
      lines.append(row)
      lines += DisplayWidth.wrap(TerminalText.escaped(alert.reason), to: columns - 4)
        .map { "    " + $0 }
    }
    return lines
  }

  private var wide: Table {
    var table = Table([
      .text("id"), .text("began"), .text("severity"), .text("state"), .text("rule"),
      .flexible("entity"), .flexible("supplier"), .flexible("reason"),
    ])
    for alert in alerts {
      table.add(
        leading(alert) + [
          Table.Cell(alert.ruleID), Table.Cell(Self.entity(alert)),
          Table.Cell(alert.supplier ?? ""), Table.Cell(alert.reason),
        ])
    }
    return table
  }

  private var narrow: Table {
    var table = Table([
      .text("id"), .text("began"), .text("severity"), .text("state"), .flexible("rule"),
      .flexible("entity"),
    ])
    for alert in alerts {
      let isOwn = alert.supplier == nil || alert.entityType == .supplier
      let supplier = isOwn ? "" : " of \(alert.supplier ?? "")"
      table.add(
        leading(alert) + [
          Table.Cell(alert.ruleID), Table.Cell(Self.entity(alert) + supplier),
        ])
    }
    return table
  }

  private func leading(_ alert: Alert) -> [Table.Cell] {
    [
      Table.Cell(String(alert.id.prefix(Self.idCharacters)), .quiet),
      Table.Cell(alert.startedAt.minuteText),
      Table.Cell(alert.severity.rawValue, alert.severity.style), Table.Cell(alert.state.rawValue),
    ]
  }

  /// A key goes without saying.
  private static func entity(_ alert: Alert) -> String {
    switch alert.entityType {
    case .key, .clientIP, .network, .route, .pair: alert.entity
    case .global: "all traffic"
    default: "\(alert.entityType.rawValue) \(alert.entity)"
    }
  }
}

extension EventTime {
  /// `2026-11-21 09:05Z`.
  var minuteText: String {
    let text = rfc3339
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5) + "Z"
  }
}
