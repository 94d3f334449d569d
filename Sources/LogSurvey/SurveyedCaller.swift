public import AccessLog

/// What a survey knows of one caller.
public struct SurveyedCaller: Hashable, Sendable {
  /// Entries of the lists of networks and routes.
  public static let listedCountMax = 5

  /// As logged, or the fingerprint of a secret.
  public var name: String
  public var isSecret: Bool
  public var requestCount: Int
  /// Answers from 400 on, without those that throttle.
  public var errorCount: Int
  public var throttledCount: Int
  public var firstTime: EventTime
  public var lastTime: EventTime
  /// Most requests in one second, throttled ones too, and the first second that had so many.
  public var peakPerSecond: Int
  public var peakTime: EventTime
  /// Most requests in one second that the gateway let pass.
  public var passedPerSecondMax: Int
  /// So many requests or fewer passed in 999 of 1000 seconds in which any did.
  public var passedPerSecondUsual: Int
  /// What the gateway let pass in a second while it throttled, where that tells its limit.
  public var limitPerSecond: Int?
  /// Most frequent first.
  public var networks: [TextCount]
  public var routes: [TextCount]
  /// Requests from networks, and for routes, that the lists do not name.
  public var otherNetworkCount: Int
  public var otherRouteCount: Int
  /// Whether the counts of the lists are whole; else there were so many that some were missed.
  public var areNetworksExact: Bool
  public var areRoutesExact: Bool

  init(
    name: String, isSecret: Bool, _ tally: CallerTally, network: (UInt32) -> String,
    route: (UInt32) -> String
  ) {
    self.name = name
    self.isSecret = isSecret
    requestCount = tally.requestCount
    errorCount = tally.errorCount
    throttledCount = tally.throttledCount
    firstTime = EventTime(milliseconds: tally.firstTime)
    lastTime = EventTime(milliseconds: tally.lastTime)
    peakPerSecond = tally.seconds.tried.count
    peakTime = EventTime(seconds: tally.seconds.tried.second)
    passedPerSecondMax = tally.seconds.passed.count
    passedPerSecondUsual = tally.seconds.passedQuantile(0.999)
    limitPerSecond = tally.seconds.limit
    networks = Self.texts(tally.networks, network)
    routes = Self.texts(tally.routes, route)
    otherNetworkCount = tally.networks.total - networks.reduce(0) { $0 + $1.count }
    otherRouteCount = tally.routes.total - routes.reduce(0) { $0 + $1.count }
    areNetworksExact = tally.networks.isExact
    areRoutesExact = tally.routes.isExact
  }

  private static func texts(_ tally: TopTally, _ name: (UInt32) -> String) -> [TextCount] {
    tally.top(listedCountMax).map { TextCount(text: name($0.index), count: $0.count) }
  }

  /// The network that at least four of five of its requests came from.
  var mainNetwork: String? {
    guard let first = networks.first, first.count * 5 >= requestCount * 4 else { return nil }
    return first.text
  }
}

extension EventTime {
  /// `2026-11-21T19:51:49Z`.
  var shownSecond: String { String(rfc3339.prefix(19)) + "Z" }
}
