public import AccessLog
public import Detection
import GRDB

/// Which usage to add up, and by what.
public struct UsageQuery: Hashable, Sendable {
  /// What a row of the answer is about.
  public enum Dimension: String, CaseIterable, Sendable {
    case consumer, application, supplier, api, route, version, network

    /// The columns that name a row: the first is what was asked for, the others belong to it.
    public var columns: [String] {
      switch self {
      case .consumer: ["key", "supplier", "application"]
      case .application: ["application", "supplier"]
      case .supplier: ["supplier"]
      case .api: ["api"]
      case .route: ["route", "api"]
      case .version: ["version", "api"]
      case .network: ["network"]
      }
    }
  }

  /// Hours that end after it. Usage is kept by the hour, so an hour counts whole.
  public var from: EventTime?
  /// Hours that begin before it.
  public var to: EventTime?
  /// Texts as in ``AlertQuery``: a list that is empty asks for nothing, `*` stands for anything.
  public var consumers: [String] = []
  public var suppliers: [String] = []
  public var apis: [String] = []
  public var versions: [String] = []
  public var routes: [String] = []
  /// Of these routes, whose stars are what routes are written with; `nil` asks for nothing.
  public var exactRoutes: [String]?
  public var networks: [String] = []
  /// Networks inside of this one, or around it; `nil` asks for nothing.
  public var around: String?
  /// Only of requests whose route and network found no room.
  public var isOfOverflow = false
  public var countMax: Int?

  public init() {}
}

/// A row of an answer: sums over all hours of the query.
public struct UsageTotal: Hashable, Sendable {
  /// One a column of the ``UsageQuery/Dimension``; `nil` where the records tell none.
  public var names: [String?]
  public var counts: UsageCounts
  /// Callers, routes and networks that are told apart in it.
  public var consumerCount: Int
  public var routeCount: Int
  public var networkCount: Int

  public init(
    names: [String?], counts: UsageCounts, consumerCount: Int = 0, routeCount: Int = 0,
    networkCount: Int = 0
  ) {
    self.names = names
    self.counts = counts
    self.consumerCount = consumerCount
    self.routeCount = routeCount
    self.networkCount = networkCount
  }
}

extension UsageQuery {
  static let hourMilliseconds: Int64 = 3_600_000

  /// Conditions on `usage_hours` alone, and on `usage_series` alone.
  var conditions: (hours: Conditions, series: Conditions) {
    var hours = Conditions()
    if let from {
      hours.add("hour > ?", (from.milliseconds - Self.hourMilliseconds).databaseValue)
    }
    if let to { hours.add("hour < ?", to.stored) }
    var series = Conditions()
    series.add("key", among: consumers)
    series.add("supplier", among: suppliers)
    series.add("api", among: apis)
    series.add("version", among: versions)
    series.add(routesAmong: routes)
    if let exactRoutes { series.add("route", isOneOf: exactRoutes) }
    series.add("network", among: networks)
    if isOfOverflow { series.add("? IN (key, route)", UsageSeries.otherName.stored) }
    if let around { series.add("\(AlertReader.touches)(network, ?)", around.stored) }
    return (hours, series)
  }
}
