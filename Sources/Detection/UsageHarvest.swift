public import AccessLog

/// Hours of usage on their way out of the engine.
public struct UsageHarvest: Hashable, Sendable {
  /// Ascending; an hour comes once in a run.
  public var hours: [UsageHour]
  /// Series that rows refer to for the first time, numbered on from those before.
  public var newSeries: [UsageSeries]

  public init(hours: [UsageHour] = [], newSeries: [UsageSeries] = []) {
    self.hours = hours
    self.newSeries = newSeries
  }

  public var isEmpty: Bool { hours.isEmpty && newSeries.isEmpty }
}

/// One hour of event time.
public struct UsageHour: Hashable, Sendable {
  public var start: EventTime
  /// By part and series, ascending; each pair once.
  public var rows: [UsageRow]

  public init(start: EventTime, rows: [UsageRow]) {
    self.start = start
    self.rows = rows
  }
}

/// What one series sent in an hour, as one file tells it.
public struct UsageRow: Hashable, Sendable {
  /// Index among all series of the run.
  public var series: Int
  public var part: UsagePart
  public var counts: UsageCounts

  public init(series: Int, part: UsagePart, counts: UsageCounts) {
    self.series = series
    self.part = part
    self.counts = counts
  }
}

/// The segment that told of the requests, so that another replay of the same file replaces its
/// own account and that of another file adds to it.
public struct UsagePart: Hashable, Comparable, Sendable {
  /// Index of the declared source.
  public var source: Int
  /// Index in the segments of the source.
  public var segment: Int

  public init(source: Int, segment: Int) {
    self.source = source
    self.segment = segment
  }

  public static func < (a: Self, b: Self) -> Bool {
    (a.source, a.segment) < (b.source, b.segment)
  }
}

/// Who asked for what; `nil` is what a record does not tell.
public struct UsageSeries: Hashable, Sendable {
  /// What a place is called in all columns that were not kept for want of room.
  public static let otherName = "(other)"

  /// As in alerts: the registry's name, the name in the log, the fingerprint of a secret, or
  /// the client address where there is no key; `(other)` for what found no room.
  public var key: String?
  public var isAddress: Bool
  public var supplier: String?
  public var application: String?
  public var api: String?
  public var route: String?
  public var version: String?
  /// The /24 of an IPv4 address, the /48 of an IPv6 one.
  public var network: String?

  public init(
    key: String? = nil, isAddress: Bool = false, supplier: String? = nil,
    application: String? = nil, api: String? = nil, route: String? = nil, version: String? = nil,
    network: String? = nil
  ) {
    self.key = key
    self.isAddress = isAddress
    self.supplier = supplier
    self.application = application
    self.api = api
    self.route = route
    self.version = version
    self.network = network
  }
}

/// Sums over requests.
public struct UsageCounts: Hashable, Sendable {
  public var requests = 0
  /// Status 400 to 499.
  public var clientErrors = 0
  /// Status 500 to 599.
  public var serverErrors = 0
  /// Told by the gateway's mark or by the statuses that the source declares.
  public var throttled = 0
  /// Bytes as far as the log has them.
  public var bytesIn: Int64 = 0
  public var bytesOut: Int64 = 0
  /// Event time of the last request, milliseconds.
  public var last = Int64.min

  public init() {}

  public mutating func add(_ other: UsageCounts) {
    requests += other.requests
    clientErrors += other.clientErrors
    serverErrors += other.serverErrors
    throttled += other.throttled
    bytesIn = Self.sum(bytesIn, other.bytesIn)
    bytesOut = Self.sum(bytesOut, other.bytesOut)
    last = max(last, other.last)
  }

  /// Adds a record that stands for `weight` requests like it.
  @inline(__always)
  mutating func add(_ batch: borrowing RecordBatch, _ index: Int, _ weight: Int, at time: Int64) {
    requests += weight
    switch batch.status[index] {
    case 400..<500: clientErrors += weight
    case 500..<600: serverErrors += weight
    default: break
    }
    if batch.flags[index].contains(.throttled) { throttled += weight }
    if index < batch.bytesIn.count {
      bytesIn = Self.sum(bytesIn, Self.product(batch.bytesIn[index], weight))
    }
    if index < batch.bytesOut.count {
      bytesOut = Self.sum(bytesOut, Self.product(batch.bytesOut[index], weight))
    }
    last = max(last, time)
  }

  /// None where the log does not tell.
  @inline(__always)
  private static func product(_ bytes: Int64, _ weight: Int) -> Int64 {
    let (product, isTooLarge) = max(0, bytes).multipliedReportingOverflow(by: Int64(weight))
    return isTooLarge ? .max : product
  }

  /// A log may claim any number of bytes, and must not stop the engine: the largest number is
  /// the largest sum.
  @inline(__always)
  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, isTooLarge) = a.addingReportingOverflow(b)
    return isTooLarge ? .max : sum
  }
}
