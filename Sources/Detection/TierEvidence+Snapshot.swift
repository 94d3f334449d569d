import Baselines

extension TierEvidence {
  /// - Parameter slotCount: slots that may have lines.
  mutating func code(with coder: inout StateCoder, slotCount: Int) {
    var all: [Slot] = []
    if !coder.isReading, !keys.isEmpty {
      for slot in 0..<UInt32(slotCount) {
        guard let lines = keys[slot] else { continue }
        all.append(Slot(slot: slot, lines: lines))
      }
    }
    coder.code(&all, blank: Slot())
    for slot in all where coder.isReading { keys[slot.slot] = slot.lines }
    var waiting = ageing[ageingStart...].map { Ageing(second: $0.second, slot: $0.slot) }
    coder.code(&waiting, blank: Ageing())
    guard coder.isReading else { return }
    ageing = waiting.map { ($0.second, $0.slot) }
    ageingStart = 0
  }

  private struct Slot: StateCoded {
    var slot: UInt32 = 0
    var lines = Lines()

    mutating func code(with coder: inout StateCoder) {
      coder.code(&slot)
      coder.code(&lines.isAgeing)
      var kept = lines.kept.map { Kept(second: $0.second, line: $0.line) }
      coder.code(&kept, blank: Kept())
      lines.kept = kept.map { ($0.second, $0.line) }
    }
  }

  private struct Kept: StateCoded {
    var second: Int64 = 0
    var line = EvidenceLine.blank

    mutating func code(with coder: inout StateCoder) {
      coder.code(&second)
      line.code(with: &coder)
    }
  }

  private struct Ageing: StateCoded {
    var second: Int64 = 0
    var slot: UInt32 = 0

    mutating func code(with coder: inout StateCoder) {
      coder.code(&second)
      coder.code(&slot)
    }
  }
}
