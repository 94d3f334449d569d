public import AccessLog
public import Detection

/// What a finished replay knows, as a page tells it.
///
/// All of it but ``made`` is a function of the input.
public struct Investigation: Sendable {
  /// What differs from one run to the next: the page keeps each on a line of its own.
  public struct Making: Hashable, Sendable {
    /// As it was typed, word by word.
    public var command: [String]
    public var version: String
    public var time: EventTime

    public init(command: [String], version: String, time: EventTime) {
      self.command = command
      self.version = version
      self.time = time
    }
  }

  /// One file that was read.
  public struct Input: Hashable, Sendable {
    public var path: String
    public var source: String
    /// Compressed bytes that were read.
    public var byteCount: Int64
    /// Of those bytes, 64 hexadecimal digits; `nil` where they could not be read.
    public var sha256: String?
    /// What should be known of it: `it grew while it was read`.
    public var note: String?

    public init(
      path: String, source: String, byteCount: Int64, sha256: String?, note: String? = nil
    ) {
      self.path = path
      self.source = source
      self.byteCount = byteCount
      self.sha256 = sha256
      self.note = note
    }
  }

  public struct Supplier: Hashable, Sendable {
    public var name: String
    public var timeZone: String
    public var contact: String?
    public var tiers: [String]
    /// Rows of the registry.
    public var keyCount: Int
    public var usage: Usage

    public init(
      name: String, timeZone: String, contact: String?, tiers: [String], keyCount: Int,
      usage: Usage = Usage()
    ) {
      self.name = name
      self.timeZone = timeZone
      self.contact = contact
      self.tiers = tiers
      self.keyCount = keyCount
      self.usage = usage
    }
  }

  public struct Usage: Hashable, Sendable {
    public var requests: Int64 = 0
    /// Answers from 500 on.
    public var errors: Int64 = 0
    public var throttled: Int64 = 0
    /// Of the answers, as far as the log has them.
    public var bytesOut: Int64 = 0

    public init(
      requests: Int64 = 0, errors: Int64 = 0, throttled: Int64 = 0, bytesOut: Int64 = 0
    ) {
      self.requests = requests
      self.errors = errors
      self.throttled = throttled
      self.bytesOut = bytesOut
    }

    public mutating func add(_ more: Usage) {
      requests += more.requests
      errors += more.errors
      throttled += more.throttled
      // A log may claim any number of bytes.
      let (sum, isTooLarge) = bytesOut.addingReportingOverflow(more.bytesOut)
      bytesOut = isTooLarge ? .max : sum
    }
  }

  /// What a rule's author says of it.
  public struct RuleText: Hashable, Sendable {
    public var title: String
    public var why: String?
    public var runbook: String?

    public init(title: String, why: String? = nil, runbook: String? = nil) {
      self.title = title
      self.why = why
      self.runbook = runbook
    }
  }

  public struct Unparsed: Hashable, Sendable {
    public var reason: String
    public var count: Int
    /// Shapes of lines, which hold no secret.
    public var samples: [String]

    public init(reason: String, count: Int, samples: [String]) {
      self.reason = reason
      self.count = count
      self.samples = samples
    }
  }

  public var making: Making
  public var inputs: [Input] = []
  /// Content hashes; `nil` for no registry.
  public var rulesHash = ""
  public var ruleCount = 0
  public var registryHash: String?
  /// Tells which secret made the fingerprints, without telling it.
  public var fingerprintKeyID = ""
  /// It ended before the end of the logs.
  public var isPartial = false
  public var timeline = TrafficTimeline()
  public var suppliers: [Supplier] = []
  /// Of callers that belong to no supplier.
  public var withoutSupplier = Usage()
  /// The last revision of each.
  public var alerts: [Alert] = []
  /// Alerts that found no room in ``alerts``.
  public var alertsLeftOut = 0
  /// By identifier.
  public var rules: [String: RuleText] = [:]
  public var summary: EngineSummary
  public var unparsed: [Unparsed] = []
  /// Files by source, in the order of their segments: where lines of evidence stand.
  public var files: [String: [String]] = [:]

  public init(making: Making, summary: EngineSummary) {
    self.making = making
    self.summary = summary
  }
}
