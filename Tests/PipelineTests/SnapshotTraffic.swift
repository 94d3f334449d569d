@testable import AccessLog
@testable import Baselines
@testable import Detection
@testable import Pipeline

/// Random traffic with all that an engine keeps a state for: keys of tiers, quotes and orders,
/// rises and falls, gaps, clocks that jump, lines that are none.
struct SnapshotTraffic {
  /// What a pipeline is told, in order.
  enum Step {
    case chunk([UInt8], source: Int)
    case endSegment(Int)
    case apply(JournalEntry)
    case gap(Int)
    case takeUsage
    case finish(Int)
  }

  /// Monday 5 January 2026, 00:00 UTC, in milliseconds.
  static let monday: Int64 = 1_767_571_200_000
  static let hash = SipHash(key0: 1, key1: 2)

  let rules: RuleSet
  let registry: KeyRegistry
  let sources: [SourceDeclaration]
  var options: EngineOptions
  private(set) var steps: [Step] = []

  private var chance: Chance
  private let dayCount: Int
  private var time: [Int64]

  init(seed: UInt64, dayCount: Int) {
    var chance = Chance(state: seed)
    rules = Self.rules(&chance)
    registry = Self.registry(&chance)
    let parser = BlockParser(readers: [SnapshotLineReader()], identityKinds: [.secret, .name])
    let sampled = chance.isTrue(1, of: 6)
    sources = (0...chance.below(2)).map {
      SourceDeclaration(
        name: "s\($0)", latenessMilliseconds: [1000, 60_000, 600_000][chance.below(3)],
        parser: parser, sampling: sampled ? 1 + $0 : 1)
    }
    options = EngineOptions(
      countsUsage: true, hash: Self.hash,
      fingerprint: { "key:" + String($0.reduce(7) { $0 &* 31 &+ Int($1) }) })
    Self.bound(&options, &chance)
    self.chance = chance
    self.dayCount = dayCount
    time = sources.map { _ in Self.monday }
    makeSteps()
  }

  func pipeline() -> Pipeline {
    Pipeline(rules: rules, registry: registry, sources: sources, options: options)
  }

  func pipeline(restoring bytes: [UInt8]) throws(SnapshotFault) -> Pipeline {
    try Pipeline(
      rules: rules, registry: registry, sources: sources, options: options, restoring: bytes)
  }

  private static func bound(_ options: inout EngineOptions, _ chance: inout Chance) {
    if chance.isTrue(1, of: 3) { options.bounds.keys = 6 }
    if chance.isTrue(1, of: 3) { options.bounds.series = 5 }
    if chance.isTrue(1, of: 3) { options.bounds.names = 3 }
    if chance.isTrue(1, of: 3) { options.bounds.pairs = 4 }
    if chance.isTrue(1, of: 3) { options.bounds.precursorEntities = 3 }
    if chance.isTrue(1, of: 3) { options.bounds.openEpisodes = 3 }
    if chance.isTrue(1, of: 3) { options.bounds.usage.rowsPerHour = 10 }
    if chance.isTrue(1, of: 3) {
      options.detectFrom = EventTime(milliseconds: monday + 3 * 86_400_000)
    }
  }
}

// MARK: - lines

extension SnapshotTraffic {
  private static let minute: Int64 = 60_000
  private static let day: Int64 = 86_400_000

  private mutating func makeSteps() {
    // Weeks are long, so only two hours of their days bring something.
    for minute in 0..<dayCount * 24 * 60 / 5 where dayCount < 10 || (9..<11) ~= minute / 12 % 24 {
      let source = chance.below(sources.count)
      addFiveMinutes(minute * 5, source)
      if chance.isTrue(1, of: 60) { steps.append(.takeUsage) }
      if chance.isTrue(1, of: 300) { addEvent(minute * 5) }
    }
    for source in sources.indices { steps.append(.endSegment(source)) }
    for source in sources.indices { steps.append(.finish(source)) }
    steps.append(.takeUsage)
  }

  private mutating func addFiveMinutes(_ minute: Int, _ source: Int) {
    let start = Self.monday + Int64(minute) * Self.minute
    let hour = minute / 60 % 24
    var lines: [(time: Int64, text: String)] = []
    for key in 0..<7 {
      var rate = [9, 4, 3, 2, 1, 1, 2][key] * (hour > 7 && hour < 19 ? 2 : 1)
      if minute > 2000, chance.isTrue(1, of: 250) { rate *= 30 }
      if key == 0, minute > 20_160, minute % 1440 > 570 { rate = 0 }
      for _ in 0..<chance.below(rate + 1) { lines.append(line(start, key)) }
      if key < 3, minute > 3000, chance.isTrue(1, of: 400) { burst(start, key, &lines) }
    }
    lines.sort { $0.time < $1.time }
    var text = lines.map(\.text).joined()
    if chance.isTrue(1, of: 40) { text += "no record\n\n" }
    if chance.isTrue(1, of: 900) { text += String(repeating: "x", count: 70_000) + "\n" }
    cut(Array(text.utf8), source)
  }

