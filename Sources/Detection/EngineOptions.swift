public import AccessLog

/// What the engine is told of one source of records.
public struct SourceDeclaration: Sendable {
  /// Recorded in alerts and journal; live and replay name it alike.
  public var name: String
  /// How much older than the source's newest record a record may be.
  public var latenessMilliseconds: Int64
  /// How its lines are read, and which parts of them are secrets.
  public var parser: BlockParser
  /// The writer logs one of so many requests: each of its records stands for that many, and
  /// nothing follows from one that is missing.
  public var sampling: Int

  public init(
    name: String, latenessMilliseconds: Int64 = 60_000, parser: BlockParser, sampling: Int = 1
  ) {
    precondition(sampling >= 1, "a record stands for itself at least")
    self.name = name
    self.latenessMilliseconds = latenessMilliseconds
    self.parser = parser
    self.sampling = sampling
  }
}

/// How many of each kind are kept apart; what comes later is counted. Tests set them low.
package struct EngineBounds: Sendable {
  package var keys = KeyTable.keyCountMax
  package var names = Int.max
  package var pairs = EntityPairs.pairCountMax
  package var series = VolumeMonitor.seriesCountMax
  package var tierKeys = TierMonitor.keyCountMax
  package var precursorEntities = PrecursorMonitor.entityCountMax
  package var tallyEntities = TallyMonitor.entityCountMax
  package var tallyValues = TallyMonitor.valueTotalMax
  package var openEpisodes = EpisodeTable.openCountMax
  package var usage = UsageBounds()
  /// Windows below their series' limits are judged too, which must make no difference.
  package var judgesEveryWindow = false

  package init() {}
}

/// What a run of the engine is about.
public struct EngineOptions: Sendable {
  /// Records before it are left out.
  public var from: EventTime?
  /// Records at or after it are left out.
  public var to: EventTime?
  /// Everything is learnt, but nothing told that was detected before.
  public var detectFrom: EventTime?
  /// What to find out on the way, for ``Engine/explanation()``.
  public var inquiry: Inquiry?
  /// The name of a part of the past that is judged by itself: its alerts are others than those of
  /// the whole, also where rule, entity and start are the same.
  public var backfill: String?
  /// Usage is counted by the hour, for ``Engine/takeUsage(andOpenHour:)``.
  public var countsUsage: Bool
  /// The installation's secret, for tables of log text and hashes of lines.
  public var hash: SipHash
  /// What stands for a secret key: `key:` and hexadecimal digits.
  public var fingerprint: @Sendable ([UInt8]) -> String
  package var bounds = EngineBounds()

  public init(
    from: EventTime? = nil, to: EventTime? = nil, detectFrom: EventTime? = nil,
    countsUsage: Bool = false,
    hash: SipHash, fingerprint: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.from = from
    self.to = to
    self.detectFrom = detectFrom
    self.countsUsage = countsUsage
    self.hash = hash
    self.fingerprint = fingerprint
  }
}
