import AccessLog
import AlertStore
import Detection
import Terminal

/// What a registry calls deprecated, and who calls it all the same.
struct Retirements {
  /// One version of an API, or all of an API.
  private struct Retirement {
    var api: String
    var version: String?
    var deprecated: EventTime?
    var sunset: EventTime?

    var name: String { [api, version].compactMap(\.self).joined(separator: " ") }
  }

  private let retirements: [Retirement]
  private let registry: KeyRegistry
  /// Under each name that a key may have in the database.
  private let supplierOfKey: [String: String]

  /// - Parameter database: beside it lies the secret of the fingerprints in it.
  init(registry paths: [String], config: String?, database: String) throws {
    registry = try RegistryFiles.load(
      paths, config: config, Fingerprints.existing(told: nil, database: database))
    supplierOfKey = Self.suppliers(in: registry)
    retirements = registry.apis.flatMap { api in
      [Retirement(api: api.name, deprecated: api.deprecated, sunset: api.sunset)]
        + api.versions.map {
          Retirement(
            api: api.name, version: $0.name, deprecated: $0.deprecated, sunset: $0.sunset)
        }
    }.filter { $0.deprecated != nil || $0.sunset != nil }
    guard !retirements.isEmpty else {
      throw Stop(
        ExitStatus.configuration,
        "the registry calls nothing deprecated; write it to an API or to one of its versions:\n"
          + "  apis: {orders: {routes: [\"/v*/orders\"], "
          + "versions: {v1: {deprecated: 2026-03-01, sunset: 2026-09-01}}}}")
    }
  }

  private static func suppliers(in registry: KeyRegistry) -> [String: String] {
    var suppliers: [String: String] = [:]
    for key in registry.keys {
      guard let supplier = key.supplier.map({ registry.suppliers[$0].name }) else { continue }
      if let name = key.name { suppliers[name] = supplier }
      for identity in key.identities {
        switch identity {
        case .name(let text), .fingerprint(let text): suppliers[text] = supplier
        }
      }
    }
    return suppliers
  }

  // MARK: - the answer

  /// Callers since the deprecation, by what is gone soonest and then by requests.
  func answer(
    _ query: UsageQuery, _ frame: UsageFrame, _ reader: AlertReader, limit: Int
  ) throws -> UsageAnswer {
    var answer = UsageAnswer(Self.columns)
    answer.emptyWords = "nobody called what is deprecated"
    let due = retirements.filter { ($0.deprecated ?? frame.start) < frame.end }
    for later in retirements where !due.contains(where: { $0.name == later.name }) {
      answer.notes.append("\(later.name) becomes deprecated on \(later.deprecated?.day ?? "")")
    }
    let routes = try self.routes(query, reader)
    for retirement in due.sorted(by: Self.isSooner) {
      for total in try callers(of: retirement, routes[retirement.api] ?? [], query, reader) {
        answer.rows.append(row(total, retirement, frame))
      }
    }
    if limit > 0, answer.rows.count > limit {
      answer.notes.append(
        "\(limit) of \(Quantity.count(answer.rows.count)) callers; --limit 0 lists all")
      answer.rows.removeLast(answer.rows.count - limit)
    }
    return answer
  }

  private static func isSooner(_ a: Retirement, _ b: Retirement) -> Bool {
    (a.sunset?.milliseconds ?? .max, a.name) < (b.sunset?.milliseconds ?? .max, b.name)
  }

  /// The routes of each API. The registry of today decides, not that of the replay, which may
  /// have had none.
  private func routes(_ query: UsageQuery, _ reader: AlertReader) throws -> [String: [String]] {
    let templates = RouteTemplates(registry.apis.flatMap(\.routes))
    let names = registry.apis.flatMap { api in api.routes.map { _ in api.name } }
    var query = query
    (query.apis, query.suppliers, query.countMax) = ([], [], nil)
    var routes: [String: [String]] = [:]
    for total in try reader.usage(columns: ["route"], query) {
      guard let route = total.names[0] else { continue }
      let bytes = Array(route.utf8)
      let template =
        templates.templates.firstIndex(of: route) ?? templates.template(for: bytes.span)
      if let template { routes[names[template], default: []].append(route) }
    }
    return routes
  }

  private func callers(
    of retirement: Retirement, _ routes: [String], _ query: UsageQuery, _ reader: AlertReader
  ) throws -> [UsageTotal] {
    var query = query
    guard Self.mayAsk(retirement.api, of: query.apis),
      Self.mayAsk(retirement.version, of: query.versions)
    else { return [] }
    let wanted = query.suppliers
    (query.apis, query.suppliers, query.exactRoutes) = ([], [], routes)
    if let version = retirement.version { query.versions = [version] }
    if let since = retirement.deprecated { query.from = max(query.from ?? since, since) }
    return try reader.usage(columns: ["key", "supplier", "application"], query).filter { total in
      wanted.isEmpty || supplier(of: total).map { Self.fits($0, wanted) } ?? false
    }
  }

  /// That of the replay, or of today's registry where the replay had none.
  private func supplier(of total: UsageTotal) -> String? {
    total.names[1] ?? total.names[0].flatMap { supplierOfKey[$0] }
  }

  /// Whether one of the texts is the name; a star in it stands for any characters.
  private static func fits(_ name: String, _ texts: [String]) -> Bool {
    texts.contains { text in
      let parts = text.split(separator: "*", omittingEmptySubsequences: false)
      guard parts.count > 1 else { return name == text }
      guard let first = parts.first, let last = parts.last, name.hasPrefix(first),
        name.hasSuffix(last), name.utf8.count >= first.utf8.count + last.utf8.count
      else { return false }
      var rest = name.dropFirst(first.count).dropLast(last.count)
      for part in parts.dropFirst().dropLast() where !part.isEmpty {
        guard let range = rest.firstRange(of: part) else { return false }
        rest = rest[range.upperBound...]
      }
      return true
    }
  }

  /// A filter on APIs or versions narrows what is looked at.
  private static func mayAsk(_ name: String?, of wanted: [String]) -> Bool {
    wanted.isEmpty || name == nil || wanted.contains { $0 == name }
  }

  private static let columns: [UsageAnswer.Column] = [
    .text("deprecated"), .text("consumer"), .text("supplier"), .text("contact"),
    .text("last_call"), .number("requests"), .number("calls_a_day"), .text("sunset"),
    .number("days_to_sunset"),
  ]

  private func row(
    _ total: UsageTotal, _ retirement: Retirement, _ frame: UsageFrame
  ) -> [UsageAnswer.Value] {
    let supplier = supplier(of: total)
    let contact = registry.suppliers.first { $0.name == supplier }?.contact
    let days = retirement.sunset.map {
      ($0.milliseconds - frame.end.milliseconds).floorDivided(by: 86_400_000)
    }
    return [
      .text(retirement.name), .text(total.names[0]), .text(supplier), .text(contact),
      .time(EventTime(milliseconds: total.counts.last).rfc3339),
      .count(Int64(total.counts.requests)),
      .decimal(frame.daily(total.counts.requests, since: retirement.deprecated)),
      .text(retirement.sunset?.day), days.map { .count($0) } ?? .absent,
    ]
  }
}

extension EventTime {
  /// `2026-11-21`.
  fileprivate var day: String { String(rfc3339.prefix(10)) }
}
