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

// MARK: - another registry, other sources

extension UsageLedger {
  /// Rows of the registry have moved: who a caller is, is asked anew.
  mutating func adapt(_ registry: RegistryChange, _ sources: SourceChange, _ keys: KeyTable) {
    names.adapt(registry)
    table.adapt { place, last in
      guard let source = sources.place(place.part.source) else { return nil }
      var place = place
      place.part.source = source
      if place.key == UsagePlace.foldedKey {
        place.row = Int32(registry.supplier(Int(place.row)) ?? -1)
      } else {
        place.row = keys.row(of: place.key, at: last)
      }
      return place
    }
    for hour in finished.indices {
      finished[hour].rows = finished[hour].rows.compactMap { row in
        sources.place(row.part.source).map { source in
          var row = row
          row.part.source = source
          return row
        }
      }
    }
  }
}

extension UsageNames {
  /// Which series a place is of depended on the registry; series themselves are names.
  mutating func adapt(_ registry: RegistryChange) {
    known = [:]
    places = []
    resourceIndices = [:]
    for index in resources.indices {
      guard var resource = resources[index] else { continue }
      resource.api = resource.api.flatMap(registry.api)
      resources[index] = resource
      if resourceIndices[resource] == nil { resourceIndices[resource] = UInt32(index) }
    }
  }
}

extension UsageTable {
  /// - Parameter change: The place of today; `nil` where what was counted is of no source any more.
  mutating func adapt(_ change: (UsagePlace, Int64) -> UsagePlace?) {
    let before = zip(places, counts)
    let rows = before.map { (place: change($0, $1.last), counts: $1) }
    removeAll()
    for row in rows {
      guard let place = row.place else { continue }
      counts[find(place) ?? insert(place)].add(row.counts)
    }
  }
}
