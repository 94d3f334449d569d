/// A gateway's life over some days, from a seed: logs, the registry that knows the keys, and
/// labels that say what was planted.
///
/// The same options give the same text on every machine. Memory is bounded by the number of
/// keys, whatever the number of days.
public struct Simulation: Sendable {
  public struct Options: Hashable, Sendable {
    public var seed: UInt64
    public var dayCount: Int
    public var keyCount: Int
    /// Requests of a working day, before growth and incidents.
    public var requestsPerDay: Int
    /// The default is a Saturday.
    public var firstDay: CivilTime
    /// Writes nginx's `combined` with the key's name as the user.
    public var isCombined: Bool
    /// Kinds of incidents to plant.
    public var planted: [Incident.Kind]
    public var plantsOnlyStrong: Bool

    public init(
      seed: UInt64 = 1, dayCount: Int = 15, keyCount: Int = 60, requestsPerDay: Int = 100_000,
      firstDay: CivilTime = CivilTime(year: 2026, month: 3, dayOfMonth: 7),
      isCombined: Bool = false, planted: [Incident.Kind] = Incident.Kind.allCases,
      plantsOnlyStrong: Bool = false
    ) {
      precondition(dayCount > 0 && keyCount > 0 && requestsPerDay > 0, "nothing to simulate")
      self.seed = seed
      self.dayCount = dayCount
      self.keyCount = keyCount
      self.requestsPerDay = requestsPerDay
      self.firstDay = firstDay
      self.isCombined = isCombined
      self.planted = planted
      self.plantsOnlyStrong = plantsOnlyStrong
    }
  }

  private static let bufferBytes = 256 * 1024

  public let options: Options
  /// What was planted, by time.
  public let incidents: [Incident]
  let fleet: Fleet
  var generator: TrafficGenerator
  private var gateway: Gateway
  private var nextDay: Int

  public init(_ options: Options) {
    self.options = options
    let seed = SplitMix64(seed: options.seed)
    let firstDay = options.firstDay.day
    fleet = Fleet(
      keyCount: options.keyCount, requestsPerDay: Double(options.requestsPerDay), seed: seed)
    let holiday = Holiday(firstDay: firstDay, dayCount: options.dayCount)
    incidents =
      IncidentPlan(fleet: fleet, holiday: holiday, options: options, seed: seed).incidents
    generator = TrafficGenerator(
      fleet: fleet, incidents: incidents, holiday: holiday,
      start: firstDay * CivilTime.secondsPerDay, seed: seed)
    gateway = Gateway(
      fleet: fleet, format: options.isCombined ? .combined : .gateway, seed: seed)
    nextDay = firstDay
  }

  /// Makes the lines of the next day and hands them over in pieces; false after the last day.
  public mutating func writeDay(
    _ write: ([UInt8]) throws(SimulatorFault) -> Void
  ) throws(SimulatorFault) -> Bool {
    guard nextDay < options.firstDay.day + options.dayCount else { return false }
    var lines = LineBuffer()
    let start = nextDay * CivilTime.secondsPerDay
    for second in stride(from: start, to: start + CivilTime.secondsPerDay, by: 60) {
      for request in generator.requests(ofMinuteAt: second) { gateway.serve(request, into: &lines) }
      guard lines.count >= Self.bufferBytes else { continue }
      try write(lines.bytes)
      lines.removeAll()
    }
    try write(lines.bytes)
    nextDay += 1
    return true
  }

  /// Writes all that is left into `folder`, which must exist: a packed log for each day,
  /// `registry.yaml`, `tollwatch.yaml` and `labels.json`.
  public mutating func write(toFolder folder: String) throws(SimulatorFault) {
    try TextFile.write(SimulationTexts.registry(self), to: folder + "/registry.yaml")
    try TextFile.write(SimulationTexts.configuration(self), to: folder + "/tollwatch.yaml")
    try TextFile.write(SimulationTexts.labels(self), to: folder + "/labels.json")
    while nextDay < options.firstDay.day + options.dayCount {
      let name = "access.log-\(CivilTime(day: nextDay).compactText).gz"
      var gzip = try GzipWriter(creating: folder + "/" + name)
      _ = try writeDay { bytes throws(SimulatorFault) in try gzip.write(bytes) }
      try gzip.finish()
    }
  }
}