  private mutating func line(_ start: Int64, _ key: Int) -> (Int64, String) {
    var time = start + Int64(chance.below(300_000))
    if chance.isTrue(1, of: 2000) { time += 700_000_000_000 }
    if chance.isTrue(1, of: 3000) { time -= 4_000_000 }
    let version = chance.below(3)
    let order = chance.below(8)
    let path = ["orders", "orders/17", "quotes", "quotes", "quotes", "quotes", "items", "x%41y"][
      order]
    let method = order < 2 ? "POST" : "GET"
    let status = [200, 200, 200, 404, 500, 429][chance.below(6)]
    let who = key == 6 ? "@192.0.2.\(chance.below(9))" : key == 5 ? "" : "secret-\(key)"
    let name = key == 5 ? "named" : ""
    let target = "/v\(version)/\(path)?sku=\(chance.below(2))"
    return (
      time, "\(time)\t\(who)\t\(name)\t\(method)\t\(target)\t\(status)\t\(chance.below(90))\n"
    )
  }

  private mutating func burst(
    _ start: Int64, _ key: Int, _ lines: inout [(time: Int64, text: String)]
  ) {
    let second = start + Int64(chance.below(290)) * 1000
    for _ in 0..<60 {
      let status = chance.isTrue(1, of: 2) ? 429 : 200
      lines.append((second, "\(second)\tsecret-\(key)\t\tPOST\t/v1/orders?sku=1\t\(status)\t5\n"))
    }
  }

  private mutating func cut(_ bytes: [UInt8], _ source: Int) {
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + chance.below(chance.isTrue(1, of: 5) ? 300 : 20_000))
      steps.append(.chunk(Array(bytes[start..<end]), source: source))
      start = end
    }
  }

  private mutating func addEvent(_ minute: Int) {
    let source = chance.below(sources.count)
    let now = EventTime(milliseconds: Self.monday + Int64(minute) * Self.minute)
    let name = sources[source].name
    switch chance.below(7) {
    case 0: steps.append(.endSegment(source))
    case 1: steps.append(.gap(source))
    case 2: steps.append(.apply(JournalEntry(.excluded, time: now, source: name)))
    case 3: steps.append(.apply(JournalEntry(.rejoined, time: now, source: name)))
    case 4: steps.append(.apply(JournalEntry(.tick, time: now)))
    case 5: steps.append(.apply(JournalEntry(.mark, time: now, detail: "deploy")))
    default:
      let end = EventTime(milliseconds: now.milliseconds + 900_000)
      steps.append(.apply(JournalEntry(.gap, time: now, source: name, until: end)))
    }
  }
}

// MARK: - rules and registry

extension SnapshotTraffic {
  private static func rules(_ chance: inout Chance) -> RuleSet {
    var rules: [Rule] = []
    for number in 0..<3 + chance.below(4) { rules.append(volume(number, &chance)) }
    rules.append(
      Rule(id: "tier", title: "", detector: Tier(windows: [1000, 10_000, 60_000], overshoot: 1.5)))
    for number in 0...chance.below(2) { rules.append(precursor(number, &chance)) }
    for number in 0..<chance.below(4) { rules.append(tally(number, &chance)) }
    return RuleSet(rules, contentHash: "r1")
  }

  static func volume(_ number: Int, _ chance: inout Chance) -> Rule {
    let directions: [VolumePlan.Direction] = [.up, .down, .both]
    let types: [Per] = [
      .key, .key, .supplier, .application, .global, .route, .network, .api, .clientIP, .tier,
      Per(.key, and: .route), Per(.network, and: .api),
    ]
    let windows: [Int64] = [[300_000], [300_000, 1_800_000, 7_200_000], [60_000]][chance.below(3)]
    let filters = ["", "status >= 400", "query[\"sku\"] == \"1\""]
    let filter = filters[chance.below(3)]
    return Rule(
      id: "volume\(number)", title: "", per: types[chance.below(types.count)],
      filter: RequestFilter(expression: filter.isEmpty ? nil : try? Expression(parsing: filter)),
      isShadow: chance.isTrue(1, of: 5), policy: policy(inhibits: ["limit0"], &chance),
      detector: SnapshotDetector(
        volume: VolumePlan(
          direction: directions[chance.below(3)], windows: windows, timesMin: 2, moreMin: 5)))
  }

  private static func tally(_ number: Int, _ chance: inout Chance) -> Rule {
    let isShare = chance.isTrue(1, of: 2)
    let amounts: [Measure] = [.requests, .errors, .distinct(.key), .distinct(.field(.route))]
    let share = (try? Measure(parsing: "share(status >= 400)")) ?? .requests
    let measure = isShare ? share : amounts[chance.below(4)]
    let plan = TallyPlan(
      kind: isShare ? Ratio.kind : Threshold.kind,
      windowMilliseconds: [10_000, 300_000, 3_600_000][chance.below(3)],
      measure: measure,
      limit: isShare ? 0.1 : Double(1 + chance.below(20)), isAbove: chance.isTrue(1, of: 2))
    return Rule(
      id: "limit\(number)", title: "",
      per: [.key, .supplier, .route, Per(.supplier, and: .route)][chance.below(4)],
      policy: policy(inhibits: [], &chance), detector: SnapshotDetector(plan: .tally(plan)))
  }

