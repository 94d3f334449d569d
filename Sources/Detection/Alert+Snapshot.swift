import AccessLog
package import Baselines

extension Alert: StateCoded {
  static let blank = Alert(
    id: "", revision: 0, ruleID: "", kind: "", ruleHash: "", severity: .info, entityType: .global,
    entity: "", state: .open, startedAt: .blank, detectedAt: .blank, observed: 0, unit: "",
    score: 0, sampleSize: 0, isLearning: false, reason: "", revisedAt: .blank)

  package mutating func code(with coder: inout StateCoder) {
    coder.code(&id)
    coder.code(&revision)
    codeRule(&coder)
    codeEntity(&coder)
    coder.code(&state)
    codeTimes(&coder)
    codeNumbers(&coder)
    coder.code(&reason)
    coder.code(&evidence, blank: .blank)
    coder.code(&picture, blank: .blank)
  }

  private mutating func codeRule(_ coder: inout StateCoder) {
    coder.code(&ruleID)
    coder.code(&kind)
    coder.code(&ruleHash)
    coder.code(&severity)
  }

  private mutating func codeEntity(_ coder: inout StateCoder) {
    coder.code(&entityType)
    coder.code(&entity)
    coder.code(&supplier)
    coder.code(&tier)
    coder.code(&application)
  }

  private mutating func codeTimes(_ coder: inout StateCoder) {
    startedAt.code(with: &coder)
    detectedAt.code(with: &coder)
    coder.code(&endedAt, blank: .blank)
    revisedAt.code(with: &coder)
  }

  private mutating func codeNumbers(_ coder: inout StateCoder) {
    coder.code(&observed)
    coder.code(&expectedLow)
    coder.code(&expectedMid)
    coder.code(&expectedHigh)
    coder.code(&unit)
    coder.code(&score)
    coder.code(&sampleSize)
    coder.code(&isLearning)
  }
}

extension EvidenceLine: StateCoded {
  static let blank = EvidenceLine(source: "", line: "", lineHash: "", segmentIndex: 0, offset: 0)

  package mutating func code(with coder: inout StateCoder) {
    coder.code(&source)
    coder.code(&line)
    coder.code(&lineHash)
    coder.code(&segmentIndex)
    coder.code(&offset)
    coder.code(&isUnverified)
  }
}

extension AlertPicture: StateCoded {
  static let blank = AlertPicture(
    windows: [], windowMilliseconds: 1, startedAt: .blank, judgedCount: 0)

  package mutating func code(with coder: inout StateCoder) {
    coder.array(&windows, blank: Window(count: 0, low: 0, high: 0)) { window, coder in
      coder.code(&window.count)
      coder.code(&window.low)
      coder.code(&window.high)
    }
    coder.code(&windowMilliseconds)
    startedAt.code(with: &coder)
    coder.code(&judgedCount)
    coder.require(windows.count <= Self.windowCountMax && windowMilliseconds > 0)
  }
}

extension EventTime: StateCoded {
  static let blank = EventTime(milliseconds: 0)

  package mutating func code(with coder: inout StateCoder) { coder.code(&milliseconds) }
}

extension StateCoder {
  /// Lines of evidence by slot; of `slotCount` slots when written.
  mutating func code(_ evidence: inout [UInt32: [EvidenceLine]], slotCount: Int) {
    var all: [SlotLines] = []
    if !isReading, !evidence.isEmpty {
      for slot in 0..<UInt32(slotCount) {
        if let lines = evidence[slot] { all.append(SlotLines(slot: slot, lines: lines)) }
      }
    }
    code(&all, blank: SlotLines())
    for entry in all where isReading { evidence[entry.slot] = entry.lines }
  }

  private struct SlotLines: StateCoded {
    var slot: UInt32 = 0
    var lines: [EvidenceLine] = []

    mutating func code(with coder: inout StateCoder) {
      coder.code(&slot)
      coder.code(&lines, blank: .blank)
    }
  }
}
