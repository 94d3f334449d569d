public import AccessLog
public import Detection
import GRDB
import Synchronization

/// Writes the usage of one run into a database, hour by hour.
///
/// An hour of a file is written whole. Where the database has an account of the same hour of the
/// same file, the one of more requests stands, and of two with equally many the later: a replay
/// of a part, or one that was stopped, takes nothing away, and the same logs with another
/// registry get its names. The same replay again changes nothing.
public final class UsageWriter: Sendable {
  private let store: AlertStore
  private let hash: SipHash
  /// Beyond so many rows of hours the oldest days are dropped.
  private let rowCountMax: Int
  private let state: Mutex<State>

  /// Row numbers in the database, as far as they were needed.
  private struct State {
    var series: [UsageSeries] = []
    var seriesIDs: [Int64?] = []
    var partIDs: [UsagePart: Int64] = [:]
    /// All rows of hours in the database, once they were counted.
    var rowCount: Int?
    var droppedRowCount = 0
  }

  /// `hash` has the secret of the installation; `partIDs` are those that another writer was given
  /// by ``identifiers(of:file:)``.
  public init(
    _ store: AlertStore, hash: SipHash, rowCountMax: Int = .max, partIDs: [UsagePart: Int64] = [:]
  ) {
    self.store = store
    self.hash = hash
    self.rowCountMax = rowCountMax
    state = Mutex(State(partIDs: partIDs))
  }

  /// Rows of hours that were dropped to make room.
  public var droppedRowCount: Int { state.withLock { $0.droppedRowCount } }

  /// The numbers of `parts` in the database, where they keep for ever what the parts are.
  public func identifiers(
    of parts: [UsagePart], file: (UsagePart) -> UsageFile
  ) throws(StoreFault) -> [UsagePart: Int64] {
    try state.withLock { state throws(StoreFault) in
      var next = state
      try store.transaction { [hash] db in
        for part in parts { _ = try Self.partID(part, file, &next, hash, db) }
      }
      state = next
      return next.partIDs.filter { parts.contains($0.key) }
    }
  }

  /// Writes `harvest` in one transaction; `file` tells which file a part is. After a fault its hours may
  /// be written again; its series are known by then.
  @discardableResult
  public func write(
    _ harvest: UsageHarvest, file: (UsagePart) -> UsageFile
  ) throws(StoreFault) -> StoreChanges.Rows {
    try state.withLock { state throws(StoreFault) in
      var next = state
      next.series += harvest.newSeries
      next.seriesIDs += Array(repeating: nil, count: harvest.newSeries.count)
      // After a rollback the numbers of before hold.
      state.series = next.series
      state.seriesIDs += Array(repeating: nil, count: harvest.newSeries.count)
      var rows = StoreChanges.Rows()
      try store.transaction { db in
        for hour in harvest.hours {
          var start = 0
          while start < hour.rows.count {
            let part = hour.rows[start].part
            let end = hour.rows[start...].firstIndex { $0.part != part } ?? hour.rows.count
            let id = try Self.partID(part, file, &next, hash, db)
            let rowsOfPart = try hour.rows[start..<end].map {
              try UsageTableRow(series: Self.seriesID($0.series, &next, db), counts: $0.counts)
            }
            rows += try UsageTables.write(
              rowsOfPart.sorted { $0.series < $1.series }, hour: hour.start, part: id, to: db)
            start = end
          }
        }
        try Self.makeRoom(rowCountMax, rows, &next, db)
      }
      state = next
      return rows
    }
  }

  /// Drops the oldest days where there are too many rows.
  private static func makeRoom(
    _ rowCountMax: Int, _ written: StoreChanges.Rows, _ state: inout State, _ db: Database
  ) throws {
    guard rowCountMax < .max else { return }
    var count =
      try state.rowCount.map { $0 + written.added - written.removed } ?? UsageTables.rowCount(db)
    while count > rowCountMax {
      let dropped = try UsageTables.dropOldestDay(db)
      guard dropped > 0 else { break }
      count -= dropped
      state.droppedRowCount += dropped
      try UsageTables.dropUnused(keepingParts: Array(state.partIDs.values), db)
      state.seriesIDs = Array(repeating: nil, count: state.series.count)
    }
    state.rowCount = count
  }

  private static func seriesID(
    _ index: Int, _ state: inout State, _ db: Database
  ) throws -> Int64 {
    if let known = state.seriesIDs[index] { return known }
    let id = try UsageTables.id(of: state.series[index], in: db)
    state.seriesIDs[index] = id
    return id
  }

  private static func partID(
    _ part: UsagePart, _ file: (UsagePart) -> UsageFile, _ state: inout State, _ hash: SipHash,
    _ db: Database
  ) throws -> Int64 {
    if let known = state.partIDs[part] { return known }
    let id = try UsageTables.id(of: file(part), hash, in: db)
    state.partIDs[part] = id
    return id
  }
}
