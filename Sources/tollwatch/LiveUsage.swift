import AlertStore
import Detection
import Foundation

/// Brings the usage that a service counts into its database, hour by hour.
///
/// A checkpoint counts by segments, so it comes with the numbers that these have in the database: what
/// is counted again after a death is of the same files, also where they are gone by then.
struct LiveUsage {
  /// Under which the database has the numbers.
  static let partsKey = "usage_parts"
  /// Rows of hours in the database, each some 60 bytes; beyond them the oldest days are dropped.
  static let rowCountMax = 5_000_000

  /// By the name of the source and the index of the segment.
  private typealias Numbers = [String: [String: Int64]]

  private let writer: UsageWriter
  private let sourceNames: [String]
  /// Those that told of what is not written yet, as far as this process has seen them.
  private var files: [UsagePart: UsageFile] = [:]
  private var waiting: [UsageHarvest] = []

  /// `known` is what the database has under ``partsKey``.
  init(_ store: AlertStore, _ plan: LivePlan, known: String?) {
    sourceNames = plan.sources.map(\.name)
    var partIDs: [UsagePart: Int64] = [:]
    let numbers =
      known.flatMap { try? JSONDecoder().decode(Numbers.self, from: Data($0.utf8)) } ?? [:]
    for (source, name) in sourceNames.enumerated() {
      for (segment, id) in numbers[name] ?? [:] {
        partIDs[UsagePart(source: source, segment: Int(segment) ?? 0)] = id
      }
    }
    writer = UsageWriter(
      store, hash: plan.fingerprints.tableHash, rowCountMax: Self.rowCountMax, partIDs: partIDs)
  }

  var hasWaiting: Bool { !waiting.isEmpty }

  /// Rows of hours that found no room any more.
  var droppedRowCount: Int { writer.droppedRowCount }

  /// How the segment begins; the more is known of that the better.
  mutating func note(_ opening: [UInt8], of part: UsagePart, path: String) {
    guard files[part].map({ $0.headBytes < opening.count }) ?? true else { return }
    files[part] = UsageFile(source: sourceNames[part.source], path: path, head: opening)
  }

  mutating func take(_ harvest: UsageHarvest) {
    if !harvest.isEmpty { waiting.append(harvest) }
  }

  /// After a fault it may be called again.
  mutating func write() throws(StoreFault) {
    while let harvest = waiting.first {
      // What fails has told its series all the same.
      waiting[0].newSeries = []
      try writer.write(harvest, file: file)
      waiting.removeFirst()
    }
  }

  /// Which files told of what a checkpoint is going to hold, to be written with it and under
  /// ``partsKey``: an older checkpoint has others. What it does not need is forgotten.
  mutating func numbers(of parts: [UsagePart]) throws(StoreFault) -> String {
    let ids = try writer.identifiers(of: parts, file: file)
    var numbers: Numbers = [:]
    for (part, id) in ids {
      numbers[sourceNames[part.source], default: [:]]["\(part.segment)"] = id
    }
    let newest = Dictionary(grouping: files.keys, by: \.source).compactMapValues { $0.max() }
    files = files.filter { ids[$0.key] != nil || newest[$0.key.source] == $0.key }
    return SortedJSON.text(numbers)
  }

  private func file(of part: UsagePart) -> UsageFile {
    files[part] ?? UsageFile(source: sourceNames[part.source], path: "", head: [])
  }
}
