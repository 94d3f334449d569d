import AccessLog
import Detection
import Foundation
import Ingest

/// The end of a replay, for the person: what was read, what was found, what slept and why.
struct ReplayReport {
  private static let samplesPerReasonMax = 2

  private struct AlertCount {
    var opened = 0
    var severity: Severity
  }

  private let plan: ReplayPlan
  private var alerts: [String: AlertCount] = [:]
  private var samples: [[String]] = Array(
    repeating: [], count: MalformedLine.Reason.allCases.count)
  /// Alerts that rest on lines whose checksum failed.
  var doubtfulIDs: [String] = []

  init(_ plan: ReplayPlan) { self.plan = plan }

  mutating func count(_ alert: Alert) {
    guard alert.revision == 1 else { return }
    alerts[alert.ruleID, default: AlertCount(severity: alert.severity)].opened += 1
  }

  /// Keeps a few lines that are no records, as shapes that hold no secret.
  mutating func noteMalformed(_ batch: RecordBatch, _ source: ReplayPlan.Source) {
    guard !batch.malformed.isEmpty else { return }
    for malformed in batch.malformed {
      let reason = Int(malformed.fault.reason.rawValue)
      guard samples[reason].count < Self.samplesPerReasonMax else { continue }
      let offset = batch.startOffset + malformed.offset
      let shape = Secrets.shape(of: malformed, in: batch)
      samples[reason].append("\(source.segments[batch.segmentIndex].path):\(offset): \(shape)")
    }
  }

  // MARK: - text

  func text(_ summary: EngineSummary, isPartial: Bool) -> String {
    var lines: [String] = []
    if isPartial {
      lines.append("stopped before the end; what follows is what was read until then")
    }
    lines += traffic(summary) + unparsed(summary) + clocks(summary) + found() + slept(summary)
    lines += doubts(summary)
    lines.append("fingerprint key \(plan.fingerprints.identifier)")
    return lines.joined(separator: "\n")
  }

  private func traffic(_ summary: EngineSummary) -> [String] {
    let statistics = summary.statistics
    let late = summary.sources.reduce(0) { $0 + $1.late }
    var lines = [
      "\(count(statistics.lineCount)) lines: \(count(statistics.recordCount)) parsed, "
        + "\(count(statistics.malformedCount)) unparsed, \(count(late)) late"
    ]
    if statistics.blankLineCount > 0 {
      lines[0] += ", \(count(statistics.blankLineCount)) blank"
    }
    if statistics.outOfRangeCount > 0 {
      lines[0] += ", \(count(statistics.outOfRangeCount)) outside of --from and --to"
    }
    if let first = statistics.firstTime, let last = statistics.lastTime {
      lines.append("from \(first.rfc3339) to \(last.rfc3339)")
    }
    lines.append(
      "\(count(summary.keyCount)) keys (\(count(summary.unknownKeyCount)) not in the registry), "
        + "\(count(summary.addressCount)) addresses without a key, "
        + "\(count(summary.supplierCount)) suppliers, \(count(summary.seriesCount)) series")
    if statistics.trailingTextCount > 0 {
      lines.append("\(count(statistics.trailingTextCount)) lines went on after the format's end")
    }
    return lines
  }

  private func unparsed(_ summary: EngineSummary) -> [String] {
    MalformedLine.Reason.allCases.flatMap { reason -> [String] in
      let number = summary.statistics.malformedCount(reason)
      guard number > 0 else { return [] }
      let samples = samples[Int(reason.rawValue)].map { "    \($0)" }
      return ["unparsed, \(reason.description): \(count(number))"] + samples
    }
  }

  private func clocks(_ summary: EngineSummary) -> [String] {
    var lines: [String] = []
    for source in summary.sources {
      if source.implausible + source.stray > 0 {
        lines.append(
          "source \(source.name): \(count(source.implausible)) stamps no gateway can have "
            + "written, \(count(source.stray)) that ran ahead of all others; left out")
      }
      if source.late * 20 > summary.statistics.recordCount {
        lines.append(
          "source \(source.name): many lines are older than what came before them; if its files "
            + "were written side by side, declare a source for each in a configuration")
      }
    }
    return lines
  }

  private func found() -> [String] {
    guard !alerts.isEmpty else { return ["no alerts"] }
    let total = alerts.values.reduce(0) { $0 + $1.opened }
    return ["\(count(total)) alerts"]
      + alerts.sorted { ($1.value.severity, $0.key) < ($0.value.severity, $1.key) }.map {
        "    \($0.value.severity.rawValue)  \($0.key)  \(count($0.value.opened))"
      }
  }

  private func slept(_ summary: EngineSummary) -> [String] {
    summary.sleepingRules.map { "slept: \($0.id): \($0.reason)" }
  }

  private func doubts(_ summary: EngineSummary) -> [String] {
    var lines = summary.statistics.gaps.map {
      "gap in \($0.source): from \($0.start.rfc3339) to \($0.end.rfc3339)"
    }
    if !doubtfulIDs.isEmpty {
      lines.append(
        "alerts that rest on lines without a good checksum: \(doubtfulIDs.joined(separator: " "))")
    }
    lines += summary.refusals.map { "no room for \(count($0.count)) \($0.what)" }
    return lines
  }

  private func count(_ value: Int) -> String {
    let digits = String(value)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
