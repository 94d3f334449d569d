import AccessLog
import Detection

/// Reads the `tests:` of a rule.
struct RuleTestReader {
  let ruleID: String
  let plan: DetectorPlan
  let sink: DiagnosticSink

  /// Requests that the lines of one test may have in all.
  static let lineCountMax = 1_000_000

  /// The most bytes and milliseconds that a request of a test has.
  static let detailMax = 1_000_000_000_000

  /// Requests that one feed may have in all.
  static let feedRequestCountMax = 20_000_000

  func tests(_ node: YAMLNode?) -> [RuleTest] {
    guard let node else { return [] }
    guard case .list(let items) = node.content else {
      sink.report("'tests' must be a list, not \(node.kind)", at: node.mark)
      return []
    }
    return items.compactMap { item in
      guard var fields = FieldReader(item, as: "a test", sink: sink) else { return nil }
      let test = test(&fields)
      fields.finish()
      return test
    }
  }

  func test(_ fields: inout FieldReader) -> RuleTest? {
    let name = fields.text("name", isRequired: true)
    let start = time("start", &fields) ?? RuleTest.defaultStart
    let input = input(start, &fields)
    let tier = tier(&fields)
    let labels = LabelReader.labels("labels", &fields)
    let marks = marks(start, &fields)
    let expectations = expectations(start, input, &fields)
    guard let name, let input, let expectations else { return nil }
    return RuleTest(
      name: name, ruleID: ruleID, input: input, tier: tier, labels: labels, marks: marks,
      expectations: expectations,
      file: sink.file, line: fields.mark.line, column: fields.mark.column)
  }

  // MARK: - Traffic

  private func input(_ start: EventTime, _ fields: inout FieldReader) -> RuleTest.Input? {
    let step = fields.duration("step", atLeast: 1) ?? shortestWindow
    let feed = fields.placedText("feed")
    let log = log(&fields)
    let given = ["feed", "lines", "log"].filter { fields.node($0) != nil }
    if given.count > 1 {
      fields.fault("a test has one of 'feed', 'lines' and 'log'", at: given[1], suggestion: nil)
    }
    if let log { return .log(log) }
    guard fields.node("lines") != nil else {
      if let feed { return self.feed(feed, start, step, request: request(&fields)) }
      if given.isEmpty {
        sink.report("a test needs 'feed', 'lines' or 'log'", at: fields.mark)
      }
      return nil
    }
    return lines(start, &fields)
  }

  private func lines(_ start: EventTime, _ fields: inout FieldReader) -> RuleTest.Input? {
    let lines = fields.items("lines") { line($0.mark, start, &$0) }
    let count = lines.reduce(0) { $0 + $1.times }
    if count > Self.lineCountMax {
      fields.fault("more than \(Self.lineCountMax) requests", at: "lines", suggestion: nil)
    }
    return lines.isEmpty ? nil : .lines(lines)
  }

  /// `log`, and what only goes with it.
  private func log(_ fields: inout FieldReader) -> RuleTest.Log? {
    let path = fields.text("log")
    let format = fields.text("format")
    let registry = fields.text("registry")
    guard let path else {
      for key in ["format", "registry"] where fields.node(key) != nil {
        fields.fault("needs a 'log'", at: key, suggestion: nil)
      }
      return nil
    }
    for key in ["request", "status", "step", "tier"] where fields.node(key) != nil {
      fields.fault("has no effect on a 'log'", at: key, suggestion: nil)
    }
    return RuleTest.Log(
      path: besideRules(path), format: format, registry: registry.map(besideRules))
  }

  /// Paths begin at the folder of the rule file.
  private func besideRules(_ path: String) -> String {
    guard !path.hasPrefix("/"), let slash = sink.file.lastIndex(of: "/") else { return path }
    return sink.file[...slash] + path
  }

  /// The step of a feed that names none; `nil` where the kind counts nothing in windows.
  private var shortestWindow: Int64? {
    switch plan {
    case .volume(let volume): volume.windows.min()
    case .tier(let tier): tier.windows.min()
    case .tally(let tally): tally.windowMilliseconds
    case .precursor: nil
    }
  }

  private func feed(
    _ text: PlacedText, _ start: EventTime, _ step: Int64?, request: RuleTest.Request?
  ) -> RuleTest.Input? {
    if case .precursor = plan {
      sink.report("a precursor is tested with 'lines', not with a feed", at: text.mark)
      return nil
    }
    do {
      let runs = try FeedText.runs(text.text)
      // Values and steps are bounded, so that the sum cannot overflow.
      let count = runs.reduce(0) { $0 + ($1.value ?? 0) * $1.stepCount }
      if count > Self.feedRequestCountMax {
        sink.report("'feed': more than \(Self.feedRequestCountMax) requests", at: text.mark)
        return nil
      }
      return .feed(
        RuleTest.Feed(
          start: start, stepMilliseconds: step ?? 60_000, runs: runs, request: request))
    } catch {
      sink.report("'feed': \(error.message)", at: text.mark(at: error.offset))
      return nil
    }
  }

  func line(
    _ mark: YAMLNode.Mark, _ start: EventTime, _ fields: inout FieldReader
  ) -> RuleTest.Line? {
    if fields.node("at") == nil { sink.report("'at' is missing", at: mark) }
    let time = time("at", after: start, &fields)
    if fields.node("request") == nil { sink.report("'request' is missing", at: mark) }
    let request = request(&fields)
    let times = fields.integer("times", in: 1...Self.lineCountMax, default: 1)
    let every = fields.duration("every", atLeast: 0) ?? 1000
    let key = fields.text("key")
    let details = details(&fields)
    guard let time, let request else { return nil }
    return RuleTest.Line(
      time: time, method: request.method, target: request.target, status: request.status,
      times: times, everyMilliseconds: every, key: key, details: details)
  }

