import AccessLog

/// Counts who asked what, hour by hour: requests, errors, throttled ones, bytes, by caller,
/// route, version and network.
///
/// Records come in the canonical order, so an hour is whole when a record of the next one comes;
/// then its rows are named, sorted and kept for ``take(andOpenHour:)``. What it says is a
/// function of the records alone. Callers choose paths and addresses, so there are bounds: what
/// has no row of its own any more is counted for its caller, whatever the route and network, and
/// where there are too many callers as well, for its supplier. What is not told apart is called
/// ``otherName``; the totals stay right.
struct UsageLedger: Sendable {
  static let otherName = UsageSeries.otherName
  static let hourMilliseconds: Int64 = 3_600_000

  /// Whether anybody asked for it; it costs nothing if not.
  let isOn: Bool
  /// Requests that were counted for their caller or supplier alone.
  var foldedCount = 0

  private let bounds: UsageBounds
  var names: UsageNames
  var table: UsageTable
  var hour: Int64?
  /// Rows of whole hours that were handed out or wait to be.
  var rowCount = 0
  var finished: [UsageHour] = []

  init(isOn: Bool, registry: KeyRegistry, hash: SipHash, bounds: UsageBounds) {
    self.isOn = isOn
    self.bounds = bounds
    names = UsageNames(registry: registry, hash: hash, bounds: bounds)
    table = UsageTable(hash: hash)
  }

  /// Rows of whole hours that wait to be taken.
  var waitingCount: Int { finished.reduce(0) { $0 + $1.rows.count } }

  /// The segments that told of what was not taken yet, ascending.
  var waitingParts: [UsagePart] {
    let parts = table.places.map(\.part) + finished.flatMap { $0.rows.map(\.part) }
    return Set(parts).sorted()
  }

  /// Whether the hour that is being counted is over with a record of `time`.
  @inline(__always)
  func isHourOver(at time: Int64) -> Bool { time / Self.hourMilliseconds != hour }

  /// Counts the record at `index`, which stands for `weight` requests, and lies in the open hour
  /// or opens one.
  @inline(__always)
  mutating func count(
    _ retained: inout RecordQueue.Retained, _ index: Int, _ weight: Int, at time: Int64,
    _ caller: KeyTable.Caller
  ) {
    if hour == nil { hour = time / Self.hourMilliseconds }
    let place = UsagePlace(
      key: caller.key, row: caller.row, resource: names.resource(&retained, index),
      network: UsageNetwork(of: retained.batch, index), part: retained.part)
    let slot = table.find(place) ?? newSlot(for: place, supplier: caller.supplier, weight)
    table.counts[slot].add(retained.batch, index, weight, at: time)
  }

  /// A row for `place`, or where there is no room that of its caller or supplier.
  private mutating func newSlot(
    for place: UsagePlace, supplier: Int32, _ weight: Int
  ) -> Int {
    if hasRoom(bounds.rowsPerHour) { return table.insert(place) }
    foldedCount += weight
    let caller = place.ofAnyRoute
    if let slot = table.find(caller) { return slot }
    if hasRoom(2 * bounds.rowsPerHour) { return table.insert(caller) }
    let folded = UsagePlace.folded(supplier: supplier, part: place.part)
    return table.find(folded) ?? table.insert(folded)
  }

  private func hasRoom(_ rowsPerHour: Int) -> Bool {
    table.places.count < rowsPerHour && rowCount < bounds.rows
  }

  /// Names the rows of the hour and puts them into an order that is a function of the records.
  mutating func closeHour(_ keys: KeyTable) {
    guard let hour, !table.places.isEmpty else { return }
    var rows: [UsageRow] = []
    rows.reserveCapacity(table.places.count)
    for slot in table.places.indices {
      let place = table.places[slot]
      let counts = table.counts[slot]
      var series = names.series(of: place, at: counts.last, keys)
      if series == nil {
        foldedCount += counts.requests
        series =
          names.series(of: place.ofAnyRoute, at: counts.last, keys)
          ?? names.foldedSeries(place, keys)
      }
      rows.append(UsageRow(series: series ?? 0, part: place.part, counts: counts))
    }
    finished.append(
      UsageHour(
        start: EventTime(milliseconds: hour * Self.hourMilliseconds), rows: Self.merged(rows)))
    rowCount += finished[finished.count - 1].rows.count
    table.removeAll()
    self.hour = nil
  }

  /// Sorted by part and series; rows of one series, whose places bear the same names, become one.
  private static func merged(_ rows: [UsageRow]) -> [UsageRow] {
    var merged: [UsageRow] = []
    merged.reserveCapacity(rows.count)
    for row in rows.sorted(by: { ($0.part, $0.series) < ($1.part, $1.series) }) {
      if let last = merged.last, last.part == row.part, last.series == row.series {
        merged[merged.count - 1].counts.add(row.counts)
      } else {
        merged.append(row)
      }
    }
    return merged
  }

  /// Takes out the whole hours, in their order, and the series that are new since last time. The
  /// open hour comes along where `andOpenHour` says that no more records will come.
  mutating func take(andOpenHour: Bool, _ keys: KeyTable) -> UsageHarvest {
    if andOpenHour { closeHour(keys) }
    let harvest = UsageHarvest(hours: finished, newSeries: names.takeNewSeries())
    finished.removeAll()
    return harvest
  }
}

/// How much usage is kept apart.
package struct UsageBounds: Sendable {
  /// Rows of one hour that tell routes and networks apart; as many more may tell callers apart.
  package var rowsPerHour = 30_000
  /// Rows of a run, each some 40 bytes in the database.
  package var rows = 5_000_000
  /// Combinations of caller, route, version and network in a run, each some 200 bytes; as many
  /// more may tell callers apart.
  package var series = 200_000

  package init() {}
}
