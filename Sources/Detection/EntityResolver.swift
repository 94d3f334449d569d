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
      version: Self.version(in: path).map { names.version($0.span) })
  }

  /// The first segment that looks like a version: `v1`, `v2.1`.
  private static func version(in path: [UInt8]) -> [UInt8]? {
    for segment in path.split(separator: UInt8(ascii: "/")) {
      guard segment.count > 1, segment.count <= 8, segment.first == UInt8(ascii: "v") else {
        continue
      }
      let rest = segment.dropFirst()
      let isNumber = rest.allSatisfy {
        ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: ".")
      }
      if isNumber { return Array(segment) }
    }
    return nil
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

  /// The /24 of an IPv4 address, the /48 of an IPv6 one.
  private static func network(of text: Span<UInt8>) -> [UInt8]? {
    guard let address = IPAddress(parsing: text) else { return nil }
    func part(_ index: Int, bits: Int) -> UInt64 {
      UInt64(truncatingIfNeeded: address.bits >> UInt128(index * bits)) & (1 << UInt64(bits) - 1)
    }
    if address.isV4 {
      return Array("\(part(3, bits: 8)).\(part(2, bits: 8)).\(part(1, bits: 8)).0/24".utf8)
    }
    let groups = [7, 6, 5].map { String(part($0, bits: 16), radix: 16) }
    return Array((groups.joined(separator: ":") + "::/48").utf8)
  }
}
