public import AccessLog
public import Detection

/// Composes the core: chunks of bytes in, revisions of alerts out.
///
/// Live and replay differ only in who hands over the chunks. Reading and parsing may run
/// elsewhere, on any number of threads, if the batches of a source come back in its order; the
/// alerts are the same.
public struct Pipeline: ~Copyable, Sendable {
  var engine: Engine
  let sources: [SourceDeclaration]
  var blocks: [LineBlocks]
  var segments: [Int]
  let hash: SipHash
  /// What the alerts depend on besides the bytes, in the order in which it held.
  public internal(set) var journal: [JournalEntry] = []
  let contentHashes: EngineState.ContentHashes
  var hasNotedStart = false
  var toldGapCount = 0
  /// What it could go on from, where it was restored from a snapshot.
  public internal(set) var restored: SnapshotOutcome?

  public init(
    rules: RuleSet, registry: KeyRegistry, sources: [SourceDeclaration], options: EngineOptions
  ) {
    engine = Engine(
      rules: rules, registry: registry, sources: sources, options: options)
    self.sources = sources
    blocks = sources.map { LineBlocks(findsHeaders: $0.parser.hasHeaders) }
    segments = sources.map { _ in 0 }
    hash = options.hash
    contentHashes = .init(rules: rules.contentHash, registry: registry.contentHash)
  }

  // MARK: - input

  /// Takes the next bytes of the segment that `source` is in; they may end anywhere.
  public mutating func push(
    _ chunk: consuming [UInt8], from source: Int, into alerts: inout [Alert]
  ) {
    var cut: [LineBlocks.Block] = []
    blocks[source].push(chunk, into: &cut)
    parse(cut, source, into: &alerts)
  }

  /// The segment that `source` was in has ended; an unfinished last line is a line.
  public mutating func endSegment(of source: Int, into alerts: inout [Alert]) {
    var cut: [LineBlocks.Block] = []
    blocks[source].finish(into: &cut)
    parse(cut, source, into: &alerts)
    blocks[source] = LineBlocks(findsHeaders: sources[source].parser.hasHeaders)
    segments[source] += 1
  }

  /// Takes a batch that was parsed elsewhere.
  public mutating func push(
    _ batch: consuming RecordBatch, from source: Int, into alerts: inout [Alert]
  ) {
    engine.observe(batch, from: source, into: &alerts)
    noteStart()
  }

  /// Takes what is no record but holds from now on.
  public mutating func apply(_ entry: JournalEntry, into alerts: inout [Alert]) {
    switch entry.kind {
    case .gap:
      if let source = index(of: entry.source) { noteGap(in: source, entry, into: &alerts) }
      return  // journaled with what the engine made of it
    case .excluded:
      if let source = index(of: entry.source) { engine.exclude(source, into: &alerts) }
    case .rejoined:
      if let source = index(of: entry.source) { engine.rejoin(source, into: &alerts) }
    case .tick: engine.tick(entry.time, into: &alerts)
    case .configuration: settle(into: &alerts)
    case .mark:
      guard let name = entry.detail, Mark.isLegal(name: name) else { return }
      engine.note(Mark(name: name, time: entry.time), into: &alerts)
    case .rules, .registry, .late, .backfill: break
    }
    journal.append(entry)
  }

  /// Judges all that can no longer change. What comes out is then a function of what went in, and
  /// not of how it was cut.
  public mutating func settle(into alerts: inout [Alert]) { engine.settle(into: &alerts) }

  /// The journal since it was taken last.
  public mutating func takeJournal() -> [JournalEntry] {
    defer { journal = [] }
    return journal
  }

  /// No more bytes will come from `source`.
  public mutating func finish(_ source: Int, into alerts: inout [Alert]) {
    engine.finish(source, into: &alerts)
    noteStart()
    noteGaps()
  }

  /// Once every source has been finished: nothing will follow, so alerts do not stay open.
  public mutating func conclude(into alerts: inout [Alert]) { engine.conclude(into: &alerts) }

