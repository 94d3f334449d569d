import AccessLog
import Detection
import Foundation
import Ingest
import Report
import Terminal

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
  /// Of rules that are judged and counted, and not sent.
  private var shadowCount = 0
  /// Alerts that rest on lines whose checksum failed.
  var doubtfulIDs: [String] = []

  init(_ plan: ReplayPlan) { self.plan = plan }

  mutating func count(_ alert: Alert) {
    guard alert.revision == 1 else { return }
    guard alert.state != .shadow else {
      shadowCount += 1
      return
    }
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
    lines += traffic(summary) + unparsedLines(summary) + clocks(summary) + found() + slept(summary)
    if summary.inhibitedCount > 0 {
      lines.append(
        Quantity.count(summary.inhibitedCount, "verdict")
          + " kept quiet by alerts that inhibit them")
    }
    lines += doubts(summary)
    lines.append("fingerprint key \(plan.fingerprints.identifier)")
    return lines.joined(separator: "\n")
  }

  private func traffic(_ summary: EngineSummary) -> [String] {
    let statistics = summary.statistics
    var lines = [lineCounts(summary)]
    if let first = statistics.firstTime, let last = statistics.lastTime {
      lines.append("from \(first.rfc3339) to \(last.rfc3339)")
    }
    let addresses = Quantity.count(summary.addressCount, "address", plural: "addresses")
    let unknown = Quantity.count(summary.unknownKeyCount)
    lines.append(
      "\(Quantity.count(summary.keyCount, "key")) (\(unknown) not in the registry), "
        + "\(addresses) without a key, \(Quantity.count(summary.supplierCount, "supplier")), "
        + Quantity.count(summary.seriesCount, "series", plural: "series"))
    if statistics.trailingTextCount > 0 {
      lines.append(
        Quantity.count(statistics.trailingTextCount, "line") + " went on after the format's end")
    }
    return lines
  }

  private func lineCounts(_ summary: EngineSummary) -> String {
    let statistics = summary.statistics
    let late = summary.sources.reduce(0) { $0 + $1.late }
    let share = Quantity.share(
      statistics.recordCount, of: statistics.lineCount - statistics.blankLineCount)
    var text =
      "\(Quantity.count(statistics.lineCount, "line")): "
      + "\(Quantity.count(statistics.recordCount)) parsed (\(share)), "
      + "\(Quantity.count(statistics.malformedCount)) unparsed, \(Quantity.count(late)) late"
    if statistics.blankLineCount > 0 {
      text += ", \(Quantity.count(statistics.blankLineCount)) blank"
    }
    if statistics.outOfRangeCount > 0 {
      text += ", \(Quantity.count(statistics.outOfRangeCount)) outside of --from and --to"
    }
    return text
  }

  /// The lines that are no records, by reason.
  func unparsed(_ summary: EngineSummary) -> [Investigation.Unparsed] {
    MalformedLine.Reason.allCases.compactMap { reason in
      let number = summary.statistics.malformedCount(reason)
      guard number > 0 else { return nil }
      return Investigation.Unparsed(
        reason: reason.description, count: number, samples: samples[Int(reason.rawValue)])
    }
  }

  private func unparsedLines(_ summary: EngineSummary) -> [String] {
    unparsed(summary).flatMap { unparsed in
      ["unparsed, \(unparsed.reason): \(Quantity.count(unparsed.count))"]
        + unparsed.samples.map { "    \($0)" }
    }
  }

  private func clocks(_ summary: EngineSummary) -> [String] {
    var lines: [String] = []
    for source in summary.sources {
      if source.implausible + source.stray > 0 {
        lines.append(
          "source \(source.name): \(Quantity.count(source.implausible, "stamp")) no gateway can have "
            + "written, \(Quantity.count(source.stray)) that ran ahead of all others; left out")
      }
      if source.late * 20 > summary.statistics.recordCount {
        lines.append(
          "source \(source.name): \(Quantity.share(source.late, of: summary.statistics.recordCount)) of the "
            + "records are older than what came before them and were not judged; if its files "
            + "were written side by side, declare a source for each in a configuration")
      }
    }
    return lines
  }

  private func found() -> [String] {
    let shadows =
      shadowCount == 0
      ? [] : [Quantity.count(shadowCount, "alert") + " of rules with 'shadow: true'"]
    guard !alerts.isEmpty else { return ["no alerts"] + shadows }
    let total = alerts.values.reduce(0) { $0 + $1.opened }
    return [Quantity.count(total, "alert")] + shadows
      + alerts.sorted { ($1.value.severity, $0.key) < ($0.value.severity, $1.key) }.map {
        "    \($0.value.severity.rawValue)  \($0.key)  \(Quantity.count($0.value.opened))"
      }
  }

  private func slept(_ summary: EngineSummary) -> [String] {
    let helps = registryHelps(summary)
    return summary.sleepingRules.map { rule in
      // What the lines do not tell, no registry adds.
      let reason = helps ? rule.reason : rule.reason.withoutRegistryAdvice
      return "slept: \(rule.id): \(reason)"
    } + [wakeUp(summary)].compactMap(\.self)
  }

  /// What to type so that rules that need a registry can judge.
  private func wakeUp(_ summary: EngineSummary) -> String? {
    guard plan.registry.keys.isEmpty, summary.statistics.recordCount > 0,
      summary.sleepingRules.contains(where: { $0.reason.contains("registry") })
    else { return nil }
    guard summary.keyCount > 0 else {
      let statistics = summary.statistics
      let goesOn = statistics.trailingTextCount * 2 > statistics.recordCount
      let words = IdentityAdvice.words(
        hint: plan.sources.compactMap(\.identityHint).first, goesOn: goesOn)
      guard goesOn, let command = checkWithoutFormat else { return words }
      return "\(words); a format that reads it all: \(command)"
    }
    guard registryHelps(summary) else {
      let words = "hardly a line names its caller, so a registry would wake nothing"
      return checkCommand.map { "\(words); what the lines hold: \($0)" } ?? words
    }
    let advice = plan.draftAdvice
    return "to wake them: \(advice.command)\n"
      + "  fill it in, then add: --registry \(advice.output)"
  }

  private func registryHelps(_ summary: EngineSummary) -> Bool {
    summary.keyCount > 0
      && summary.keyCount * Self.addressesPerKeyMax >= summary.addressCount
  }

  /// What shows the lines; none for a stream, which has gone by.
  private var checkCommand: String? {
    let command = plan.command
    guard !command.logs.contains("-") else { return nil }
    return NextCommand(words: ["tollwatch", "check"]).with(
      command.inputWords + (command.logs.isEmpty ? [] : ["--"] + command.logs))
  }

  /// A format that was told is what falls short; without it the lines are looked at afresh.
  private var checkWithoutFormat: String? {
    let logs = plan.command.logs
    guard !logs.isEmpty, !logs.contains("-") else { return nil }
    return ShellText.command(["tollwatch", "check", "--"] + logs)
  }

  /// Beyond so many addresses without a key for each key, what passes for keys is what some client
  /// happened to send.
  private static let addressesPerKeyMax = 100

  private func doubts(_ summary: EngineSummary) -> [String] {
    var lines = summary.statistics.gaps.map {
      "gap in \($0.source): from \($0.start.rfc3339) to \($0.end.rfc3339)"
    }
    if !doubtfulIDs.isEmpty {
      lines.append(
        "alerts that rest on lines without a good checksum: \(doubtfulIDs.joined(separator: " "))")
    }
    lines += summary.refusals.map { "no room for \(Quantity.count($0.count)) \($0.what)" }
    return lines
  }
}

extension String {
  /// `no key has a tier; a registry with tiers would wake it` without its advice.
  fileprivate var withoutRegistryAdvice: String {
    guard let end = firstRange(of: "; a registry")?.lowerBound else { return self }
    return String(self[..<end])
  }
}
