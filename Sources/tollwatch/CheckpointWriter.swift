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
  func start(_ pipeline: PipelineState, _ positions: [ReadPosition], plan: String) {
    state.withLock { $0.isBusy = true }
    Thread.detachNewThread { [self] in
      do throws(StoreFault) {
        try write(pipeline, positions, plan: plan)
        state.withLock { $0.writtenCount += 1 }
      } catch { state.withLock { $0.fault = error } }
      state.withLock { $0.isBusy = false }
    }
  }

  /// Writes while the caller waits.
  func write(
    _ pipeline: PipelineState, _ positions: [ReadPosition], plan: String
  ) throws(StoreFault) {
    var batch = StoreBatch()
    batch.checkpoint = Checkpoint(
      plan: plan, positions: positions, state: pipeline.bytes(seal: seal))
    try store.write(batch)
  }
}
