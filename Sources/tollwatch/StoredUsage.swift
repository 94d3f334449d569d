import AccessLog
import AlertStore
import Detection
import Ingest
import Pipeline

/// Brings the usage that a replay counts into its database.
struct StoredUsage {
  /// Rows that are written in one transaction, or somewhat more: a whole hour is.
  static let waitingCountMax = 20_000

  private let writer: UsageWriter
  private let plan: ReplayPlan
  /// The first bytes of each segment, which tell the file apart from others.
  private var heads: [UsagePart: [UInt8]] = [:]

  /// Room for the lines at the top of a W3C log, which are left out.
  private static let headBytesMax = 2 * UsageFile.headBytesMax

  init(_ store: AlertStore, _ plan: ReplayPlan) {
    writer = UsageWriter(store, hash: plan.fingerprints.tableHash)
    self.plan = plan
  }

  /// Keeps the beginning of a segment; batches come in the order of its bytes.
  mutating func noteHead(of batch: borrowing RecordBatch, _ source: Int) {
    let part = UsagePart(source: source, segment: batch.segmentIndex)
    let room = Self.headBytesMax - (heads[part]?.count ?? 0)
    guard room > 0 else { return }
    heads[part, default: []] += batch.bytes.prefix(room)
  }

  func write(_ harvest: UsageHarvest) throws(Stop) {
    guard !harvest.isEmpty else { return }
    do throws(StoreFault) {
      try writer.write(harvest) { part in
        let source = plan.sources[part.source]
        return UsageFile(
          source: source.name, path: source.segments[part.segment].path, head: heads[part] ?? [])
      }
    } catch { throw Stop(ExitStatus.failed, error.description) }
  }
}
