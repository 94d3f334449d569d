import Baselines

extension TallyMonitor {
  /// What it counts; the limit may change.
  var definition: String {
    let part = part.map { " part \($0.text)" } ?? ""
    return "\(per.text) \(windowMilliseconds) \(filter.definition)\(part)"
      + counted.definition
  }

  mutating func code(_ part: Int, in book: inout SnapshotBook) {
    codeSeries(part, &book)
    let isReading = book.isReading
    book.page(.tall, (2 * part + 1) << 32) { coder in
      coder.code(&touched)
      coder.code(&refusedCount)
      if coder.version >= 2 { coder.code(&refusedValueCount) }
      codeEvidence(&coder)
      coder.require(touched.allSatisfy { $0 < UInt32(series.count) })
      guard isReading, !coder.isDamaged else { return }
      for slot in touched { series[Int(slot)].isTouched = true }
    }
    if isReading, book.fault == nil { linkEntities(&book) }
  }

  /// By judge; those of other rules, or of a monitor that had but one judge, are read all the same.
  private mutating func codeEvidence(_ coder: inout StateCoder) {
    var judgeCount = coder.isReading ? 1 : judges.count
    if coder.version >= 2 { coder.code(&judgeCount) }
    coder.require(0...Self.judgeCountMax ~= judgeCount)
    var index = 0
    while index < judgeCount, !coder.isDamaged {
      var lines = coder.isReading ? [:] : judges[index].evidence
      coder.code(&lines, slotCount: series.count)
      if coder.isReading, index < judges.count { judges[index].evidence = lines }
      index += 1
    }
  }

  /// More than a set of rules can have.
  private static let judgeCountMax = 1 << 20

  private mutating func codeSeries(_ part: Int, _ book: inout SnapshotBook) {
    let isReading = book.isReading
    book.elements(.tall, 2 * part, count: series.count) { slot, coder in
      var one = isReading ? TallySeries(entity: .blank, firstCell: 0, cell: 0) : series[slot]
      one.entity.code(with: &coder)
      coder.code(&one.firstCell)
      coder.code(&one.cell)
      coder.require(one.cell >= 0 && one.firstCell <= one.cell)
      one.sum = codeCells(&counts, slot, &coder)
      if self.part != nil { one.partSum = codeCells(&parts, slot, &coder) }
      if tellsValuesApart { codeValues(of: one, slot, &coder) }
      if isReading { series.append(one) }
    }
    if isReading, tellsValuesApart { valueTotal = series.reduce(0) { $0 &+ $1.sum } }
  }

  /// The values of a series with the cells in which they came last, which are as many as the cells
  /// say.
  private mutating func codeValues(
    of one: TallySeries, _ slot: Int, _ coder: inout StateCoder
  ) {
    let oldest = one.cell - Int64(cellCount) + 1
    var all =
      coder.isReading
      ? [] : values[slot].all(since: oldest).map { RecentValue(hash: $0.value, cell: $0.cell) }
    coder.array(&all, blank: RecentValue(hash: 0, cell: 0)) { $0.code(with: &$1) }
    guard coder.isReading else { return }
    coder.require(all.allSatisfy { oldest...one.cell ~= $0.cell } && all.count == one.sum)
    var recent = RecentValues()
    for value in all { recent.note(value.hash, in: value.cell, since: oldest) }
    values.append(recent)
  }

  private struct RecentValue: StateCoded {
    var hash: UInt64
    var cell: Int64

    mutating func code(with coder: inout StateCoder) {
      coder.word(&hash)
      coder.code(&cell)
    }
  }

  /// Writes the cells of a series, or reads and appends them; what they sum to.
  private func codeCells(_ cells: inout [Int64], _ slot: Int, _ coder: inout StateCoder) -> Int64 {
    var sum: Int64 = 0
    for index in 0..<cellCount {
      var cell: Int64 = coder.isReading ? 0 : cells[slot * cellCount + index]
      coder.code(&cell)
      if coder.isReading { cells.append(cell) }
      sum &+= cell
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
    touched = []
    values = []
    valueTotal = 0
    for index in judges.indices { judges[index].evidence = [:] }
    for (slot, one) in old.series.enumerated() {
      guard let entity = change.entity(one.entity) else { continue }
      var kept = one
      kept.entity = entity
      kept.isTouched = false
      series.append(kept)
      let cells = slot * cellCount..<(slot + 1) * cellCount
      counts += old.counts[cells]
      if part != nil { parts += old.parts[cells] }
      if tellsValuesApart {
        values.append(old.values[slot])
        valueTotal += one.sum
      }
      watch(series.count - 1, &context)
    }
    linkEntities(&book)
  }
}

extension TallyMonitor.Counted {
  fileprivate var definition: String {
    switch self {
    case .requests: ""
    case .amount(let field): " amount \(field)"
    case .values(let field): " values \(field.word)"
    }
  }
}
