/// Where the entities of a snapshot stand in today's registry.
struct RegistryChange: Sendable {
  private let suppliers: [Int?]
  private let applications: [Int?]
  private let tiers: [Int?]
  private let apis: [Int?]
  private let zones: [Int?]
  /// Of which a part is known no more.
  var gonePairs: Set<UInt32> = []
  /// Nothing that an index refers to has moved.
  let isNone: Bool

  init(from saved: SnapshotHead, to now: SnapshotHead) {
    suppliers = SnapshotHead.places(of: saved.suppliers, in: now.suppliers)
    applications = SnapshotHead.places(of: saved.applications, in: now.applications)
    tiers = SnapshotHead.places(of: saved.tiers, in: now.tiers)
    apis = SnapshotHead.places(of: saved.apis, in: now.apis)
    zones = SnapshotHead.places(of: saved.zones, in: now.zones)
    isNone =
      saved.registryHash == now.registryHash && saved.suppliers == now.suppliers
      && saved.applications == now.applications && saved.tiers == now.tiers
      && saved.apis == now.apis && saved.zones == now.zones
  }

  /// `nil` where the registry knows it no more.
  func entity(_ saved: Entity) -> Entity? {
    let places: [Int?]
    switch saved.type {
    case .supplier: places = suppliers
    case .application: places = applications
    case .tier: places = tiers
    case .api: places = apis
    case .pair: return gonePairs.contains(saved.index) ? nil : saved
    case .key, .clientIP, .route, .version, .network, .global: return saved
    }
    return Self.place(Int(saved.index), places).map {
      Entity(type: saved.type, index: UInt32($0))
    }
  }

  func supplier(_ index: Int) -> Int? { Self.place(index, suppliers) }
  func api(_ index: UInt32) -> UInt32? { Self.place(Int(index), apis).map { UInt32($0) } }
  func zone(_ index: UInt16) -> Int? { Self.place(Int(index), zones) }

  private static func place(_ index: Int, _ places: [Int?]) -> Int? {
    places.indices.contains(index) ? places[index] : nil
  }
}
