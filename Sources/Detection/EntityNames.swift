import AccessLog

/// The names of entities that come from the log itself: routes, versions, networks.
///
/// Clients choose these texts, so each kind has a bound; what comes later is `(other)`.
struct EntityNames: Sendable {
  static let routeCountMax = 10_000
  static let versionCountMax = 1000
  static let networkCountMax = 1_000_000

  var routes: BoundedNames
  var versions: BoundedNames
  var networks: BoundedNames

  init(hash: SipHash, countMax: Int = .max) {
    routes = BoundedNames(hash: hash, countMax: min(countMax, Self.routeCountMax))
    versions = BoundedNames(hash: hash, countMax: min(countMax, Self.versionCountMax))
    networks = BoundedNames(hash: hash, countMax: min(countMax, Self.networkCountMax))
  }

  var refusedCount: Int { routes.refusedCount + versions.refusedCount + networks.refusedCount }

  mutating func route(_ text: Span<UInt8>) -> UInt32 { routes.index(for: text) }
  mutating func version(_ text: Span<UInt8>) -> UInt32 { versions.index(for: text) }
  mutating func network(_ text: Span<UInt8>) -> UInt32 { networks.index(for: text) }

  func name(of entity: Entity) -> String {
    switch entity.type {
    case .route: routes[entity.index]
    case .version: versions[entity.index]
    default: networks[entity.index]
    }
  }
}
