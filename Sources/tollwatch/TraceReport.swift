import AccessLog
import Detection
import LogSurvey
import Terminal

/// What a trace found, for people and for programs.
struct TraceReport {
  private let history: EntityHistory
  /// The latest revisions, the latest episode first.
  private let alerts: [Alert]

  init(_ history: EntityHistory, alerts: [Alert]) {
    self.history = history
    self.alerts = alerts.sorted {
      ($1.startedAt, $0.id) < ($0.startedAt, $1.id)
    }
  }

  // MARK: - Text

  func text(on screen: Screen) -> String {
    lines(columns: screen.columns, isColored: screen.isColored).joined(separator: "\n")
  }

  func lines(columns: Int?, isColored: Bool) -> [String] {
    var lines = [TerminalText.escaped("\(history.kind.rawValue) \(history.name)"), "  " + volume]
    if let first = history.firstTime, let last = history.lastTime {
      let start = history.firstIsHour ? "the hour of \(first.minuteText)" : first.rfc3339
      lines.append("  from \(start) to \(last.rfc3339)")
    }
    if let note = history.note { lines.append(TerminalText.escaped("  \(note)")) }
    for list in history.lists {
      lines += Self.lines(of: list, among: history.requestCount, columns: columns)
    }
    if !history.requests.isEmpty { lines += requests }
    if history.hours.count > 1 {
      let picture = VolumePicture(history.hours)
      lines += ["", picture.title]
      for line in picture.lines(isColored: isColored) {
        lines.append(columns.map { DisplayWidth.cut("  " + line, to: $0) } ?? "  " + line)
      }
    }
    guard history.kind != .requestID else { return lines }
    guard !alerts.isEmpty else { return lines + ["", "no alerts"] }
    lines += ["", Quantity.count(alerts.count, "alert")]
    lines += AlertList(alerts).lines(columns: columns.map { $0 - 2 }, isColored: isColored)
      .map { "  " + $0 }
    return lines
  }

  private var volume: String {
    "\(Quantity.count(history.requestCount, "request")), "
      + "\(Quantity.count(history.clientErrorCount)) with a status of 4xx, "
      + "\(Quantity.count(history.serverErrorCount)) of 5xx, "
      + "\(Quantity.count(history.throttledCount)) throttled"
  }

  /// `  routes  GET /v1/orders 80 %, …`, cut where a screen is narrow.
  /// Shares are of all requests, also of those that tell nothing that the list could name.
  private static func lines(
    of list: EntityHistory.List, among total: Int, columns: Int?
  ) -> [String] {
    var lines = ["", "\(list.title)"]
    let rest = list.otherCount > 0 ? [TextCount(text: "(others)", count: list.otherCount)] : []
    let rows = list.entries + rest
    let width = rows.map { Quantity.count($0.count).count }.max() ?? 0
    for row in rows {
      let count = Quantity.count(row.count)
      let share = Quantity.share(row.count, of: total)
      let pad = String(repeating: " ", count: width - count.count)
      let numbers =
        "  \(pad)\(count)  \(String(repeating: " ", count: max(0, 6 - share.count)))\(share)  "
      let text = TerminalText.escaped(row.text)
      lines.append(
        numbers
          + (columns.map { DisplayWidth.cutInside(text, to: $0 - numbers.count) } ?? text))
    }
    return lines
  }

  private var requests: [String] {
    ["", "requests"]
      + history.requests.flatMap { request in
        [
          "  \(request.time.rfc3339)  \(request.source)  \(request.file):\(request.offset)",
          "    \(request.maskedLine)",
        ].map(TerminalText.escaped)
      }
  }

  // MARK: - JSON

  private struct Document: Encodable {
    struct Entry: Encodable {
      var name: String
      var requests: Int
    }

    struct Hour: Encodable {
      var start: String
      var requests: Int
      var errors: Int
    }

    struct Request: Encodable {
      var time: String
      var source: String
      var file: String
      var offset: Int64
      var line: String
    }

    struct Incident: Encodable {
      var id: String
      var ruleId: String
      var severity: String
      var state: String
      var startedAt: String
      var endedAt: String?
      var reason: String
    }

    var kind: String
    var name: String
    var requests: Int
    var clientErrors: Int
    var serverErrors: Int
    var throttled: Int
    var note: String?
    var firstSeen: String?
    /// `hour` where the minute is not kept.
    var firstSeenPrecision: String?
    var lastSeen: String?
    var top: [String: [Entry]]
    var other: [String: Int]
    var hours: [Hour]
    var records: [Request]
    var alerts: [Incident]
  }

  /// One object, with its keys in a fixed order.
  var json: String {
    let lists = history.lists.map { ($0.title.replacing(" ", with: "_"), $0) }
    return JSONPage.text(
      Document(
        kind: history.kind.rawValue, name: history.name, requests: history.requestCount,
        clientErrors: history.clientErrorCount, serverErrors: history.serverErrorCount,
        throttled: history.throttledCount, note: history.note,
        firstSeen: history.firstTime?.rfc3339,
        firstSeenPrecision: history.firstIsHour ? "hour" : nil,
        lastSeen: history.lastTime?.rfc3339,
        top: Dictionary(
          uniqueKeysWithValues: lists.map { title, list in
            (title, list.entries.map { Document.Entry(name: $0.text, requests: $0.count) })
          }),
        other: Dictionary(uniqueKeysWithValues: lists.map { ($0, $1.otherCount) }),
        hours: history.hours.map {
          Document.Hour(
            start: EventTime(seconds: $0.index * 3600).rfc3339, requests: $0.requestCount,
            errors: $0.errorCount)
        },
        records: history.requests.map {
          Document.Request(
            time: $0.time.rfc3339, source: $0.source, file: $0.file, offset: $0.offset,
            line: $0.maskedLine)
        },
        alerts: alerts.map {
          Document.Incident(
            id: $0.id, ruleId: $0.ruleID, severity: $0.severity.rawValue,
            state: $0.state.rawValue, startedAt: $0.startedAt.rfc3339,
            endedAt: $0.endedAt?.rfc3339, reason: $0.reason)
        }))
  }
}
