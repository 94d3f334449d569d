import AccessLog
import Baselines
import Detection
import Foundation
import Ingest
import Report

/// Gathers during a replay what its page tells, and writes the page at the end.
struct InvestigationRecorder {
  /// Alerts that are kept in memory for the page.
  private static let alertCountMax = 20_000

  private let plan: ReplayPlan
  private let path: String
  private let digests: [[InputDigest]]
  private var timeline = TrafficTimeline()
  private var alerts: [String: Alert] = [:]
  private var alertsLeftOut = 0
  /// Of ``alerts``, in the order in which they were opened.
  private var idsBySeverity: [Severity: [String]] = [:]
  /// The supplier of each series of usage.
  private var seriesSuppliers: [String?] = []
  private var usage: [String: Investigation.Usage] = [:]
  private var withoutSupplier = Investigation.Usage()

  init(_ plan: ReplayPlan, path: String) {
    self.plan = plan
    self.path = path
    digests = plan.sources.map { $0.segments.map { InputDigest($0) } }
  }

  func digests(ofSource index: Int) -> [InputDigest] { digests[index] }

  // MARK: - on the way

  mutating func note(_ batch: borrowing RecordBatch) {
    let from = plan.command.from?.milliseconds ?? .min
    let to = plan.command.to?.milliseconds ?? .max
    var bucket = TrafficTimeline.Bucket()
    // Neighbours mostly share their minute; a stamp may be anything.
    var minute: Int64?
    for index in 0..<batch.count {
      let time = batch.time[index]
      guard time >= from, time < to else { continue }
      if time / 60_000 != minute {
        if let minute { timeline.add(bucket, atMilliseconds: minute * 60_000) }
        bucket = TrafficTimeline.Bucket()
        minute = time / 60_000
      }
      bucket.requests += 1
      if batch.flags[index].contains(.throttled) { bucket.throttled += 1 }
      if (500..<600).contains(batch.status[index]) { bucket.errors += 1 }
    }
    if let minute { timeline.add(bucket, atMilliseconds: minute * 60_000) }
  }

  mutating func note(_ alert: Alert) {
    if alerts[alert.id] == nil {
      // What was left out stays left out, so only the beginning of an alert may take a place.
      guard alert.revision == 1 else { return }
      guard alerts.count < Self.alertCountMax || makesRoom(for: alert) else {
        alertsLeftOut += 1
        return
      }
      idsBySeverity[alert.severity, default: []].append(alert.id)
    }
    alerts[alert.id] = alert
  }

  /// Leaves out the latest of the mildest alerts, if it is milder than `alert`.
  private mutating func makesRoom(for alert: Alert) -> Bool {
    for severity in Severity.allCases where severity < alert.severity {
      guard let id = idsBySeverity[severity]?.popLast() else { continue }
      alerts[id] = nil
      alertsLeftOut += 1
      return true
    }
    return false
  }

  mutating func note(_ harvest: UsageHarvest) {
    seriesSuppliers += harvest.newSeries.map(\.supplier)
    for hour in harvest.hours {
      for row in hour.rows {
        let counts = row.counts
        let more = Investigation.Usage(
          requests: Int64(counts.requests), errors: Int64(counts.serverErrors),
          throttled: Int64(counts.throttled), bytesOut: counts.bytesOut)
        if let supplier = seriesSuppliers[row.series] {
          usage[supplier, default: .init()].add(more)
        } else {
          withoutSupplier.add(more)
        }
      }
    }
  }

  /// Lines that no checksum vouches for are known only at the end.
  mutating func mark(_ unverified: [UnverifiedBytes]) {
    guard !unverified.isEmpty else { return }
    alerts = alerts.mapValues { $0.marking(unverified) ?? $0 }
  }

  // MARK: - at the end

  func write(_ summary: EngineSummary, _ report: ReplayReport, isPartial: Bool) throws(Stop) {
    let page = InvestigationPage(investigation(summary, report, isPartial: isPartial))
    do {
      try AtomicFile.write(page.html, to: path)
    } catch { throw Stop(ExitStatus.failed, "\(path): \(error)") }
    StandardError.writeLine("report: \(path)")
  }

  private func investigation(
    _ summary: EngineSummary, _ report: ReplayReport, isPartial: Bool
  ) -> Investigation {
    var page = Investigation(making: making, summary: summary)
    page.inputs = zip(plan.sources, digests).flatMap { source, digests in
      digests.map { Self.input($0, source.name) }
    }
    page.rulesHash = plan.rules.contentHash
    page.ruleCount = plan.rules.rules.count
    page.registryHash = plan.registry.keys.isEmpty ? nil : plan.registry.contentHash
    page.fingerprintKeyID = plan.fingerprints.identifier
    page.isPartial = isPartial
    page.timeline = timeline
    page.suppliers = suppliers
    page.withoutSupplier = withoutSupplier
    page.alerts = alerts.values.sorted { ($0.startedAt, $0.id) < ($1.startedAt, $1.id) }
    page.alertsLeftOut = alertsLeftOut
    for rule in plan.rules.rules {
      page.rules[rule.id] = .init(title: rule.title, why: rule.why, runbook: rule.runbook)
    }
    page.unparsed = report.unparsed(summary)
    page.files = plan.segmentPaths
    return page
  }

  private var making: Investigation.Making {
    Investigation.Making(
      command: CommandLine.arguments.enumerated().map { index, word in
        index == 0 ? "tollwatch" : word
      },
      version: Tollwatch.version,
      time: EventTime(seconds: Int64(Date().timeIntervalSince1970)))
  }

  private static func input(_ digest: InputDigest, _ source: String) -> Investigation.Input {
    Investigation.Input(
      path: digest.segment.path, source: source, byteCount: digest.byteCount,
      sha256: digest.hexadecimal, note: note(on: digest))
  }

  private static func note(on digest: InputDigest) -> String? {
    guard digest.isFinished else {
      return digest.byteCount == 0 ? "not read" : "read to here, and hashed as far"
    }
    guard let size = digest.segment.byteCount, size != digest.byteCount else { return nil }
    return digest.byteCount > size
      ? "it grew while it was read; the hash is of the bytes that were read"
      : "it is shorter than it was when it was found"
  }

  private var suppliers: [Investigation.Supplier] {
    let registry = plan.registry
    var keyCounts = Array(repeating: 0, count: registry.suppliers.count)
    var tierSets = Array(repeating: Set<Int>(), count: registry.suppliers.count)
    for key in registry.keys {
      guard let supplier = key.supplier else { continue }
      keyCounts[supplier] += 1
      if let tier = key.tier { tierSets[supplier].insert(tier) }
    }
    return registry.suppliers.enumerated().map { index, supplier in
      let tiers = tierSets[index].sorted().map { registry.tiers[$0].name }
      return Investigation.Supplier(
        name: supplier.name, timeZone: registry.zones[supplier.zone].name,
        contact: supplier.contact, tiers: tiers, keyCount: keyCounts[index],
        usage: usage[supplier.name] ?? Investigation.Usage())
    }.sorted { ($1.usage.requests, $0.name) < ($0.usage.requests, $1.name) }
  }
}