  /// Bytes of `source` are missing here: what came next is unknown until its next record.
  public mutating func noteGap(in source: Int) { engine.noteGap(in: source) }

  /// A batch that is done with, for its memory.
  public mutating func spareBatch() -> RecordBatch? { engine.spareBatch() }

  /// A batch to fill: one that was used before, where there is one.
  public mutating func emptyBatch() -> RecordBatch {
    engine.spareBatch() ?? RecordBatch(hash: hash)
  }

  /// A gap whose end is known is what it says; another lasts until the next record, and what
  /// follows it does not continue the line that is open.
  private mutating func noteGap(
    in source: Int, _ entry: JournalEntry, into alerts: inout [Alert]
  ) {
    if let end = entry.until { return engine.noteGap(in: source, from: entry.time, to: end) }
    var cut: [LineBlocks.Block] = []
    blocks[source].finish(into: &cut)
    parse(cut, source, into: &alerts)
    engine.noteGap(in: source)
  }

  private func index(of source: String?) -> Int? {
    sources.firstIndex { $0.name == source }
  }

  private mutating func parse(
    _ cut: consuming [LineBlocks.Block], _ source: Int, into alerts: inout [Alert]
  ) {
    for block in cut {
      var batch = emptyBatch()
      sources[source].parser.parse(block, into: &batch)
      batch.segmentIndex = segments[source]
      engine.observe(batch, from: source, into: &alerts)
    }
    noteStart()
  }

  // MARK: - journal

  /// Rules and registry hold from the first record on.
  private mutating func noteStart() {
    guard !hasNotedStart, let first = engine.statistics.firstTime else { return }
    hasNotedStart = true
    journal.append(JournalEntry(.rules, time: first, detail: contentHashes.rules))
    journal.append(JournalEntry(.registry, time: first, detail: contentHashes.registry))
  }

  private mutating func noteGaps() {
    let gaps = engine.statistics.gaps
    for gap in gaps[toldGapCount...] {
      journal.append(
        JournalEntry(.gap, time: gap.start, source: gap.source, until: gap.end))
    }
    toldGapCount = gaps.count
  }

  // MARK: - what it says of itself

  /// Records that wait for older ones.
  public var waitingCount: Int { engine.waitingCount }

  /// The event time that a source has reached.
  public func clock(of source: Int) -> EventTime? { engine.clock(of: source) }

  /// Whether event time does not wait for the source, because it was silent.
  public func isExcluded(_ source: Int) -> Bool { engine.isExcluded(source) }

  /// Rows of usage that wait to be taken.
  public var waitingUsageCount: Int { engine.waitingUsageCount }

  /// The segments that told of usage that was not taken yet, ascending.
  public var waitingUsageParts: [UsagePart] { engine.waitingUsageParts }

  /// Whoever takes usage next begins to: series come with it that were taken before.
  public mutating func tellUsageAnew() { engine.tellUsageAnew() }

  /// Takes the hours of usage that are whole, and the open one at the end of all records.
  public mutating func takeUsage(andOpenHour: Bool = false) -> UsageHarvest {
    engine.takeUsage(andOpenHour: andOpenHour)
  }

  public var statistics: EngineStatistics { engine.statistics }

  /// What the options ask for, once every source has been finished.
  public mutating func explanation() -> Explanation? { engine.explanation() }

  /// What the engine knows of the weeks of an entity.
  public func learntWeeks(of names: [String], at time: EventTime? = nil) -> [LearntWeek] {
    engine.learntWeeks(of: names, at: time)
  }

  public func phrase(ofAny names: [String]) -> String? { engine.phrase(ofAny: names) }

  /// Whose weeks are learnt.
  public var whoHasWeeks: [String] { engine.whoHasWeeks }

  public func summary() -> EngineSummary { engine.summary() }

  /// What of the coverage is new since it was taken last.
  public mutating func takeCoverage() -> CoverageChange { engine.takeCoverage() }

  /// The summary without the coverage: what it costs does not grow with what was read.
  public func tally() -> EngineSummary { engine.tally() }
}
