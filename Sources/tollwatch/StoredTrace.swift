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
      for (query, note) in try queries(kind, name) {
        guard let total = try reader.totalUsage(query) else { continue }
        var history = try history(kind, name, query, total.counts)
        history.note =
          [note(history), try UsageOverflow.words(query, reader)]
          .compactMap(\.self).joined(separator: "; ").nonEmpty
        return TraceReport(history, alerts: alerts + (try self.alerts(of: history.callers)))
      }
      if !alerts.isEmpty {
        return TraceReport(EntityHistory(kind: kind, name: name), alerts: alerts)
      }
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
    // The raw key that a person has stands in the database as its fingerprint, or by its name in
    // the registry.
    let told = command.input.fingerprintKey
    let fingerprints = Fingerprints.existing(told: told, database: path)
    let fingerprint = fingerprints?.name(for: Array(text.utf8))
    if let fingerprint { candidates.append((.key, fingerprint)) }
    let identities: [KeyRegistry.Identity] =
      [.name(text), .fingerprint(text.lowercased())]
      + (fingerprint.map { [.fingerprint($0)] } ?? [])
    let registry = try RegistryFiles.load(
      command.registry, config: command.input.config, fingerprints)
    for key in registry.keys
    where key.identities.contains(where: identities.contains) {
      if let name = key.name { candidates.append((.key, name)) }
    }
    return candidates
  }

  private var limited: UsageQuery {
    var query = UsageQuery()
    query.countMax = Self.nameCountMax
    return query
  }

  private typealias Question = (query: UsageQuery, note: (EntityHistory) -> String?)

  /// What is asked of the usage, until there is an answer, and what it is about.
  private func queries(_ kind: EntityHistory.Kind, _ name: String) throws -> [Question] {
    var query = UsageQuery()
    (query.from, query.to) = try command.span.resolved(end: reader.latestTime())
    switch kind {
    case .key: query.consumers = [name]
    case .supplier: query.suppliers = [name]
    case .network: return [network(name, query)].compactMap(\.self)
    case .address:
      let address = IPAddress(parsing: Array(name.utf8).span)
      let place = address.map { String(decoding: $0.neighbourhood, as: UTF8.self) }
      let around = place.flatMap { network($0, query) }
      query.consumers = [name]
      let own = "its requests without a key; those with one are kept by network: \(place ?? "")"
      let all = "a database keeps networks, not addresses: this is all of \(place ?? "")"
      return [(query, { _ in own })] + (around.map { [($0.query, { _ in all })] } ?? [])
    case .requestID: return []
    }
    return [(query, { _ in nil })]
  }

  /// The networks in `name`, or where it is a part of one, that.
  private func network(_ name: String, _ query: UsageQuery) -> Question? {
    guard let network = Network(parsing: name) else { return nil }
    var query = query
    query.around = name
    return (
      query,
      { history in
        let found = history.lists.first { $0.title == "networks" }?.entries ?? []
        guard found.count == 1, let place = found.first?.text, let whole = Network(parsing: place),
          whole.contains(network), !network.contains(whole)
        else { return nil }
        return "a database keeps whole networks: this is all of \(place)"
      }
    )
  }

  /// Alerts about it; of a network, about all that is in it, and of an address, about its network.
  private func alerts(_ kind: EntityHistory.Kind, _ name: String) throws -> [Alert] {
    var query = AlertQuery()
    (query.from, query.to) = try command.span.resolved(end: reader.latestTime())
    query.order = .latestFirst
    query.includesEvidence = false
    if kind == .address || kind == .network {
      return try alerts(query, around: Network(parsing: name))
    }
    query.countMax = Self.alertCountMax
    // What its keys did is the supplier's, too.
    if kind == .supplier {
      query.suppliers = [name]
    } else {
      query.entities = [name]
      query.entityTypes = kind.entityTypes
    }
    return try reader.alerts(query)
  }

  private func alerts(of callers: Set<String>) throws -> [Alert] {
    guard !callers.isEmpty else { return [] }
    var query = AlertQuery()
    (query.from, query.to) = try command.span.resolved(end: reader.latestTime())
    query.order = .latestFirst
    query.includesEvidence = false
    query.countMax = Self.alertCountMax
    query.entities = callers.sorted()
    query.entityTypes = [.key]
    // A name with a star in it would stand for others, too.
    return try reader.alerts(query).filter { callers.contains($0.entity) }
  }

  private func alerts(_ query: AlertQuery, around network: Network?) throws -> [Alert] {
    guard let network else { return [] }
    var query = query
    query.entityTypes = [.clientIP, .network]
    var found: [Alert] = []
    try reader.forEachAlert(query) { alert in
      guard found.count < Self.alertCountMax, let own = Network(parsing: alert.entity),
        own.contains(network) || network.contains(own)
      else { return }
      found.append(alert)
    }
    return found
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
    history.firstIsHour = true
    for (title, column) in [
      ("keys", "key"), ("suppliers", "supplier"), ("networks", "network"), ("routes", "route"),
      ("versions", "version"),
    ] {
      let list = try list(title, column, query)
      if !list.entries.isEmpty || list.otherCount > 0 { history.lists.append(list) }
    }
    return history
  }

  private func list(
    _ title: String, _ column: String, _ query: UsageQuery
  ) throws -> EntityHistory.List {
    let all = try reader.usage(columns: [column], query).compactMap { row in
      row.names[0].map { TextCount(text: $0, count: row.counts.requests) }
    }
    let rows = all.filter { $0.text != UsageSeries.otherName }
    let shown = rows.prefix(EntityTrace.listedCountMax)
    return EntityHistory.List(
      title: title, entries: Array(shown),
      otherCount: all.reduce(0) { $0 + $1.count } - shown.reduce(0) { $0 + $1.count })
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
