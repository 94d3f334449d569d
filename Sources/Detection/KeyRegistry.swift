public import AccessLog
public import Baselines

/// What is known of keys, suppliers, tiers and APIs, as of event time: last year's traffic is
/// judged by last year's tiers.
public struct KeyRegistry: Hashable, Sendable {
  public struct RateLimit: Hashable, Sendable {
    public var count: Double
    public var periodSeconds: Int

    public init(count: Double, periodSeconds: Int) {
      self.count = count
      self.periodSeconds = periodSeconds
    }
  }

  /// How the gateway enforces a limit; it decides what a lawful burst looks like in the log.
  public enum Limiter: String, CaseIterable, Sendable {
    /// Counts in fixed windows: two adjoining ones let twice the limit pass in a moment.
    case fixed
    case sliding
    /// A token bucket of `burst` tokens.
    case bucket
  }

  public struct Tier: Hashable, Sendable {
    public var name: String
    public var limits: [RateLimit]
    public var burst: Double
    public var limiter: Limiter

    public init(name: String, limits: [RateLimit], burst: Double = 0, limiter: Limiter = .bucket) {
      self.name = name
      self.limits = limits
      self.burst = burst
      self.limiter = limiter
    }
  }

  public struct Supplier: Hashable, Sendable {
    public var name: String
    /// Index in ``zones``.
    public var zone: Int
    public var expectedHours: String?
    public var contact: String?
    public var peers: String?

    public init(
      name: String, zone: Int = 0, expectedHours: String? = nil, contact: String? = nil,
      peers: String? = nil
    ) {
      self.name = name
      self.zone = zone
      self.expectedHours = expectedHours
      self.contact = contact
      self.peers = peers
    }
  }

  public struct Label: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public struct API: Hashable, Sendable {
    public struct Version: Hashable, Sendable {
      public var name: String
      /// From when on callers should move away.
      public var deprecated: EventTime?
      /// When it ends.
      public var sunset: EventTime?

      public init(name: String, deprecated: EventTime? = nil, sunset: EventTime? = nil) {
        self.name = name
        self.deprecated = deprecated
        self.sunset = sunset
      }
    }

    public var name: String
    /// Route templates: `/v*/orders/{id}`.
    public var routes: [String]
    public var versions: [Version]
    /// Of the routes in every version, as a version has them.
    public var deprecated: EventTime?
    public var sunset: EventTime?

    public init(
      name: String, routes: [String], versions: [Version] = [], deprecated: EventTime? = nil,
      sunset: EventTime? = nil
    ) {
      self.name = name
      self.routes = routes
      self.versions = versions
      self.deprecated = deprecated
      self.sunset = sunset
    }
  }

  public var tiers: [Tier]
  public var suppliers: [Supplier]
  public var keys: [Key]
  public var apis: [API]
  /// The first is UTC.
  public var zones: [ZoneTransitions]
  /// Hash of all of it, for the journal.
  public var contentHash: String

  public init(
    tiers: [Tier] = [], suppliers: [Supplier] = [], keys: [Key] = [], apis: [API] = [],
    zones: [ZoneTransitions] = [.utc], contentHash: String = ""
  ) {
    self.tiers = tiers
    self.suppliers = suppliers
    self.keys = keys
    self.apis = apis
    self.zones = zones
    self.contentHash = contentHash
  }
}
