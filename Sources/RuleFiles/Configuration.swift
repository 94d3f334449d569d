public import AccessLog
public import Baselines

/// What the configuration file says; paths are absolute or relative to the process.
public struct Configuration: Hashable, Sendable {
  /// Logs of one writer, in one order.
  public struct Source: Hashable, Sendable {
    /// Recorded in alerts and journal.
    public var name: String
    /// Files, folders and globs.
    public var paths: [String]
    /// `nginx`, `json` or a preset; `nil` leaves it to the first lines.
    public var format: String?
    /// Template, field map and identity, as the format takes them.
    public var description: FormatDescription
    /// Tried in their order on the lines that the first format does not read.
    public var otherFormats: [SourceFormat]
    /// The writer logs one of so many requests.
    public var sampling: Int
    /// For writers that give no zone.
    public var zone: ZoneTransitions
    public var latenessMilliseconds: Int64
    /// Statuses that mean the gateway throttled the request.
    public var throttledStatus: [Int]
    /// For how long `run` lets a source that says nothing hold back the others.
    public var silenceMilliseconds: Int64 = 300_000
    /// Where `run` takes in lines that the gateway sends by itself.
    public var listen: [ListenAddress] = []
    /// How much of these is kept at most.
    public var spoolBytesMax: Int64 = 1024 << 20
    /// Something is wrong with it, so that no line can be looked at as it says.
    public var isFaulty = false

    public init(
      name: String, paths: [String], format: String? = nil,
      description: FormatDescription = FormatDescription(), otherFormats: [SourceFormat] = [],
      sampling: Int = 1, zone: ZoneTransitions = .utc, latenessMilliseconds: Int64 = 60_000,
      throttledStatus: [Int] = [429]
    ) {
      self.name = name
      self.paths = paths
      self.format = format
      self.description = description
      self.otherFormats = otherFormats
      self.sampling = sampling
      self.zone = zone
      self.latenessMilliseconds = latenessMilliseconds
      self.throttledStatus = throttledStatus
    }
  }

  /// One more format of a source.
  public struct SourceFormat: Hashable, Sendable {
    /// A format, or a preset.
    public var name: String
    public var description: FormatDescription

    public init(name: String, description: FormatDescription = FormatDescription()) {
      self.name = name
      self.description = description
    }
  }

  public var sources: [Source]
  public var registry: [String]
  /// Files and folders besides the shipped pack.
  public var rules: [String]
  public var usesShippedRules: Bool
  /// The database of `run`.
  public var store: String?
  /// The file with the secret that fingerprints are made with.
  public var fingerprintKey: String?
  /// How far back `run` reads what was rotated away before its first start.
  public var backfillMilliseconds: Int64 = 30 * 86_400_000
  /// How often `run` keeps what it has learnt; after a crash that much is read again.
  public var checkpointMilliseconds: Int64 = 60_000

  /// How many entries `run` keeps of what steered it; what is older cannot be replayed any more.
  public var journalCountMax = 50_000

  /// The file that `run` touches as long as all is well.
  public var heartbeat: String?

  /// Where lines wait that sources listened to, beside the database.
  public var spoolFolder: String? {
    guard let store else { return nil }
    let folder = ConfigurationPath.folder(of: store)
    return (folder.isEmpty ? "." : folder) + "/spool"
  }

  public init(
    sources: [Source] = [], registry: [String] = [], rules: [String] = [],
    usesShippedRules: Bool = true, store: String? = nil, fingerprintKey: String? = nil
  ) {
    self.sources = sources
    self.registry = registry
    self.rules = rules
    self.usesShippedRules = usesShippedRules
    self.store = store
    self.fingerprintKey = fingerprintKey
  }
}