  /// Some rules wait, group, or keep others quiet.
  private static func policy(inhibits: [String], _ chance: inout Chance) -> EpisodePolicy {
    EpisodePolicy(
      forMilliseconds: chance.isTrue(1, of: 4) ? 120_000 : 0,
      inhibits: chance.isTrue(1, of: 4) ? inhibits : [],
      after: chance.isTrue(1, of: 6)
        ? .init(mark: "deploy", withinMilliseconds: 43_200_000) : nil,
      group: chance.isTrue(1, of: 3) ? [.supplier, .global][chance.below(2)] : nil)
  }

  private static func precursor(_ number: Int, _ chance: inout Chance) -> Rule {
    Rule(
      id: "orders\(number)", title: "", per: [.key, .supplier, .global][chance.below(3)],
      detector: Precursor(
        target: RequestMatcher(methods: ["POST"], glob: PathGlob("/v*/orders")),
        steps: [
          .init(matcher: RequestMatcher(methods: ["GET"], glob: PathGlob("/v*/quotes")), count: 1)
        ], withinMilliseconds: 1_200_000, same: chance.isTrue(1, of: 2) ? .query("sku") : nil,
        mode: chance.isTrue(1, of: 3) ? .strict : .habit))
  }

  private static func registry(_ chance: inout Chance) -> KeyRegistry {
    let limits: [KeyRegistry.RateLimit] = [
      .init(count: 5, periodSeconds: 1), .init(count: 800, periodSeconds: 86_400),
    ]
    var keys: [KeyRegistry.Key] = []
    for key in 0..<4 {
      let text = Array("secret-\(key)".utf8)
      let print = "key:" + String(text.reduce(7) { $0 &* 31 &+ Int($1) })
      keys.append(
        KeyRegistry.Key(
          identities: [.fingerprint(print)], name: key == 1 ? "one" : nil, supplier: key % 2,
          tier: key % 2, application: "app\(key % 2)",
          validTo: key == 3 ? EventTime(milliseconds: monday + 2 * day) : nil))
    }
    keys.append(KeyRegistry.Key(identities: [.name("named")], supplier: 1))
    let oslo = ZoneTransitions(name: "Oslo", initialOffset: 3600, transitions: [])
    return KeyRegistry(
      tiers: [
        .init(name: "bronze", limits: limits, burst: 9),
        .init(name: "silver", limits: [limits[0]], limiter: .sliding),
      ], suppliers: [.init(name: "north"), .init(name: "south", zone: 1)], keys: keys,
      apis: [.init(name: "orders", routes: ["/v*/orders", "/v*/orders/{id}"])],
      zones: [.utc, oslo], contentHash: "k1")
  }
}

/// A kind with a plan made in code.
struct SnapshotDetector: Detector {
  static let kind = "test"
  static let about = ""
  static let meanings: [String: String] = [:]
  static let example = ""

  let plan: DetectorPlan

  init(volume: VolumePlan) { plan = .volume(volume) }

  init(plan: DetectorPlan) { self.plan = plan }

  init<Fields: RuleFieldReading>(reading fields: inout Fields) {
    plan = .volume(VolumePlan(direction: .up, windows: [300_000]))
  }
}

/// Tab-separated lines, quick to read: time, secret or `@address`, name, method, target, status.
struct SnapshotLineReader: LineReader {
  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    var starts: [Int] = [0]
    for offset in line.indices where line[offset] == 9 { starts.append(offset + 1) }
    guard starts.count == 7 else { throw MalformedLine(.missingField, at: 0) }
    func range(_ index: Int) -> Range<Int> {
      starts[index]..<(index == 6 ? line.count : starts[index + 1] - 1)
    }
    fields.time = EventTime(milliseconds: number(line, range(0)))
    let key = range(1)
    if !key.isEmpty, line[key.lowerBound] == UInt8(ascii: "@") {
      fields.address = RecordFields.Text(key.lowerBound + 1..<key.upperBound)
    } else if !key.isEmpty {
      fields.identities[0] = RecordFields.Text(key)
    }
    if !range(2).isEmpty { fields.identities[1] = RecordFields.Text(range(2)) }
    fields.method = RecordFields.Text(range(3))
    fields.target = RecordFields.Text(range(4))
    fields.target.isPercentEncoded = true
    fields.status = Int32(number(line, range(5)))
    fields.bytesOut = number(line, range(6))
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    output.append(contentsOf: text)
  }

  private func number(_ line: Span<UInt8>, _ range: Range<Int>) -> Int64 {
    var value: Int64 = 0
    for offset in range { value = value &* 10 &+ Int64(line[offset]) - 48 }
    return value
  }
}

/// A linear congruential generator (Knuth's MMIX): what is chosen need not be chosen well.
struct Chance {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func isTrue(_ part: Int, of whole: Int) -> Bool { below(whole) < part }
}
