public import AccessLog

/// What is known of one entity over time, from logs or from a database.
public struct EntityHistory: Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case key, supplier, address, network
    case requestID = "request-id"
  }

  /// Requests of one hour.
  public struct Hour: Hashable, Sendable {
    /// Hours since the epoch.
    public var index: Int64
    public var requestCount: Int
    /// Answers from 400 on, with those that throttle.
    public var errorCount: Int

    public init(index: Int64, requestCount: Int, errorCount: Int) {
      self.index = index
      self.requestCount = requestCount
      self.errorCount = errorCount
    }
  }

  /// The most frequent of something: routes, networks, statuses.
  public struct List: Hashable, Sendable {
    public var title: String
    public var entries: [TextCount]
    /// Requests of what the list does not name.
    public var otherCount: Int

    public init(title: String, entries: [TextCount], otherCount: Int = 0) {
      self.title = title
      self.entries = entries
      self.otherCount = otherCount
    }
  }

  /// One request, as it may be shown.
  public struct Request: Hashable, Sendable {
    public var time: EventTime
    public var source: String
    public var file: String
    /// Of the line's first byte in the decompressed file.
    public var offset: Int64
    public var maskedLine: String
  }

  public var kind: Kind
  /// As reports show it.
  public var name: String
  public var requestCount = 0
  public var clientErrorCount = 0
  public var serverErrorCount = 0
  public var throttledCount = 0
  public var firstTime: EventTime?
  /// The first request came in the hour that begins at ``firstTime``; when is not kept.
  public var firstIsHour = false
  /// What the answer is about, where that is not quite what was asked for.
  public var note: String?
  public var lastTime: EventTime?
  public var lists: [List] = []
  /// Ascending.
  public var hours: [Hour] = []
  /// Of a request id.
  public var requests: [Request] = []

  public init(kind: Kind, name: String) {
    self.kind = kind
    self.name = name
  }
}
