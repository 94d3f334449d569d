import Baselines

extension TallyMonitor {
  /// What it counts; the limit may change.
  var definition: String {
    let part = plan.part.map { " part \($0.text)" } ?? ""
    return "\(entityType.rawValue) \(plan.windowMilliseconds) \(filter.definition)\(part)"
  }

  mutating func code(_ part: Int, in book: inout SnapshotBook) {
    codeSeries(part, &book)
    let isReading = book.isReading
    book.page(.tall, (2 * part + 1) << 32) { coder in
      coder.code(&touched)
      coder.code(&refusedCount)
      coder.code(&evidence, slotCount: series.count)
      coder.require(touched.allSatisfy { $0 < UInt32(series.count) })
      guard isReading, !coder.isDamaged else { return }
      for slot in touched { series[Int(slot)].isTouched = true }
    }
    if isReading, book.fault == nil { linkEntities(&book) }
  }

  private mutating func codeSeries(_ part: Int, _ book: inout SnapshotBook) {
    let isReading = book.isReading
    book.elements(.tall, 2 * part, count: series.count) { slot, coder in
      var one = isReading ? TallySeries(entity: .blank, firstCell: 0, cell: 0) : series[slot]
      one.entity.code(with: &coder)
      coder.code(&one.firstCell)
      coder.code(&one.cell)
      coder.require(one.cell >= 0 && one.firstCell <= one.cell)
      one.sum = codeCells(&counts, slot, &coder)
      if plan.part != nil { one.partSum = codeCells(&parts, slot, &coder) }
      if isReading { series.append(one) }
    }
  }

  /// Writes the cells of a series, or reads and appends them; what they sum to.
  private func codeCells(_ cells: inout [Int32], _ slot: Int, _ coder: inout StateCoder) -> Int64 {
    var sum: Int64 = 0
    for index in 0..<cellCount {
      var cell = coder.isReading ? 0 : cells[slot * cellCount + index]
      coder.code(&cell)
      if coder.isReading { cells.append(cell) }
      sum += Int64(cell)
    }
    return sum
  }

  /// Finds each entity's slot again.
  private mutating func linkEntities(_ book: inout SnapshotBook) {
    guard let table = SlotTable(rows: series.lazy.map(\.entity.index)) else {
      return book.damage(.tall)
    }
    slotOfEntity = table
  }

  /// Goes on under other rules or another registry: leaves out whom it knows no more, and watches
  /// the others anew.
  mutating func adapt(
    _ change: RegistryChange, _ context: inout EngineContext, _ book: inout SnapshotBook
  ) {
    guard book.fault == nil else { return }
    let old = self
    (series, counts, parts) = ([], [], [])
    // What stood beyond the limit in the second under way shows when it speaks again.
    (touched, evidence) = ([], [:])
    for (slot, one) in old.series.enumerated() {
      guard let entity = change.entity(one.entity) else { continue }
      var kept = one
      kept.entity = entity
      kept.isTouched = false
      series.append(kept)
      let cells = slot * cellCount..<(slot + 1) * cellCount
      counts += old.counts[cells]
      if plan.part != nil { parts += old.parts[cells] }
      watch(series.count - 1, &context)
    }
    linkEntities(&book)
  }
}
