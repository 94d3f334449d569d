import AccessLog

/// Finds entities that follow from a record's path or address rather than from its key.
struct EntityResolver: Sendable {
  private let templates: RouteTemplates
  /// The API of each template.
  private let apiOfTemplate: [UInt32]

  init(registry: KeyRegistry) {
    templates = RouteTemplates(registry.apis.flatMap(\.routes))
    apiOfTemplate = registry.apis.enumerated().flatMap { index, api in
      api.routes.map { _ in UInt32(index) }
    }
  }

  func routeEntity(
    _ type: EntityType, _ retained: inout RecordQueue.Retained, _ index: Int,
    _ context: inout EngineContext
  ) -> Entity? {
    let symbol = retained.batch.route[index]
    guard symbol != .none else { return nil }
    let known = retained.routes[Int(symbol.index)]
    let found = known ?? resolve(retained.batch.routes.bytes(of: symbol), &context.names)
    // What found no room is asked for each time, so that its records are counted one by one.
    if known == nil, found.route != BoundedNames.other, found.version != BoundedNames.other {
      retained.routes[Int(symbol.index)] = found
    }
    switch type {
    case .route: return Entity(type: .route, index: found.route)
    case .api: return found.api.map { Entity(type: .api, index: $0) }
    default: return found.version.map { Entity(type: .version, index: $0) }
    }
  }

  /// Route, API and version of a path whose ids are templated.
  func resolve(
    _ path: [UInt8], _ names: inout EntityNames
  ) -> RecordQueue.RouteEntities {
    let template = templates.template(for: path.span)
    let name = template.map { Array(templates.templates[$0].utf8) } ?? path
    return RecordQueue.RouteEntities(
      route: names.route(name.span), api: template.map { apiOfTemplate[$0] },
      version: RouteVersion.first(in: path).map { names.version($0.span) })
  }

  func addressEntity(
    _ type: EntityType, _ batch: borrowing RecordBatch, _ index: Int,
    _ context: inout EngineContext
  ) -> Entity? {
    let range = batch.address[index]
    guard !range.isAbsent else { return nil }
    if type == .clientIP {
      let key = batch.withText(range) { context.keys.index(for: $0, kind: .address) }
      return key == KeyTable.nobody ? nil : Entity(type: .clientIP, index: key)
    }
    guard let network = batch.withText(range, Self.network) else { return nil }
    return Entity(type: .network, index: context.names.network(network.span))
  }

  private static func network(of text: Span<UInt8>) -> [UInt8]? {
    IPAddress(parsing: text)?.neighbourhood
  }
}
