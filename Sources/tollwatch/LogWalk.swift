import AccessLog
import Foundation

/// Reads all sources of a plan, merged by time as a replay merges them, and hands over what it
/// reads step by step: for commands that look at records themselves.
struct LogWalk {
  enum Step {
    case batch(RecordBatch)
    /// Bytes are missing here.
    case gap
    /// The source has been read.
    case end
  }

  private let plan: ReplayPlan
  private let pool: BatchPool

  init(_ plan: ReplayPlan) {
    self.plan = plan
    pool = BatchPool(hash: plan.fingerprints.tableHash)
  }

  /// A batch that is done with, for its memory.
  func give(_ batch: consuming RecordBatch) { pool.give(batch) }

  /// Calls `body` for each step with the index of its source in the plan; always for the source
  /// whose clock is slowest, so that seconds of several sources come together.
  func run(_ body: (consuming Step, Int) throws -> Void) async throws {
    Interruption.listen()
    var progress = ReplayProgress(plan.sources)
    defer { progress.hide() }
    var streams = plan.sources.map { _ in ParsedSource() }
    var clocks = plan.sources.map { _ in EventTime(milliseconds: .min) }
    let parserCount = max(1, plan.threadCount / plan.sources.count)
    try await withThrowingTaskGroup { group in
      for (source, stream) in zip(plan.sources, streams) {
        stream.start(
          source, parserCount: parserCount, batches: pool, meter: progress.meter, digests: [],
          shouldStop: { Interruption.isRequested }, in: &group)
      }
      let waiting = streams
      group.addTask {
        while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
        for stream in waiting { stream.stop() }
      }
      var running = Array(streams.indices)
      while let source = running.min(by: { (clocks[$0], $0) < (clocks[$1], $1) }) {
        guard let step = await streams[source].next() else {
          running.removeAll { $0 == source }
          try body(.end, source)
          continue
        }
        switch step {
        case .batch(let batch):
          clocks[source] = batch.times.max() ?? clocks[source]
          progress.note(lines: batch.lineCount, at: clocks[source])
          try body(.batch(batch), source)
        case .gap: try body(.gap, source)
        case .note(let text):
          progress.hide()
          StandardError.writeLine(text)
        case .unverified: break
        }
      }
      guard Interruption.isRequested else { return group.cancelAll() }
      // A reader may hang on a pipe that says nothing, so its task cannot be waited for.
      throw Stop(ExitStatus.interrupted, "stopped before the end")
    }
  }
}
