import AccessLog
package import Baselines
public import Detection

/// All that a pipeline knows between two chunks.
///
/// Taking it is cheap, because it shares memory with the pipeline until that changes it; writing
/// it takes longer and can be done on another thread, while the pipeline goes on.
public struct PipelineState: Sendable {
  var engine: EngineState
  let hash: SipHash
  var blocks: [LineBlocks]
  var segments: [Int]
  var journal: [JournalEntry]
  var hasNotedStart: Bool
  var toldGapCount: Int

  /// The state in pages; those that are as they were need not be stored again.
  public func pages(seal: SnapshotSeal = .none) -> [SnapshotPage] { book(seal).pages }

  /// What stands before the pages where all are one run of bytes.
  public var head: [UInt8] { SnapshotBook.head(hash) }

  /// All in one run.
  public func bytes(seal: SnapshotSeal = .none) -> [UInt8] { book(seal).bytes() }

  private func book(_ seal: SnapshotSeal) -> SnapshotBook {
    var book = SnapshotBook(hash: hash, seal: seal)
    var state = self
    _ = state.code(in: &book)
    return book
  }
}

extension Pipeline {
  /// What it knows now, to be called between chunks.
  public func state() -> PipelineState {
    PipelineState(
      engine: engine.state(contentHashes), hash: hash, blocks: blocks, segments: segments,
      journal: journal,
      hasNotedStart: hasNotedStart, toldGapCount: toldGapCount)
  }

  /// Everything from which a new pipeline goes on as this one would.
  public func snapshot(seal: SnapshotSeal = .none) -> [UInt8] { state().bytes(seal: seal) }

  /// Goes on where the pipeline was of which `bytes` are a snapshot.
  public init(
    rules: RuleSet, registry: KeyRegistry, sources: [SourceDeclaration], options: EngineOptions,
    restoring bytes: [UInt8], seal: SnapshotSeal = .none
  ) throws(SnapshotFault) {
    self.init(rules: rules, registry: registry, sources: sources, options: options)
    var book = try SnapshotBook(reading: bytes, hash: options.hash, seal: seal)
    var state = self.state()
    let outcome = state.code(in: &book)
    if let fault = book.fault { throw fault }
    take(state, outcome)
  }

  private mutating func take(_ state: consuming PipelineState, _ outcome: SnapshotOutcome) {
    engine.take(state.engine)
    blocks = state.blocks
    segments = state.segments
    journal = state.journal
    hasNotedStart = state.hasNotedStart
    toldGapCount = state.toldGapCount
    restored = outcome
    noteChange(outcome)
  }

  /// Other rules and another registry hold from where the snapshot was taken.
  private mutating func noteChange(_ outcome: SnapshotOutcome) {
    guard hasNotedStart, let now = engine.statistics.lastTime else { return }
    if outcome.hasOtherRules {
      journal.append(JournalEntry(.rules, time: now, detail: contentHashes.rules))
    }
    if outcome.hasOtherRegistry {
      journal.append(JournalEntry(.registry, time: now, detail: contentHashes.registry))
    }
  }

  /// Where in the segment of `source` the next chunk begins.
  public func offset(of source: Int) -> Int64 { blocks[source].offset }

  /// Segments of `source` that have ended.
  public func segmentIndex(of source: Int) -> Int { segments[source] }
}

extension PipelineState {
  mutating func code(in book: inout SnapshotBook) -> SnapshotOutcome {
    let outcome = engine.code(in: &book)
    codeBytes(outcome.sources, &book)
    book.page(.flow, 3) { coder in
      coder.code(&hasNotedStart)
      coder.code(&toldGapCount)
    }
    book.blocks(.flow, 4, &journal, blank: .blank) { $0.code(with: &$1) }
    book.require((0...engine.gapCount).contains(toldGapCount), .flow)
    return outcome
  }

  /// Where each source's bytes end, with those of the line that is not yet whole.
  private mutating func codeBytes(_ change: SourceChange, _ book: inout SnapshotBook) {
    var savedBlocks = change.room(for: blocks, blank: LineBlocks())
    var savedSegments = change.room(for: segments, blank: 0)
    book.page(.line, 1 << 32) { coder in
      for source in savedBlocks.indices {
        savedBlocks[source].state.code(with: &coder)
        coder.code(&savedSegments[source])
      }
    }
    guard book.isReading else { return }
    let fresh = blocks
    blocks = change.arranged(savedBlocks, fresh: fresh)
    for source in blocks.indices { blocks[source].findsHeaders = fresh[source].findsHeaders }
    segments = change.arranged(savedSegments, fresh: segments)
  }
}

extension JournalEntry: StateCoded {
  static let blank = JournalEntry(.tick, time: .init(milliseconds: 0))

  package mutating func code(with coder: inout StateCoder) {
    var name = kind.rawValue
    coder.code(&name)
    guard let known = Kind(rawValue: name) else { return coder.require(false) }
    kind = known
    coder.code(&time.milliseconds)
    coder.code(&source)
    var end = until?.milliseconds
    coder.code(&end)
    until = end.map(EventTime.init(milliseconds:))
    coder.code(&detail)
  }
}

extension LineBlocks.State: StateCoded {
  package mutating func code(with coder: inout StateCoder) {
    coder.code(&offset)
    coder.code(&droppedLineCount)
    coder.code(&tail)
    coder.code(&unreportedDropCount)
    coder.code(&header)
    coder.code(&isSkipping)
    coder.code(&skippedByteCount)
    coder.require(skippedByteCount >= 0 && tail.count <= LineBlocks.lineBytesMax + 1)
  }
}
