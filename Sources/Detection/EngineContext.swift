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
  /// What rules judge that name two types.
  var pairs: EntityPairs
  var gaps = GapLedger()
  var episodes: EpisodeTable
  var wheel = TimingWheel()
  var marks = MarkLedger()
  /// Quiet time of each open episode, by its slot.
  var resolveAfter: [Int64] = []
  /// By rule, those whose alerts keep it quiet.
  private let inhibitors: [[Int]]
  /// Verdicts of rules that others may keep quiet or that group, until all of their moment are
  /// there; none between two steps of time.
  private var deferred: [Found] = []
  /// Verdicts that another rule's alert kept quiet.
  var inhibitedCount = 0

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
    pairs = EntityPairs(countMax: bounds.pairs)
    episodes = EpisodeTable(openCountMax: bounds.openEpisodes)
    inhibitors = rules.map { rule in
      rules.indices.filter { rules[$0].policy.inhibits.contains(rule.id) }
    }
  }

  mutating func setDeadline(_ deadline: Deadline, at second: Int64) {
    wheel.set(deadline.token, at: second)
  }

  /// Takes what a monitor found, if its rule speaks at that time.
  ///
  /// - Parameter standsForOthers: It is about those below the entity, who were asked for already.
  mutating func report(
    _ verdict: Verdict, evidence: [EvidenceLine], standsForOthers: Bool = false
  ) {
    guard rules[verdict.rule].policy.speaks(of: verdict, marks),
      standsForOthers || judges(verdict.rule, verdict.entity, at: verdict.detectedAt)
    else { return }
    let verdict = explained(verdict)
    if inhibitors[verdict.rule].isEmpty, rules[verdict.rule].policy.group == nil {
      tell(verdict, evidence)
    } else {
      deferred.append(Found(verdict: verdict, evidence: evidence))
    }
  }

  /// A rule that looks back to a mark says how far.
  private func explained(_ verdict: Verdict) -> Verdict {
    guard let name = rules[verdict.rule].policy.after?.mark,
      let time = marks.last(named: name, through: verdict.detectedAt)
    else { return verdict }
    var verdict = verdict
    let age = Wording.duration(milliseconds: verdict.detectedAt - time)
    verdict.reason += "; \(age) after the mark '\(name)'"
    return verdict
  }

  /// Time goes on to `time`: all that was found before is there, so that it is known what keeps what
  /// quiet, and what belongs together.
  mutating func settle(before time: Int64) {
    guard let first = deferred.first, first.verdict.detectedAt < time else { return }
    var groups: [Group] = []
    var places: [EpisodeKey: Int] = [:]  // looked up, never iterated
    for found in deferred {
      guard !isInhibited(found.verdict) else {
        inhibitedCount += 1
        continue
      }
      let group = Group(found, of: owner(of: found.verdict))
      let key = EpisodeKey(rule: found.verdict.rule, entity: group.verdict.entity)
      if let place = places[key] {
        groups[place].add(group)
      } else {
        places[key] = groups.count
        groups.append(group)
      }
    }
    deferred.removeAll(keepingCapacity: true)
    for group in groups { tell(group.verdict, group.evidence, members: group.members) }
  }

  /// A verdict that waits for the others of its moment.
  struct Found: Sendable {
    var verdict: Verdict
    var evidence: [EvidenceLine]
  }

  /// What was found of entities that belong to one, in one moment.
  private struct Group {
    /// The worst of them, about what they belong to.
    var verdict: Verdict
    var evidence: [EvidenceLine]
    var members: [Entity]

    init(_ found: Found, of owner: Entity) {
      verdict = found.verdict
      evidence = found.evidence
      members = owner == found.verdict.entity ? [] : [found.verdict.entity]
      verdict.entity = owner
    }

    mutating func add(_ other: Group) {
      members += other.members
      let isWorse =
        (other.verdict.score, other.verdict.extent) > (verdict.score, verdict.extent)
      evidence = isWorse ? other.evidence + evidence : evidence + other.evidence
      if isWorse { verdict = other.verdict }
      evidence.removeLast(max(0, evidence.count - EpisodeTable.evidenceCountMax))
    }
  }

  /// What the verdict's alert is about.
  private func owner(of verdict: Verdict) -> Entity {
    rules[verdict.rule].policy.group
      .flatMap { owner($0, of: verdict.entity, at: verdict.detectedAt) } ?? verdict.entity
  }

  /// Opens or extends an episode; its end is looked for by a deadline.
  private mutating func tell(
    _ verdict: Verdict, _ evidence: [EvidenceLine], members: [Entity] = []
  ) {
    let rule = rules[verdict.rule]
    let labels = labels(of: verdict.entity, at: verdict.detectedAt)
    let outcome = episodes.report(
      verdict, members: members, rule: rule, labels: labels, evidence: evidence,
      now: verdict.detectedAt)
    guard case .opened(let slot) = outcome else { return }
    let quiet = max(verdict.resolveAfter, rule.policy.resolveAfterMilliseconds)
    while resolveAfter.count <= slot { resolveAfter.append(0) }
    resolveAfter[slot] = quiet
    setDeadline(.episode(slot: slot), at: (verdict.detectedAt + quiet) / 1000)
  }

  /// Whether a rule that keeps the verdict's one quiet has an alert about the entity, about what
  /// it belongs to, or about all traffic. What was not told keeps nobody quiet.
  private func isInhibited(_ verdict: Verdict) -> Bool {
    var entities = [verdict.entity, .all] + parts(of: verdict.entity)
    for type in EpisodePolicy.groups where type != .global {
      if let owner = owner(type, of: verdict.entity, at: verdict.detectedAt) {
        entities.append(owner)
      }
    }
    return inhibitors[verdict.rule].contains { rule in
      !rules[rule].isShadow
        && entities.contains { entity in
          episodes.hasAlert(EpisodeKey(rule: rule, entity: entity), rules[rule].policy)
        }
    }
  }

  /// The deadline of an episode fired.
  mutating func episodeDeadline(_ slot: Int, second: Int64) {
    guard
      let next = episodes.resolveIfQuiet(
        slot, resolveAfter: resolveAfter[slot], now: second * 1000)
    else { return }
    setDeadline(.episode(slot: slot), at: (next + 999) / 1000)
  }

  /// What `entity` belongs to; itself, where it is of that type.
  func owner(_ type: EntityType, of entity: Entity, at time: Int64) -> Entity? {
    if entity.type == type { return entity }
    if entity.type == .pair {
      return parts(of: entity).lazy.compactMap { owner(type, of: $0, at: time) }.first
    }
    func found(_ index: Int?) -> Entity? { index.map { Entity(type: type, index: UInt32($0)) } }
    switch type {
    case .global: return .all
    case .supplier: return found(supplier(of: entity, at: time))
    case .application where entity.type == .key:
      return found(keys.application(ofRow: keys.row(of: entity.index, at: time)))
    case .tier where entity.type == .key:
      return found(keys.tier(ofRow: keys.row(of: entity.index, at: time)))
    default: return nil
    }
  }

  /// Both of a pair; of others nothing.
  private func parts(of entity: Entity) -> [Entity] {
    entity.type == .pair ? [pairs[entity].first, pairs[entity].second] : []
  }

  /// The part of a pair that is a key, or the entity itself.
  func caller(in entity: Entity) -> Entity {
    parts(of: entity).first { $0.type == .key } ?? entity
  }

  // MARK: - names

  /// The supplier of a key, application or supplier, or of a part of a pair.
  func supplier(of entity: Entity, at time: Int64) -> Int? {
    switch entity.type {
    case .supplier: Int(entity.index)
    case .key: keys.supplier(ofRow: keys.row(of: entity.index, at: time))
    case .application: keys.supplier(ofApplication: Int(entity.index))
    case .pair: parts(of: entity).lazy.compactMap { supplier(of: $0, at: time) }.first
    default: nil
    }
  }

  /// A key's hours are those of its supplier, also while no row of the registry holds for it.
  func zoneIndex(of entity: Entity) -> Int {
    let entity = caller(in: entity)
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
    case .pair: parts(of: entity).map { name(of: $0, at: time) }.joined(separator: ", ")
    }
  }

  func labels(of entity: Entity, at time: Int64) -> EpisodeTable.Labels {
    var labels = EpisodeTable.Labels(entity: name(of: entity, at: time))
    labels.supplier = supplier(of: entity, at: time).map { registry.suppliers[$0].name }
    let caller = caller(in: entity)
    if caller.type == .key {
      let row = keys.row(of: caller.index, at: time)
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
    case .pair: return parts(of: entity).map { phrase(for: $0, at: time) }.joined(separator: ", ")
    case .clientIP: return "client \(name)"
    default: return "\(entity.type.rawValue) \(name)"
    }
  }
}
