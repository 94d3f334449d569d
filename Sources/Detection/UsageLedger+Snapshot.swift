import AccessLog
import Baselines

extension UsageLedger {
  mutating func code(in book: inout SnapshotBook) {
    var wasOn = isOn
    book.page(.usag) { coder in
      coder.code(&wasOn)
      coder.code(&foldedCount)
      coder.code(&hour)
      coder.code(&rowCount)
    }
    guard wasOn, isOn, book.fault == nil else { return }
    names.code(in: &book)
    table.code(in: &book)
    book.blocks(.usag, 2, perPage: 1, &finished, blank: UsageHour(start: .blank, rows: [])) {
      $0.code(with: &$1)
    }
  }
}

extension UsageNames {
  mutating func code(in book: inout SnapshotBook) {
    entities.code(1, in: &book)
    book.blocks(.usag, 3, &resources, blank: nil) { $1.code(&$0, blank: .init(route: 0)) }
    book.blocks(.usag, 4, &series, blank: UsageSeries()) { $0.code(with: &$1) }
    codePlaces(&book)
    book.page(.usag, 1) { $0.code(&takenCount) }
    guard book.isReading, book.fault == nil else { return }
    book.require(resources.first == .some(nil) && (0...series.count).contains(takenCount), .usag)
    for (index, resource) in resources.enumerated() {
      if let resource { resourceIndices[resource] = UInt32(index) }
    }
    for (index, series) in series.enumerated() { seriesIndices[series] = index }
  }

  private mutating func codePlaces(_ book: inout SnapshotBook) {
    var all = places.map { Known(place: $0, series: known[$0] ?? 0) }
    book.blocks(.usag, 5, &all, blank: Known()) { $0.code(with: &$1) }
    guard book.isReading, book.fault == nil else { return }
    places = all.map(\.place)
    for entry in all {
      book.require(series.indices.contains(entry.series), .usag)
      known[entry.place] = entry.series
    }
  }

  private struct Known: StateCoded {
    var place = UsagePlace.blank
    var series = 0

    mutating func code(with coder: inout StateCoder) {
      place.code(with: &coder)
      coder.code(&series)
    }
  }
}

extension UsageTable {
  mutating func code(in book: inout SnapshotBook) {
    var rows =
      book.isReading ? [] : places.indices.map { Row(place: places[$0], counts: counts[$0]) }
    book.blocks(.usag, 6, &rows, blank: Row()) { $0.code(with: &$1) }
    guard book.isReading, book.fault == nil else { return }
    for row in rows {
      guard find(row.place) == nil else { return book.damage(.usag) }
      counts[insert(row.place)] = row.counts
    }
  }

  private struct Row: StateCoded {
    var place = UsagePlace.blank
    var counts = UsageCounts()

    mutating func code(with coder: inout StateCoder) {
      place.code(with: &coder)
      counts.code(with: &coder)
    }
  }
}

extension UsagePlace: StateCoded {
  static let blank = UsagePlace(
    key: 0, row: 0, resource: 0, network: .none, part: UsagePart(source: 0, segment: 0))

  mutating func code(with coder: inout StateCoder) {
    coder.code(&key)
    coder.code(&row)
    coder.code(&resource)
    var bits = network.bits
    coder.code(&bits)
    network = UsageNetwork(bits: bits)
    part.code(with: &coder)
  }
}

extension RecordQueue.RouteEntities: StateCoded {
  mutating func code(with coder: inout StateCoder) {
    coder.code(&route)
    coder.code(&api)
    coder.code(&version)
  }
}
