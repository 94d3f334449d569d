import AccessLog
import Detection
import Pipeline

extension LogWalk {
  /// Reads all into `pipeline`, and hands its alerts to `body`.
  func run(into pipeline: inout Pipeline, _ body: ([Alert]) -> Void = { _ in }) async throws {
    try await run { step, source in
      var alerts: [Alert] = []
      pipeline.take(step, from: source, into: &alerts)
      while let used = pipeline.spareBatch() { give(used) }
      body(alerts)
      return pipeline.clock(of: source)
    }
  }

  /// Reads all once, into two pipelines of the same sources.
  func run(
    into first: inout Pipeline, and second: inout Pipeline,
    _ body: (_ ofFirst: [Alert], _ ofSecond: [Alert]) -> Void
  ) async throws {
    try await run { step, source in
      var (ofFirst, ofSecond): ([Alert], [Alert]) = ([], [])
      first.take(step, from: source, into: &ofFirst)
      second.take(step, from: source, into: &ofSecond)
      // They hold the same memory, which goes back once.
      while first.spareBatch() != nil {}
      while let used = second.spareBatch() { give(used) }
      body(ofFirst, ofSecond)
      return second.clock(of: source)
    }
  }
}

extension Pipeline {
  /// What a walk found is taken as a replay takes it.
  mutating func take(
    _ step: LogWalk.Step, from source: Int, into alerts: inout [Alert]
  ) {
    switch step {
    case .batch(let batch): push(batch, from: source, into: &alerts)
    case .gap: noteGap(in: source)
    case .end: finish(source, into: &alerts)
    case .unverified, .stopped: break
    }
  }
}
