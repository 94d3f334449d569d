import AccessLog
import AlertStore
import ArgumentParser
import Detection
import Sinks

/// Alerts for other programs.
struct AlertsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes alerts as JSON lines or CSV, in the order of change.",
    discussion: """
      JSON lines are those that replay prints last for the same alert. CSV has the columns of \
      the table 'alerts' and a count of the lines of evidence; texts that a spreadsheet would \
      run as a formula begin with an apostrophe.

        tollwatch alerts export --db incident.sqlite > alerts.jsonl
        tollwatch alerts export --db incident.sqlite --output csv > alerts.csv
      """)

  enum Output: String, ExpressibleByArgument, CaseIterable { case json, csv }

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var filter: AlertFilter

  @Option(help: "json, one object a line, or csv.")
  var output = Output.json

  @Option(
    help: "So many at most, the first that changed; 0 for all.", transform: CountArgument.parse)
  var limit = 0

  func run() throws {
    try Stop.catching {
      let reader = try database.open()
      var query = try filter.query(from: database, in: reader)
      query.countMax = limit == 0 ? nil : limit
      var buffer = BufferedOutput()
      switch output {
      case .json: try reader.forEachAlert(query) { try buffer.writeJSON($0) }
      case .csv:
        try buffer.writeCSV { AlertRow.columns.map { .text($0) } }
        try reader.forEachAlert(query) { alert in
          try buffer.writeCSV { AlertRow.fields(of: alert) }
        }
      }
      try buffer.flush()
    }
  }
}

/// How alerts are printed.
enum AlertOutput: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

extension BufferedOutput {
  /// One line, as a replay prints it.
  mutating func writeJSON(_ alert: Alert) throws {
    try write {
      alert.writeJSON(into: &$0)
      $0.append(UInt8(ascii: "\n"))
    }
  }

  mutating func writeCSV(_ fields: () -> [CSVText.Field]) throws {
    var row = CSVText()
    row.add(fields())
    try write(row.bytes)
  }
}

/// One alert as a row of CSV.
enum AlertRow {
  static let columns = [
    "id", "revision", "rule_id", "kind", "severity", "entity_type", "entity", "supplier", "tier",
    "state", "started_at", "detected_at", "ended_at", "observed", "expected_low", "expected_mid",
    "expected_high", "unit", "score", "reason", "rule_hash", "sample_size", "learning",
    "application", "revised_at", "evidence_count",
  ]

  static func fields(of alert: Alert) -> [CSVText.Field] {
    identity(of: alert) + verdict(of: alert)
  }

  private static func identity(of alert: Alert) -> [CSVText.Field] {
    [
      .text(alert.id), .integer(Int64(alert.revision)), .text(alert.ruleID), .text(alert.kind),
      .text(alert.severity.rawValue), .text(alert.entityType.rawValue), .text(alert.entity),
      text(alert.supplier), text(alert.tier), .text(alert.state.rawValue),
      .text(alert.startedAt.rfc3339), .text(alert.detectedAt.rfc3339), text(alert.endedAt?.rfc3339),
    ]
  }

  private static func verdict(of alert: Alert) -> [CSVText.Field] {
    [
      .number(alert.observed), number(alert.expectedLow), number(alert.expectedMid),
      number(alert.expectedHigh), .text(alert.unit), .number(alert.score), .text(alert.reason),
      .text(alert.ruleHash), .integer(Int64(alert.sampleSize)),
      .text(alert.isLearning ? "true" : "false"), text(alert.application),
      .text(alert.revisedAt.rfc3339), .integer(Int64(alert.evidence.count)),
    ]
  }

  private static func text(_ value: String?) -> CSVText.Field { value.map { .text($0) } ?? .absent }
  private static func number(_ value: Double?) -> CSVText.Field {
    value.map { .number($0) } ?? .absent
  }
}
