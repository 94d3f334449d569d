import Baselines

extension PrecursorMonitor {
  /// What its habits are of.
  var definition: String {
    let steps = plan.steps.map { "\($0.count) \($0.matcher.text)" }.joined(separator: ", ")
    let same = plan.same.map { " same \($0.word)" } ?? ""
    let condition = expression.map { " where \($0.text)" } ?? ""
    return "\(per.text) \(plan.mode.rawValue) \(plan.target.text) after \(steps) "
      + "within \(plan.withinMilliseconds)\(same)\(condition)"
  }

  mutating func code(_ number: Int, in book: inout SnapshotBook) {
    codeHabits(number, &book)
    codeRings(number, &book)
    book.page(.ring, (2 * number + 1) << 32) { coder in
      coder.array(&waiting, blank: Target(slot: 0, time: 0, value: 0)) { target, coder in
        coder.code(&target.slot)
        coder.code(&target.time)
        coder.word(&target.value)
      }
      coder.code(&refusedCount)
      coder.code(&abstainedCount)
      coder.code(&judgedCount)
      coder.code(&hasTargets)
      coder.code(&droppedEventCount)
      coder.require(waiting.allSatisfy { entities.indices.contains($0.slot) })
    }
  }

  /// What was learnt of each entity.
  private mutating func codeHabits(_ number: Int, _ book: inout SnapshotBook) {
    book.blocks(.habt, number, &entities, blank: PrecursorEntity(entity: .blank)) {
      $0.codeHabits(&$1)
    }
    if book.isReading, book.fault == nil { linkEntities(&book) }
  }

  /// Finds each entity's slot again.
  private mutating func linkEntities(_ book: inout SnapshotBook) {
    guard let table = SlotTable(rows: entities.lazy.map(\.entity.index)) else {
      return book.damage(.habt)
    }
    slotOfEntity = table
  }

  /// Leaves out what the registry knows no more.
  mutating func adapt(_ change: RegistryChange, _ book: inout SnapshotBook) {
    guard book.fault == nil else { return }
    // The targets of the second under way are known by slots; nothing is said of them.
    waiting = []
    entities = entities.compactMap { entity in
      change.entity(entity.entity).map { place in
        var entity = entity
        entity.entity = place
        return entity
      }
    }
    linkEntities(&book)
  }

  /// What its last targets and precursors were.
  private mutating func codeRings(_ number: Int, _ book: inout SnapshotBook) {
    var recent = entities.map { Recent(ring: $0.ring, lines: $0.lines) }
    book.blocks(.ring, 2 * number, &recent, blank: Recent()) { $0.code(with: &$1) }
    guard book.isReading, book.fault == nil else { return }
    book.require(recent.count == entities.count, .ring)
    for (slot, recent) in zip(entities.indices, recent) {
      entities[slot].ring = recent.ring
      entities[slot].lines = recent.lines
    }
  }

  private struct Recent: StateCoded {
    var ring = EventRing()
    var lines: [EvidenceLine] = []

    mutating func code(with coder: inout StateCoder) {
      ring.code(with: &coder)
      coder.code(&lines, blank: .blank)
    }
  }
}

extension PrecursorMonitor.PrecursorEntity {
  mutating func codeHabits(_ coder: inout StateCoder) {
    entity.code(with: &coder)
    coder.code(&targets)
    for index in habits.indices { habits[index].code(with: &coder) }
    run.code(with: &coder)
  }
}

extension PrecursorMonitor.Habit: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&targets)
    coder.code(&misses)
    coder.code(&evidenceOfBreak)
    run.code(with: &coder)
  }
}

extension PrecursorMonitor.Run: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&start)
    coder.code(&targets)
    coder.code(&misses)
  }
}
