import AccessLog
import Baselines

extension EpisodeTable {
  /// Episodes that are open, and places of past ones.
  var slotCount: Int { episodes.count }

  mutating func code(in book: inout SnapshotBook) {
    codeSlots(&book)
    book.page(.epis) { coder in
      coder.code(&free)
      coder.code(&pending, blank: .blank)
      coder.code(&refusedCount)
    }
    ends.code(in: &book)
    guard book.isReading else { return }
    for slot in episodes.indices { findAgain(slot) }
    let freeCount = episodes.count { $0 == nil }
    let isWhole = free.allSatisfy { episodes.indices.contains($0) && episodes[$0] == nil }
    book.require(isWhole && free.count == freeCount, .epis)
  }

  /// The keys that lead to a slot.
  private mutating func findAgain(_ slot: Int) {
    guard let episode = episodes[slot] else { return }
    open[keys[slot]] = slot
    for member in episode.members { open[EpisodeKey(rule: keys[slot].rule, entity: member)] = slot }
  }

  private mutating func codeSlots(_ book: inout SnapshotBook) {
    var slots = zip(episodes, keys).map { Slot(episode: $0, key: $1) }
    book.blocks(.epis, 1, perPage: Self.slotsAtOnce, &slots, blank: Slot()) { $0.code(with: &$1) }
    guard book.isReading else { return }
    episodes = slots.map(\.episode)
    keys = slots.map(\.key)
  }

  private static let slotsAtOnce = 16

  private struct Slot: StateCoded {
    var episode: AlertEpisode?
    var key = EpisodeKey(rule: 0, entity: .blank)

    mutating func code(with coder: inout StateCoder) {
      coder.code(&episode, blank: .blank)
      key.code(with: &coder)
    }
  }
}

extension EpisodeKey: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&rule)
    entity.code(with: &coder)
  }
}

extension AlertEpisode: StateCoded {
  static let blank = AlertEpisode(
    alert: .blank, lastTrouble: 0, extent: 0, toldExtent: 0, toldAt: 0, isTold: false)

  mutating func code(with coder: inout StateCoder) {
    alert.code(with: &coder)
    coder.code(&lastTrouble)
    coder.code(&extent)
    coder.code(&toldExtent)
    coder.code(&toldAt)
    coder.code(&isTold)
    guard coder.version >= 2 else { return }
    coder.code(&members, blank: .blank)
    coder.code(&moreMemberCount)
    coder.code(&toldMemberCount)
  }
}

extension PastEnds {
  mutating func code(in book: inout SnapshotBook) {
    var all = order.map { End(key: $0.key, time: $0.time) }
    book.blocks(.epis, 2, &all, blank: End()) { $0.code(with: &$1) }
    book.page(.epis, 1) { coder in
      coder.code(&next)
      coder.require(next >= 0 && next < max(1, countMax))
    }
    guard book.isReading, book.fault == nil else { return }
    order = all.map { ($0.key, $0.time) }
    // Oldest first, so that of two ends of one key the later one stays.
    for end in inOrder { times[end.key] = end.time }
  }

  private struct End: StateCoded {
    var key = EpisodeKey(rule: 0, entity: .blank)
    var time: Int64 = 0

    mutating func code(with coder: inout StateCoder) {
      key.code(with: &coder)
      coder.code(&time)
    }
  }
}

// MARK: - other rules

extension EpisodeTable {
  func lastTrouble(in slot: Int) -> Int64 { episodes[slot]?.lastTrouble ?? 0 }

  /// Takes over the episodes of `before` of which `place` says what they are of now, and ends the
  /// others. The slots that they have now and had then.
  mutating func adopt(
    _ before: EpisodeTable, at now: Int64, _ place: (EpisodeKey) -> EpisodeKey?
  ) -> [(slot: Int, old: Int)] {
    var kept: [(slot: Int, old: Int)] = []
    refusedCount = before.refusedCount
    pending = before.pending
    for end in before.ends.inOrder {
      if let key = place(end.key) { ends.add(end.time, of: key) }
    }
    for (old, episode) in before.episodes.enumerated() {
      guard let episode else { continue }
      guard let key = place(before.keys[old]), open[key] == nil else {
        end(episode, at: now)
        continue
      }
      kept.append((episodes.count, old))
      episodes.append(episode.moved { place(EpisodeKey(rule: before.keys[old].rule, entity: $0)) })
      keys.append(key)
      findAgain(episodes.count - 1)
    }
    return kept
  }

  private mutating func end(_ episode: AlertEpisode, at now: Int64) {
    guard episode.isTold else { return }
    var alert = episode.told
    if alert.state == .open { alert.state = .resolved }
    alert.endedAt = EventTime(milliseconds: episode.lastTrouble)
    alert.revision += 1
    alert.revisedAt = EventTime(milliseconds: now)
    pending.append(alert)
  }
}

extension AlertEpisode {
  /// With the members' keys of today; those that are gone are counted as before.
  fileprivate func moved(_ place: (Entity) -> EpisodeKey?) -> AlertEpisode {
    var moved = self
    moved.members = members.compactMap { place($0)?.entity }
    moved.moreMemberCount += members.count - moved.members.count
    return moved
  }
}

extension PastEnds {
  /// The oldest first.
  var inOrder: [(key: EpisodeKey, time: Int64)] {
    let oldest = order.count < countMax ? 0 : next
    return Array(order[oldest...] + order[..<oldest])
  }
}
