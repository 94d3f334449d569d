/// Lines of each key that stand out, for as long as a window may need them; what is older is
/// evidence of nothing that is found now.
struct TierEvidence: Sendable {
  /// For how many seconds a line is evidence.
  let keepsSeconds: Int64
  var keys: [UInt32: Lines] = [:]  // looked up, never iterated
  /// Since when lines of a key wait to be forgotten; ascending from `ageingStart` on.
  var ageing: [(second: Int64, slot: UInt32)] = []
  var ageingStart = 0

  init(keepsSeconds: Int64) { self.keepsSeconds = keepsSeconds }

  /// The oldest first.
  struct Lines: Sendable {
    var kept: [(second: Int64, line: EvidenceLine)] = []
    /// They wait among those to be looked at again.
    var isAgeing = false
  }

  /// The oldest line stands first, so there is room as soon as that one is too old.
  func hasRoom(for slot: UInt32, at second: Int64) -> Bool {
    guard let kept = keys[slot]?.kept, let oldest = kept.first else { return true }
    return kept.count < EpisodeTable.evidenceCountMax || isOld(oldest.second, at: second)
  }

  mutating func keep(_ line: EvidenceLine, of slot: UInt32, at second: Int64) {
    var lines = keys[slot] ?? Lines()
    lines.kept.removeAll { isOld($0.second, at: second) }
    lines.kept.append((second, line))
    keys[slot] = lines
  }

  func lines(of slot: UInt32, at second: Int64) -> [EvidenceLine] {
    guard let kept = keys[slot]?.kept else { return [] }
    return kept.filter { !isOld($0.second, at: second) }.map(\.line)
  }

  /// The lines of `slot` are looked at again when they may be too old.
  mutating func age(_ slot: UInt32, at second: Int64) {
    guard keys[slot]?.isAgeing == false else { return }
    keys[slot]?.isAgeing = true
    ageing.append((second: second, slot: slot))
  }

  /// Forgets keys all of whose lines are too old.
  mutating func forget(at second: Int64) {
    while ageingStart < ageing.count, isOld(ageing[ageingStart].second, at: second) {
      let slot = ageing[ageingStart].slot
      ageingStart += 1
      if lines(of: slot, at: second).isEmpty {
        keys[slot] = nil
      } else {
        ageing.append((second: second, slot: slot))
      }
    }
    guard ageingStart * 2 > ageing.count else { return }
    ageing.removeFirst(ageingStart)
    ageingStart = 0
  }

  private func isOld(_ kept: Int64, at second: Int64) -> Bool { kept <= second - keepsSeconds }
}
