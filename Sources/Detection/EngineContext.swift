import AccessLog
import Baselines

/// What detectors may ask and tell while they work: names, gaps, deadlines, episodes.
struct EngineContext: Sendable {
  /// Something that must be looked at although no record came.
  enum Deadline: Hashable, Sendable {
    case fall(monitor: Int, slot: Int)
    case episode(slot: Int)
    case tally(monitor: Int, slot: Int)

    private static let tallyBit: UInt64 = 1 << 63

    var token: UInt64 {
      switch self {
      case .fall(let monitor, let slot): UInt64(monitor + 1) << 32 | UInt64(slot)
      case .episode(let slot): UInt64(slot)
      case .tally(let monitor, let slot): Self.tallyBit | UInt64(monitor) << 32 | UInt64(slot)
      }
    }

    init(token: UInt64) {
      let monitor = Int((token & ~Self.tallyBit) >> 32)
      let slot = Int(token & 0xffff_ffff)
      guard token & Self.tallyBit == 0 else {
        self = .tally(monitor: monitor, slot: slot)
        return
      }
      self = monitor == 0 ? .episode(slot: slot) : .fall(monitor: monitor - 1, slot: slot)
    }
  }

  let rules: [Rule]
  let registry: KeyRegistry
  /// Those of the registry.
  let zones: [ZoneTransitions]
  var keys: KeyTable
  /// Texts of routes, networks and versions, by entity index.
  var names: EntityNames
  var gaps = GapLedger()
  var episodes: EpisodeTable
  var wheel = TimingWheel()
  /// Quiet time of each open episode, by its slot.
  var resolveAfter: [Int64] = []

  init(
    rules: [Rule], registry: KeyRegistry, hash: SipHash, bounds: EngineBounds = EngineBounds(),
    fingerprint: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.rules = rules
    self.registry = registry
    zones = registry.zones
    keys = KeyTable(
      registry: registry, hash: hash, keyCountMax: bounds.keys, fingerprint: fingerprint)
    names = EntityNames(hash: hash, countMax: bounds.names)
    episodes = EpisodeTable(openCountMax: bounds.openEpisodes)
  }

  mutating func setDeadline(_ deadline: Deadline, at second: Int64) {
    wheel.set(deadline.token, at: second)
  }

  /// Opens or extends an episode; its end is looked for by a deadline.
  mutating func report(_ verdict: Verdict, evidence: [EvidenceLine]) {
    let rule = rules[verdict.rule]
    let labels = labels(of: verdict.entity, at: verdict.detectedAt)
    let outcome = episodes.report(
      verdict, rule: rule, labels: labels, evidence: evidence, now: verdict.detectedAt)
    guard case .opened(let slot) = outcome else { return }
    while resolveAfter.count <= slot { resolveAfter.append(0) }
    resolveAfter[slot] = verdict.resolveAfter
    setDeadline(.episode(slot: slot), at: (verdict.detectedAt + verdict.resolveAfter) / 1000)
  }

  /// The deadline of an episode fired.
  mutating func episodeDeadline(_ slot: Int, second: Int64) {
    guard
      let next = episodes.resolveIfQuiet(
        slot, resolveAfter: resolveAfter[slot], now: second * 1000)
    else { return }
    setDeadline(.episode(slot: slot), at: (next + 999) / 1000)
  }

  // MARK: - names

  /// The supplier of a key, application or supplier.
  func supplier(of entity: Entity, at time: Int64) -> Int? {
    switch entity.type {
    case .supplier: Int(entity.index)
    case .key: keys.supplier(ofRow: keys.row(of: entity.index, at: time))
    case .application: keys.supplier(ofApplication: Int(entity.index))
    default: nil
    }
  }

  /// A key's hours are those of its supplier, also while no row of the registry holds for it.
  func zoneIndex(of entity: Entity) -> Int {
    let supplier =
      entity.type == .key
      ? keys.supplier(ofRow: keys.latestRow(of: entity.index)) : supplier(of: entity, at: .max)
    return supplier.map { registry.suppliers[$0].zone } ?? 0
  }

  func name(of entity: Entity, at time: Int64) -> String {
    switch entity.type {
    case .key, .clientIP: keys.name(of: entity.index, at: time)
    case .application: keys.applications[Int(entity.index)]
    case .supplier: registry.suppliers[Int(entity.index)].name
    case .tier: registry.tiers[Int(entity.index)].name
    case .api: registry.apis[Int(entity.index)].name
    case .route, .version, .network: names.name(of: entity)
    case .global: "all traffic"
    }
  }

  func labels(of entity: Entity, at time: Int64) -> EpisodeTable.Labels {
    var labels = EpisodeTable.Labels(entity: name(of: entity, at: time))
    labels.supplier = supplier(of: entity, at: time).map { registry.suppliers[$0].name }
    if entity.type == .key {
      let row = keys.row(of: entity.index, at: time)
      labels.tier = keys.tier(ofRow: row).map { registry.tiers[$0].name }
      labels.application = keys.application(ofRow: row).map { keys.applications[$0] }
    }
    return labels
  }

  /// `key-1 of northwind`, `supplier northwind`: how reasons begin.
  func phrase(for entity: Entity, at time: Int64) -> String {
    let name = name(of: entity, at: time)
    switch entity.type {
    case .key:
      guard let supplier = supplier(of: entity, at: time) else { return name }
      return "\(name) of \(registry.suppliers[supplier].name)"
    case .global: return name
    case .clientIP: return "client \(name)"
    default: return "\(entity.type.rawValue) \(name)"
    }
  }
}
