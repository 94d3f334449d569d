import AccessLog
import ArgumentParser
import Foundation
import Ingest

/// Reads all sources of a plan, merged by time, and hands over what it reads step by step.
struct LogWalk {
  enum Step {
    case batch(RecordBatch)
    /// Bytes are missing here.
    case gap
    /// The checksum that should have vouched for these bytes is wrong or missing.
    case unverified(segment: Int, bytes: Range<Int64>)
    /// The source has been read.
    case end
    /// The person asked to stop; of no source. Nothing comes after it.
    case stopped
  }

  private let plan: ReplayPlan
  private let pool: BatchPool
  private let progress: ReplayProgress
  private let digests: (Int) -> [InputDigest]

  /// - Parameters:
  ///   - progress: of whoever else writes to the screen.
  ///   - digests: one for each segment of a source, or none.
  init(
    _ plan: ReplayPlan, progress: ReplayProgress? = nil,
    digests: @escaping (Int) -> [InputDigest] = { _ in [] }
  ) {
    self.plan = plan
    self.progress = progress ?? ReplayProgress(plan.sources)
    self.digests = digests
    pool = BatchPool(hash: plan.fingerprints.tableHash)
  }

  /// A batch that is done with, for its memory.
  func give(_ batch: consuming RecordBatch) { pool.give(batch) }

  /// Calls `body` for each step with the index of its source in the plan; always for the source
  /// whose clock is slowest, so that none waits long for the others. `body` gives the source's
  /// clock after the step; `nil` where it keeps none, and the latest stamp is taken.
  func run(_ body: (consuming Step, Int) throws -> EventTime?) async throws {
    Interruption.listen()
    defer { progress.hide() }
    var streams = plan.sources.map { _ in ParsedSource() }
    var clocks = plan.sources.map { _ in EventTime(milliseconds: .min) }
    let parserCount = max(1, plan.threadCount / plan.sources.count)
    try await withThrowingTaskGroup { group in
      for (number, source) in plan.sources.enumerated() {
        streams[number].start(
          source, parserCount: parserCount, batches: pool, meter: progress.meter,
          digests: digests(number),
          shouldStop: { Interruption.isRequested || Task.isCancelled }, in: &group)
      }
      let waiting = streams
      group.addTask { try await Self.stopWhenInterrupted(waiting) }
      var running = Array(streams.indices)
      while let source = running.min(by: { (clocks[$0], $0) < (clocks[$1], $1) }) {
        guard let step = await streams[source].next() else {
          running.removeAll { $0 == source }
          _ = try body(.end, source)
          continue
        }
        clocks[source] = try take(step, source, body) ?? clocks[source]
      }
      guard Interruption.isRequested else { return group.cancelAll() }
      _ = try body(.stopped, 0)
      throw leaving(Stop(ExitStatus.interrupted, "stopped before the end"))
    }
  }

  /// `stop`, to be thrown; where a reader may hang on a pipe that says nothing, so that its task
  /// cannot be waited for, the process ends here.
  func leaving(_ stop: Stop) -> Stop {
    guard plan.sources.contains(where: { $0.segments.contains(where: \.isStream) }) else {
      return stop
    }
    progress.hide()
    if !stop.message.isEmpty { StandardError.writeLine(stop.message) }
    exit(stop.status.rawValue)
  }

  /// The source's clock after the step; `nil` where it has not moved.
  private func take(
    _ step: ParsedSource.Step, _ source: Int, _ body: (consuming Step, Int) throws -> EventTime?
  ) throws -> EventTime? {
    switch step {
    case .batch(let batch):
      let (lineCount, latest) = (batch.lineCount, batch.times.max())
      let clock = try body(.batch(batch), source) ?? latest
      progress.note(lines: lineCount, at: clock)
      return clock
    case .gap: return try body(.gap, source)
    case .unverified(let segment, let bytes):
      return try body(.unverified(segment: segment, bytes: bytes), source)
    case .note(let text):
      progress.hide()
      StandardError.writeLine(text)
      return nil
    }
  }

  /// Ends the waiting for steps once the person asked for it.
  private static func stopWhenInterrupted(_ streams: [ParsedSource]) async throws {
    while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
    for stream in streams { stream.stop() }
  }
}
