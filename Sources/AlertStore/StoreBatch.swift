public import AccessLog
public import Detection

/// What is committed together: all of it, or nothing.
public struct StoreBatch: Hashable, Sendable {
  /// Revisions in the order in which the engine gave them.
  public var alerts: [Alert]
  public var journal: [JournalRow]
  public var coverage: [CoverageRow]
  /// The files of a source by the index of the segment: where evidence can be found again.
  public var segmentFiles: [String: [String]]
  /// How far each log was read, all of it; nil where that is not told.
  public var positions: [ReadPosition]?
  public var checkpoint: Checkpoint?
  /// The checkpoint is where the journal begins from now on: behind this entry. What steered before
  /// it goes.
  public var journalBase: Int64?
  /// What the journal has behind this entry is of a time that was undone, and goes first.
  public var journalEnd: Int64?
  /// What the service says of itself.
  public var service: [String: String] = [:]

  public init(
    alerts: [Alert] = [], journal: [JournalRow] = [], coverage: [CoverageRow] = [],
    segmentFiles: [String: [String]] = [:]
  ) {
    self.alerts = alerts
    self.journal = journal
    self.coverage = coverage
    self.segmentFiles = segmentFiles
  }

  public var isEmpty: Bool { alerts.isEmpty && journal.isEmpty && coverage.isEmpty }

  func file(of line: EvidenceLine) -> String? {
    guard let files = segmentFiles[line.source], files.indices.contains(line.segmentIndex) else {
      return nil
    }
    let file = files[line.segmentIndex]
    return file.isEmpty ? nil : file
  }
}

/// What steered the engine beside the log lines, at the event time from which it holds.
public struct JournalRow: Hashable, Sendable {
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let configuration = Kind(rawValue: "configuration")
    public static let rules = Kind(rawValue: "rules")
    public static let registry = Kind(rawValue: "registry")
    public static let gap = Kind(rawValue: "gap")
    public static let excluded = Kind(rawValue: "excluded")
    public static let rejoined = Kind(rawValue: "rejoined")
    public static let `operator` = Kind(rawValue: "operator")
    public static let tick = Kind(rawValue: "tick")
    public static let mark = Kind(rawValue: "mark")
    public static let late = Kind(rawValue: "late")
    public static let backfill = Kind(rawValue: "backfill")
  }

  /// Its place in the journal: an entry that has this place is replaced. Nil is the next one.
  public var ordinal: Int64?
  public var eventTime: EventTime
  public var kind: Kind
  /// The source that it is about; `nil` where it is about all of them.
  public var source: String?
  /// A JSON object; two entries that are equal in everything are one.
  public var body: String

  public init(
    ordinal: Int64? = nil, eventTime: EventTime, kind: Kind, source: String? = nil,
    body: String = "{}"
  ) {
    self.ordinal = ordinal
    self.eventTime = eventTime
    self.kind = kind
    self.source = source
    self.body = body
  }
}

/// A stretch of one source's event time, and what became of its lines.
public struct CoverageRow: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Sendable { case analysed, gap }

  public var source: String
  public var kind: Kind
  public var startedAt: EventTime
  public var endedAt: EventTime
  /// Lines by what became of them; `late` and `unverified` ones are among the parsed.
  public var parsed: Int64
  public var unparsed: Int64
  public var late: Int64
  public var unverified: Int64
  /// Why there is a gap.
  public var reason: String?

  public init(
    source: String, kind: Kind, startedAt: EventTime, endedAt: EventTime, parsed: Int64 = 0,
    unparsed: Int64 = 0, late: Int64 = 0, unverified: Int64 = 0, reason: String? = nil
  ) {
    self.source = source
    self.kind = kind
    self.startedAt = startedAt
    self.endedAt = endedAt
    self.parsed = parsed
    self.unparsed = unparsed
    self.late = late
    self.unverified = unverified
    self.reason = reason
  }
}

/// What a write changed; all zero where the database held everything already.
public struct StoreChanges: Hashable, Sendable {
  public struct Rows: Hashable, Sendable {
    public var added = 0
    public var updated = 0
    public var removed = 0

    public init(added: Int = 0, updated: Int = 0, removed: Int = 0) {
      self.added = added
      self.updated = updated
      self.removed = removed
    }

    mutating func count(_ change: RowChange) {
      switch change {
      case .added: added += 1
      case .updated: updated += 1
      case .unchanged: break
      }
    }
  }

  public var alerts = Rows()
  public var history = Rows()
  public var evidence = Rows()
  public var journal = Rows()
  public var coverage = Rows()
  /// Revisions older than the one in `alerts`; they went to the history alone.
  public var olderRevisions = 0

  public init() {}

  public var isEmpty: Bool {
    [alerts, history, evidence, journal, coverage].allSatisfy { $0 == Rows() }
  }

  public static func += (a: inout Self, b: Self) {
    a.alerts += b.alerts
    a.history += b.history
    a.evidence += b.evidence
    a.journal += b.journal
    a.coverage += b.coverage
    a.olderRevisions += b.olderRevisions
  }
}

extension StoreChanges.Rows {
  public static func += (a: inout Self, b: Self) {
    a.added += b.added
    a.updated += b.updated
    a.removed += b.removed
  }
}
