import Baselines

/// What a snapshot's numbers refer to: rules, monitors, rows of the registry, sources.
///
/// Where all of it is as it was, everything goes on as if nothing had been. Else what was learnt is
/// found again by these names, and what hangs on a rule or a row that is gone is dropped.
struct SnapshotHead: Hashable, Sendable {
  var rulesHash = ""
  var registryHash = ""
  var sources: [String] = []
  /// In their order.
  var rules: [String] = []
  var volumes: [String] = []
  var tierMonitors: [String] = []
  var precursors: [String] = []
  var tallies: [String] = []
  /// Names, by the index that entities have.
  var suppliers: [String] = []
  var applications: [String] = []
  /// With their terms: a tier that was changed is another one.
  var tiers: [String] = []
  var apis: [String] = []
  var zones: [String] = []
  /// Some rule judged pairs.
  var hasPairs = false
}

extension SnapshotHead: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&rulesHash)
    coder.code(&registryHash)
    coder.code(&sources)
    coder.code(&rules)
    coder.code(&volumes)
    coder.code(&tierMonitors)
    coder.code(&precursors)
    coder.code(&suppliers)
    coder.code(&applications)
    coder.code(&tiers)
    coder.code(&apis)
    coder.code(&zones)
    if coder.version >= 2 { coder.code(&tallies) }
    if coder.version >= 3 { coder.code(&hasPairs) } else { hasPairs = false }
  }
}

extension SnapshotHead {
  init(of state: EngineState) {
    let registry = state.context.registry
    rulesHash = state.contentHashes.rules
    registryHash = state.contentHashes.registry
    sources = state.sources.map(\.name)
    rules = state.context.rules.map(\.variantName)
    volumes = state.volumes.map(\.definition)
    tierMonitors = state.tiers.map(\.definition)
    precursors = state.precursors.map(\.definition)
    tallies = state.tallies.map(\.definition)
    suppliers = registry.suppliers.map(\.name)
    applications = state.context.keys.applications
    tiers = registry.tiers.map(\.terms)
    apis = registry.apis.map(\.name)
    zones = registry.zones.map(\.name)
    hasPairs = state.context.rules.contains { $0.per.second != nil }
  }

  /// Index in `names` of each of these, where there is one.
  static func places(of saved: [String], in names: [String]) -> [Int?] {
    saved.map { names.firstIndex(of: $0) }
  }
}

extension KeyRegistry.Tier {
  /// Equal where a key of the tier is judged alike.
  var terms: String {
    let limits = limits.map { "\($0.count)/\($0.periodSeconds)" }.joined(separator: " ")
    return "\(name): \(limits), \(burst), \(limiter.rawValue)"
  }
}