  private func details(_ fields: inout FieldReader) -> RuleTest.Details {
    func count(_ key: String) -> Int? {
      fields.node(key).map { _ in fields.integer(key, in: 0...Self.detailMax, default: 0) }
    }
    var details = RuleTest.Details()
    details.clientIP = fields.text("client_ip")
    details.userAgent = fields.text("user_agent")
    details.latencyMilliseconds = count("latency_ms")
    details.bytesIn = count("bytes_in")
    details.bytesOut = count("bytes_out")
    if let address = details.clientIP, IPAddress(parsing: Array(address.utf8).span) == nil {
      fields.fault("is no address such as 192.0.2.1", at: "client_ip", suggestion: nil)
    }
    return details
  }

  /// `request` and `status`; `nil` where the first is absent, or wrong.
  private func request(_ fields: inout FieldReader) -> RuleTest.Request? {
    let status = fields.integer("status", in: 0...999, default: 200)
    guard let text = fields.placedText("request") else {
      if fields.node("status") != nil {
        fields.fault("needs a 'request'", at: "status", suggestion: nil)
      }
      return nil
    }
    let parts = text.text.split(separator: " ").map(String.init)
    guard parts.count == 2, parts[1].hasPrefix("/") else {
      sink.report(
        "'request' is not a method and a path, such as 'GET /v1/quotes?sku=7'", at: text.mark)
      return nil
    }
    return RuleTest.Request(method: parts[0], target: parts[1], status: status)
  }

  // MARK: - Times

  private func marks(_ start: EventTime, _ fields: inout FieldReader) -> [Mark] {
    guard fields.node("marks") != nil else { return [] }
    return fields.items("marks") { mark(start, &$0) }
  }

  func mark(_ start: EventTime, _ fields: inout FieldReader) -> Mark? {
    let name = fields.text("name", isRequired: true)
    if fields.node("at") == nil { sink.report("'at' is missing", at: fields.mark) }
    let time = time("at", after: start, &fields)
    guard let name, let time else { return nil }
    guard Mark.isLegal(name: name) else {
      fields.fault(
        "a mark is lower case letters, digits and hyphens", at: "name",
        suggestion: RuleReader.legalID(name))
      return nil
    }
    return Mark(name: name, time: time)
  }

  private func time(_ key: String, _ fields: inout FieldReader) -> EventTime? {
    guard let text = fields.placedText(key) else { return nil }
    if let time = Timestamp.time(text.text) { return time }
    sink.report("'\(key)' is not a time such as 2026-01-05T08:00:00Z", at: text.mark)
    return nil
  }

  /// A whole time stamp, or a time of the day on which the test starts.
  private func time(
    _ key: String, after start: EventTime, _ fields: inout FieldReader
  ) -> EventTime? {
    guard let text = fields.placedText(key) else { return nil }
    if let time = Timestamp.time(text.text) { return time }
    if let clock = Timestamp.timeOfDay(text.text) {
      let midnight = start.milliseconds.floorDivided(by: 86_400_000) * 86_400_000
      return EventTime(milliseconds: midnight + clock)
    }
    sink.report("'\(key)' is not a time such as 10:00:03 or 2026-01-05T08:00:00Z", at: text.mark)
    return nil
  }

  // MARK: - Expectations

  private func tier(_ fields: inout FieldReader) -> KeyRegistry.Tier? {
    guard let node = fields.node("tier"), var inner = FieldReader(node, as: "'tier'", sink: sink)
    else { return nil }
    let tier = TierReader.tier(name: "test", &inner)
    inner.finish()
    return tier
  }

  private func expectations(
    _ start: EventTime, _ input: RuleTest.Input?, _ fields: inout FieldReader
  ) -> [RuleTest.Expectation]? {
    guard let node = fields.requiredNode("expect") else { return nil }
    if case .scalar(let text, _) = node.content {
      if text == "none" { return [] }
      sink.report("'expect' must be 'none' or a list of alerts", at: node.mark)
      return nil
    }
    return fields.items("expect") { expectation(start, input, &$0) }
  }

  func expectation(
    _ start: EventTime, _ input: RuleTest.Input?, _ fields: inout FieldReader
  ) -> RuleTest.Expectation? {
    let moment = moment(start, input, &fields)
    let word = fields.word("state", oneOf: ["open", "resolved"], default: "open")
    let entity = fields.text("entity")
    let reason = fields.text("reason")
    guard let moment, let state = Alert.State(rawValue: word) else { return nil }
    return RuleTest.Expectation(moment: moment, state: state, entity: entity, reason: reason)
  }

  private func moment(
    _ start: EventTime, _ input: RuleTest.Input?, _ fields: inout FieldReader
  ) -> RuleTest.Expectation.Moment? {
    let hasWindow = fields.node("window") != nil
    let time = time("at", after: start, &fields)
    guard hasWindow else {
      if time == nil { sink.report("'window' or 'at' is missing", at: fields.mark) }
      return time.map { .at($0) }
    }
    guard case .feed(let feed)? = input else {
      if input != nil { fields.fault("needs a feed; use 'at'", at: "window", suggestion: nil) }
      return nil
    }
    return .window(fields.integer("window", in: 0...max(feed.stepCount - 1, 0), default: 0))
  }
}
