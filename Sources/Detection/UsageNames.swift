import AccessLog

/// What the dense indices of a ledger stand for: routes of its own, so that counting usage
/// changes no index that rules see, and series by their names.
struct UsageNames: Sendable {
  private let registry: KeyRegistry
  private let seriesCountMax: Int
  private let resolver: EntityResolver
  var entities: EntityNames
  /// Route, API and version by resource; the first is none.
  var resources: [RecordQueue.RouteEntities?] = [nil]
  var resourceIndices: [RecordQueue.RouteEntities: UInt32] = [:]  // never iterated
  var series: [UsageSeries] = []
  var seriesIndices: [UsageSeries: Int] = [:]  // never iterated
  /// The series of each place, whatever the part; ``places`` has them in the order in which they
  /// came.
  var known: [UsagePlace: Int] = [:]  // never iterated
  var places: [UsagePlace] = []
  var takenCount = 0

  init(registry: KeyRegistry, hash: SipHash, bounds: UsageBounds) {
    self.registry = registry
    seriesCountMax = bounds.series
    resolver = EntityResolver(registry: registry)
    entities = EntityNames(hash: hash)
  }

  /// The index of a record's route; found once a batch for each of its routes.
  @inline(__always)
  mutating func resource(
    _ retained: inout RecordQueue.Retained, _ index: Int
  ) -> UInt32 {
    let symbol = retained.batch.route[index]
    guard symbol != .none else { return 0 }
    if retained.resources.isEmpty {
      retained.resources = Array(repeating: .max, count: retained.batch.routes.count)
    }
    let known = retained.resources[Int(symbol.index)]
    if known != .max { return known }
    let found = resource(retained.batch.routes.bytes(of: symbol))
    retained.resources[Int(symbol.index)] = found
    return found
  }

  private mutating func resource(_ path: [UInt8]) -> UInt32 {
    let found = resolver.resolve(path, &entities)
    if let known = resourceIndices[found] { return known }
    let index = UInt32(resources.count)
    resources.append(found)
    resourceIndices[found] = index
    return index
  }

  /// The series of `place`, whose last request came at `time`; `nil` where it is new and there
  /// is no room.
  mutating func series(of place: UsagePlace, at time: Int64, _ keys: KeyTable) -> Int? {
    if place.key == UsagePlace.foldedKey { return index(of: folded(supplier: Int(place.row))) }
    var anyPart = place
    anyPart.part = UsagePart(source: 0, segment: 0)
    if let index = known[anyPart] { return index }
    let isCaller = place.resource == UsagePlace.anyResource
    guard known.count < (isCaller ? 2 : 1) * seriesCountMax else { return nil }
    let index = index(of: makeSeries(place, at: time, keys))
    known[anyPart] = index
    places.append(anyPart)
    return index
  }

  /// The series of all that found no room and has the supplier of `place`.
  mutating func foldedSeries(_ place: UsagePlace, _ keys: KeyTable) -> Int {
    index(of: folded(supplier: keys.supplier(ofRow: place.row) ?? -1))
  }

  /// The series that were not taken yet.
  mutating func takeNewSeries() -> [UsageSeries] {
    defer { takenCount = series.count }
    return Array(series[takenCount...])
  }

  /// Whoever takes them next has none of them.
  mutating func tellAllAgain() { takenCount = 0 }

  private mutating func index(of found: UsageSeries) -> Int {
    if let known = seriesIndices[found] { return known }
    series.append(found)
    seriesIndices[found] = series.count - 1
    return series.count - 1
  }

  private func folded(supplier: Int) -> UsageSeries {
    var series = UsageSeries(
      key: UsageLedger.otherName,
      supplier: supplier < 0 ? nil : registry.suppliers[supplier].name)
    series.forgetRequest()
    return series
  }

  private func makeSeries(_ place: UsagePlace, at time: Int64, _ keys: KeyTable) -> UsageSeries {
    var series = UsageSeries(network: place.network.text)
    if place.key != KeyTable.nobody {
      series.key = keys.name(of: place.key, at: time)
      series.isAddress = keys.isAddress(place.key)
    }
    series.supplier = keys.supplier(ofRow: place.row).map { registry.suppliers[$0].name }
    series.application = keys.application(ofRow: place.row).map { keys.applications[$0] }
    if place.resource == UsagePlace.anyResource {
      series.forgetRequest()
      return series
    }
    guard let resource = resources[Int(place.resource)] else { return series }
    series.api = resource.api.map { registry.apis[Int($0)].name }
    series.route = entities.name(of: Entity(type: .route, index: resource.route))
    series.version = resource.version.map {
      entities.name(of: Entity(type: .version, index: $0))
    }
    return series
  }
}

extension UsageSeries {
  /// Of what found no room nothing is known but who sent it; that is not the same as a record
  /// that does not tell.
  fileprivate mutating func forgetRequest() {
    (route, version, network) = (Self.otherName, Self.otherName, Self.otherName)
  }
}
