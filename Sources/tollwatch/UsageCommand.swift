import AccessLog
import AlertStore
import ArgumentParser
import Sinks
import Terminal

/// Who asked how much: sums over the usage that a database keeps.
struct UsageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage",
    abstract: "Adds up who asked how much, from the hourly usage that a replay kept.",
    discussion: """
      Usage is kept by the hour: an hour that lies partly in the time frame counts whole.

        tollwatch usage --db gateway.sqlite
        tollwatch usage --db gateway.sqlite --by route --from -24h
        tollwatch usage --db gateway.sqlite --by consumer --supplier northwind
        tollwatch usage --db gateway.sqlite --compare northwind contoso
        tollwatch usage --db gateway.sqlite --deprecated --registry registry.yaml
        tollwatch usage --db gateway.sqlite --output csv --limit 0 > usage.csv

      --deprecated lists who called a version or an API since the registry says that it is \
      deprecated, with whom to write to. Days count from the last hour in the database.
      """)

  enum Output: String, ExpressibleByArgument, CaseIterable { case text, json, csv }

  @OptionGroup var database: DatabaseOptions

  @Option(
    help: """
      What a row is about: consumer, application, supplier, api, route, version or network; \
      supplier if left out.
      """,
    transform: { try AlertFilter.word($0, "dimension") })
  var by: UsageQuery.Dimension?

  @Option(help: "Of these suppliers alone; * stands for any characters; may be repeated.")
  var supplier: [String] = []

  @Option(help: "Of these keys or addresses alone, by the names that alerts show.")
  var consumer: [String] = []

  @Option(help: "Of this API of the registry alone.")
  var api: [String] = []

  @Option(help: "Of this version alone: v1.")
  var apiVersion: [String] = []

  @Option(help: "Of this route alone: /v*/orders, as the answer by route shows it.")
  var route: [String] = []

  @Flag(help: "Who still calls what the registry calls deprecated.")
  var deprecated = false

  @Option(parsing: .upToNextOption, help: "Puts suppliers side by side.")
  var compare: [String] = []

  @Option(help: "For --deprecated: YAML or JSON that says what is deprecated; may be repeated.")
  var registry: [String] = []

  @Option(help: "The configuration file, for its registry.")
  var config: String?

  @Option(help: "So many rows at most, 50 if left out; 0 for all.", transform: CountArgument.parse)
  var limit = 50

  @Option(help: "text, json (an object a line) or csv.")
  var output = Output.text

  func validate() throws {
    if deprecated, !compare.isEmpty {
      throw ValidationError("--deprecated and --compare are two questions; ask one.")
    }
    if by != nil, deprecated || !compare.isEmpty {
      throw ValidationError(
        "--by chooses what a row is about; the rows of \(deprecated ? "--deprecated" : "--compare") "
          + "are what they are.")
    }
    if deprecated, registry.isEmpty, config == nil {
      throw ValidationError(
        "Name the --registry (or the --config) that says what is deprecated:\n"
          + "  apis: {orders: {routes: [\"/v*/orders\"], "
          + "versions: {v1: {deprecated: 2026-03-01, sunset: 2026-09-01}}}}")
    }
    if !compare.isEmpty, Set(compare).count < 2 {
      throw ValidationError("--compare takes two suppliers or more.")
    }
  }

  func run() throws {
    try Stop.catching {
      let reader = try database.open()
      guard let hours = try reader.usageHours() else {
        return StandardError.writeLine(nothingKept(reader))
      }
      var query = UsageQuery()
      // Times that count back do so from the end of the last hour.
      (query.from, query.to) = try database.span.resolved(end: UsageFrame.end(of: hours))
      query.suppliers = supplier
      query.consumers = consumer
      query.apis = api
      query.versions = apiVersion
      query.routes = route
      var answer = try answer(query, hours, reader)
      answer.dropUnknownBytes()
      if !isByOwner, let words = try UsageOverflow.words(query, reader) {
        answer.notes.append(words)
      }
      guard !answer.rows.isEmpty else {
        return StandardError.writeLine("\(answer.emptyWords); \(Self.words(of: hours))")
      }
      try write(answer)
    }
  }

  private func answer(
    _ query: UsageQuery, _ hours: ClosedRange<EventTime>, _ reader: AlertReader
  ) throws -> UsageAnswer {
    let frame = UsageFrame(query, within: hours)
    if deprecated {
      let retirements = try Retirements(
        registry: registry, config: config, database: database.db)
      return try retirements.answer(query, frame, reader, limit: limit)
    }
    if !compare.isEmpty {
      return try UsageComparison(suppliers: compare).answer(query, frame, reader)
    }
    return try UsageSums(by: by ?? .supplier, limit: limit).answer(query, reader)
  }

  /// Whose a request is, is kept of nearly every one.
  private var isByOwner: Bool {
    !deprecated && compare.isEmpty && [nil, .supplier, .application].contains(by)
  }

  private func write(_ answer: UsageAnswer) throws {
    var output = BufferedOutput()
    switch self.output {
    case .text: for line in answer.lines(on: .output) { try output.writeLine(line) }
    case .json: for line in answer.jsonLines { try output.writeLine(line) }
    case .csv: try output.write(answer.csv)
    }
    try output.flush()
    for note in answer.notes { StandardError.writeLine(note) }
  }

  // MARK: - words

  private func nothingKept(_ reader: AlertReader) -> String {
    let why =
      reader.hasUsageTables
      ? "no replay has counted any" : "a Tollwatch made it that did not keep any"
    return "no usage: \(database.db) holds none, \(why); replay the logs with --db \(database.db)"
  }

  private static func words(of hours: ClosedRange<EventTime>) -> String {
    "the database has usage from \(hours.lowerBound.minuteText) "
      + "to \(UsageFrame.end(of: hours).minuteText)"
  }
}

/// The hours that an answer is about.
struct UsageFrame: Hashable {
  var start: EventTime
  var end: EventTime

  private static let hourMilliseconds: Int64 = 3_600_000

  /// Whole hours of what is kept.
  init(_ query: UsageQuery, within hours: ClosedRange<EventTime>) {
    func floor(_ time: EventTime) -> Int64 {
      time.milliseconds.floorDivided(by: Self.hourMilliseconds) * Self.hourMilliseconds
    }
    start = EventTime(
      milliseconds: max(hours.lowerBound.milliseconds, query.from.map(floor) ?? .min))
    let last = query.to.map { floor(EventTime(milliseconds: $0.milliseconds - 1)) } ?? .max
    end = EventTime(
      milliseconds: min(hours.upperBound.milliseconds, last) + Self.hourMilliseconds)
  }

  static func end(of hours: ClosedRange<EventTime>) -> EventTime {
    EventTime(milliseconds: hours.upperBound.milliseconds + hourMilliseconds)
  }

  /// Requests a day, had the frame gone on like this; a frame has an hour at least.
  func daily(_ requests: Int, since: EventTime? = nil) -> Double {
    let first = max(start, since ?? start)
    let milliseconds = max(end.milliseconds - first.milliseconds, Self.hourMilliseconds)
    return Double(requests) * 86_400_000 / Double(milliseconds)
  }
}
