import AccessLog
import Baselines

// Going on with other rules, another registry or other sources than those of the snapshot.
extension EngineState {
  /// Reads what was learnt of the series that today's rules count as well, and what can be kept of
  /// what is under way; the rest starts anew.
  mutating func readKept(
    of saved: SnapshotHead, _ now: SnapshotHead, _ sources: SourceChange,
    _ book: inout SnapshotBook
  ) {
    var registry = RegistryChange(from: saved, to: now)
    if !registry.isNone {
      context.pairs.adapt(registry)
      registry.gonePairs = context.pairs.gone
    }
    if !registry.isNone || !sources.isNone { usage.adapt(registry, sources, context.keys) }
    nextWindowEnd = .min
    if let second = currentSecond { _ = context.wheel.next(through: second) }
    readEpisodes(of: saved, now, registry, &book)
    readVolumes(of: saved, registry, &book)
    readTiers(of: saved, now, registry, &book)
    for index in precursors.indices {
      let definition = precursors[index].definition
      guard let part = saved.precursors.firstIndex(of: definition) else { continue }
      precursors[index].code(part, in: &book)
      if !registry.isNone { precursors[index].adapt(registry, &book) }
    }
    for index in tallies.indices {
      guard let part = saved.tallies.firstIndex(of: tallies[index].definition) else { continue }
      tallies[index].code(part, in: &book)
      tallies[index].adapt(registry, &context, &book)
    }
  }

  private mutating func readVolumes(
    of saved: SnapshotHead, _ registry: RegistryChange, _ book: inout SnapshotBook
  ) {
    for index in volumes.indices {
      let part = saved.volumes.firstIndex(of: volumes[index].definition)
      guard let part else { continue }
      volumes[index].codeLearnt(part, in: &book, registry)
      guard book.fault == nil else { return }
      if let second = currentSecond { volumes[index].watchAnew(at: second, &context) }
    }
  }

  /// A key's minute and its quotas mean something under the same tiers alone.
  private mutating func readTiers(
    of saved: SnapshotHead, _ now: SnapshotHead, _ registry: RegistryChange,
    _ book: inout SnapshotBook
  ) {
    guard saved.tiers == now.tiers else { return }
    for index in tiers.indices {
      guard let part = saved.tierMonitors.firstIndex(of: tiers[index].definition) else { continue }
      tiers[index].code(part, in: &book)
    }
  }

  /// An episode goes on where its rule and its entity are still there; others are over.
  private mutating func readEpisodes(
    of saved: SnapshotHead, _ now: SnapshotHead, _ registry: RegistryChange,
    _ book: inout SnapshotBook
  ) {
    var before = EngineContext.Episodes(table: context.episodes)
    before.code(in: &book)
    guard book.fault == nil, let second = currentSecond else { return }
    let rules = SnapshotHead.places(of: saved.rules, in: now.rules)
    context.adopt(before, at: second) { key in
      guard rules.indices.contains(key.rule), let rule = rules[key.rule],
        let entity = registry.entity(key.entity)
      else { return nil }
      return EpisodeKey(rule: rule, entity: entity)
    }
  }
}

extension EngineContext {
  /// Episodes and how long each must be quiet.
  struct Episodes {
    var table: EpisodeTable
    var resolveAfter: [Int64] = []
    var inhibitedCount = 0

    mutating func code(in book: inout SnapshotBook) {
      table.code(in: &book)
      book.page(.epis, 2) { coder in
        coder.code(&resolveAfter)
        if coder.version >= 2 { coder.code(&inhibitedCount) }
      }
      book.require(resolveAfter.count >= table.slotCount, .epis)
    }
  }

  /// - Parameter place: The key of today; `nil` where the episode is over.
  mutating func adopt(_ before: Episodes, at second: Int64, _ place: (EpisodeKey) -> EpisodeKey?) {
    inhibitedCount = before.inhibitedCount
    let kept = episodes.adopt(before.table, at: second * 1000, place)
    for (slot, old) in kept {
      while resolveAfter.count <= slot { resolveAfter.append(0) }
      resolveAfter[slot] = before.resolveAfter[old]
      let end = episodes.lastTrouble(in: slot) &+ before.resolveAfter[old]
      setDeadline(.episode(slot: slot), at: max(second, end / 1000))
    }
  }
}
