import AccessLog
import AlertStore
import Detection
import Pipeline

/// What a finished replay knows, as rows of the database.
struct StoreRows {
  private let summary: EngineSummary
  private let journal: [JournalEntry]

  init(_ pipeline: borrowing Pipeline) {
    summary = pipeline.summary()
    journal = pipeline.journal
  }

  func batch(alerts: [Alert]) -> StoreBatch {
    StoreBatch(
      alerts: alerts, journal: journal.map(Self.row),
      coverage: summary.sources.flatMap { Self.analysed($0.coverage, of: $0.name) }
        + summary.statistics.gaps.map(Self.gap))
  }

  static func coverage(_ change: CoverageChange) -> [CoverageRow] {
    change.sources.flatMap { analysed($0.spans, of: $0.name) } + change.gaps.map(gap)
  }

  static func row(_ entry: JournalEntry) -> JournalRow {
    var members: [String] = []
    if let until = entry.until { members.append("\"until\":\"\(until.rfc3339)\"") }
    if let detail = entry.detail {
      members.append("\"\(entry.kind == .mark ? "name" : "hash")\":\"\(detail)\"")
    }
    return JournalRow(
      eventTime: entry.time, kind: JournalRow.Kind(rawValue: entry.kind.rawValue),
      source: entry.source, body: "{\(members.joined(separator: ","))}")
  }

  private static func analysed(_ spans: [CoverageSpan], of source: String) -> [CoverageRow] {
    spans.map {
      CoverageRow(
        source: source, kind: .analysed, startedAt: $0.start, endedAt: $0.end,
        parsed: $0.parsed, unparsed: $0.unparsed, late: $0.late)
    }
  }

  private static func gap(_ gap: EngineStatistics.Gap) -> CoverageRow {
    CoverageRow(source: gap.source, kind: .gap, startedAt: gap.start, endedAt: gap.end)
  }
}
