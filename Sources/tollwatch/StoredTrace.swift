import AccessLog
import AlertStore
import Detection
import LogSurvey

/// What a database knows of one entity: usage by the hour, and alerts.
struct StoredTrace {
  private let command: TraceCommand
  private let reader: AlertReader
  private let path: String
  private static let alertCountMax = 1000
  private static let nameCountMax = 20_000

  init(_ command: TraceCommand, path: String) throws {
    self.command = command
    self.path = path
    do throws(StoreFault) {
      reader = try AlertReader.open(path: path)
    } catch { throw Stop(error) }
  }

  func found() throws -> TraceReport {
    do {
      return try history()
    } catch let fault as StoreFault { throw Stop(fault) }
  }

  private func history() throws -> TraceReport {
    if command.kind == .requestID {
      throw Stop(ExitStatus.usage, "a database holds no request ids; name the logs instead")
    }
    for (kind, name) in try candidates() {
      let alerts = try alerts(kind, name)
      guard let query = try query(kind, name), let total = try reader.totalUsage(query) else {
        if !alerts.isEmpty {
          return TraceReport(EntityHistory(kind: kind, name: name), alerts: alerts)
        }
        continue
      }
      return TraceReport(try history(kind, name, query, total.counts), alerts: alerts)
    }
    let keys = try reader.usage(columns: ["key"], limited).compactMap { $0.names[0] }
    let suppliers = try reader.usage(columns: ["supplier"], limited).compactMap { $0.names[0] }
    let target = TraceTarget(
      command.entity, kind: nil, registry: KeyRegistry(), fingerprint: { _ in "" })
    throw command.notFound(target.nearNames(among: keys + suppliers))
  }

  /// What the text can mean, in the order in which it is looked for.
  private func candidates() throws -> [(EntityHistory.Kind, String)] {
    let text = command.entity
    if let kind = command.kind { return [(kind, text)] }
    let target = TraceTarget(text, kind: nil, registry: KeyRegistry(), fingerprint: { _ in "" })
    if let kind = target.kind, kind != .key { return [(kind, text)] }
    var candidates: [(EntityHistory.Kind, String)] = [(.key, text), (.supplier, text)]
    // The raw key that a person has stands in the database as its fingerprint.
    let keyPath = Fingerprints.path(told: command.input.fingerprintKey, database: path)
    if let fingerprints = try? Fingerprints(path: keyPath, isNamed: true) {
      candidates.append((.key, fingerprints.name(for: Array(text.utf8))))
    }
    return candidates
  }

  private var limited: UsageQuery {
    var query = UsageQuery()
    query.countMax = Self.nameCountMax
    return query
  }

  /// `nil` where usage is not kept in such detail.
  private func query(_ kind: EntityHistory.Kind, _ name: String) throws -> UsageQuery? {
    var query = UsageQuery()
    let end = try reader.latestTime()
    query.from = command.from?.resolved(end: end)
    query.to = command.to?.resolved(end: end)
    switch kind {
    case .key, .address: query.consumers = [name]
    case .supplier: query.suppliers = [name]
    case .network: query.networks = [name]
    case .requestID: return nil
    }
    return query
  }

  private func alerts(_ kind: EntityHistory.Kind, _ name: String) throws -> [Alert] {
    var query = AlertQuery()
    let end = try reader.latestTime()
    query.from = command.from?.resolved(end: end)
    query.to = command.to?.resolved(end: end)
    // What its keys did is the supplier's, too.
    if kind == .supplier {
      query.suppliers = [name]
    } else {
      query.entities = [name]
      query.entityTypes = kind.entityTypes
    }
    query.countMax = Self.alertCountMax
    query.order = .latestFirst
    query.includesEvidence = false
    return try reader.alerts(query)
  }

  private func history(
    _ kind: EntityHistory.Kind, _ name: String, _ query: UsageQuery, _ counts: UsageCounts
  ) throws -> EntityHistory {
    var history = EntityHistory(kind: kind, name: name)
    history.requestCount = counts.requests
    history.clientErrorCount = counts.clientErrors
    history.serverErrorCount = counts.serverErrors
    history.throttledCount = counts.throttled
    history.lastTime = EventTime(milliseconds: counts.last)
    try reader.forEachUsageHour(query) { hour, counts in
      history.hours.append(
        EntityHistory.Hour(
          index: hour.milliseconds.floorDivided(by: 3_600_000), requestCount: counts.requests,
          errorCount: counts.clientErrors + counts.serverErrors))
    }
    history.firstTime = history.hours.first.map { EventTime(seconds: $0.index * 3600) }
    for (title, column) in [
      ("keys", "key"), ("suppliers", "supplier"), ("networks", "network"), ("routes", "route"),
      ("versions", "version"),
    ] {
      let list = try list(title, column, query)
      if !list.entries.isEmpty { history.lists.append(list) }
    }
    return history
  }

  private func list(
    _ title: String, _ column: String, _ query: UsageQuery
  ) throws -> EntityHistory.List {
    let rows = try reader.usage(columns: [column], query).compactMap { row in
      row.names[0].map { TextCount(text: $0, count: row.counts.requests) }
    }
    let shown = rows.prefix(EntityTrace.listedCountMax)
    return EntityHistory.List(
      title: title, entries: Array(shown),
      otherCount: rows.dropFirst(shown.count).reduce(0) { $0 + $1.count })
  }
}
