import AlertStore
import Detection
import Foundation
import Pipeline
import Synchronization

/// Writes checkpoints beside the reading: taking a state is quick, bringing it to the disk is not.
final class CheckpointWriter: Sendable {
  private struct State {
    var isBusy = false
    var fault: StoreFault?
    var writtenCount = 0
  }

  private let store: AlertStore
  private let seal: SnapshotSeal
  private let state = Mutex(State())

  init(_ store: AlertStore, seal: SnapshotSeal) {
    self.store = store
    self.seal = seal
  }

  var isBusy: Bool { state.withLock { $0.isBusy } }
  var writtenCount: Int { state.withLock { $0.writtenCount } }

  /// Why the last one could not be written.
  func takeFault() -> StoreFault? {
    state.withLock { state in
      defer { state.fault = nil }
      return state.fault
    }
  }

  /// Begins to write, and comes back at once.
  func start(_ content: CheckpointContent) {
    state.withLock { $0.isBusy = true }
    Thread.detachNewThread { [self] in
      do throws(StoreFault) {
        try write(content)
        state.withLock { $0.writtenCount += 1 }
      } catch { state.withLock { $0.fault = error } }
      state.withLock { $0.isBusy = false }
    }
  }

  /// Writes while the caller waits, in one transaction with `batch`.
  func write(_ content: CheckpointContent, with batch: StoreBatch = StoreBatch()) throws(StoreFault)
  {
    var batch = batch
    batch.checkpoint = Checkpoint(
      plan: content.plan, positions: content.positions, state: content.state.head,
      pages: content.state.pages(seal: seal))
    batch.service[CheckpointContent.ordinalKey] = "\(content.ordinal)"
    batch.service[LiveUsage.partsKey] = content.usageParts
    if content.isBase { batch.journalBase = content.ordinal }
    try store.write(batch)
  }
}

/// A state and what belongs to it: where in the logs and in the journal it was taken.
struct CheckpointContent {
  /// Under which the database has ``ordinal``.
  static let ordinalKey = "checkpoint_journal"

  var plan: String
  var state: PipelineState
  var positions: [ReadPosition]
  /// The last entry of the journal that it holds.
  var ordinal: Int64
  /// Which files told of the usage that the state holds.
  var usageParts: String
  /// The journal begins here from now on.
  var isBase = false
}
