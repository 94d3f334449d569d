import AccessLog
public import Detection
public import RuleFiles

/// Runs the tests that rule files carry.
///
/// Each test has its rule to itself, in a pipeline of its own, and its requests go the way of a
/// log's lines. A shadow rule is tested as if it were none. Tests with a log of their own are for
/// whoever can read logs: ``rule(of:)`` and ``RuleTestOutcome`` are their two ends.
public struct RuleTester: Sendable {
  private let rules: RuleSet

  public init(_ rules: RuleSet) { self.rules = rules }

  /// Runs `test`, which belongs to a rule of the set.
  public func outcome(of test: RuleTest) -> RuleTestOutcome {
    let rule = rule(of: test)
    switch test.input {
    case .feed(let feed): return outcome(of: test, rule, feed)
    case .lines(let lines): return outcome(of: test, rule, lines)
    case .log: preconditionFailure("a log is read elsewhere")
    }
  }

  /// The rule that `test` is about, as it is tested.
  public func rule(of test: RuleTest) -> Rule {
    guard var rule = rules.rules.first(where: { $0.id == test.ruleID }) else {
      preconditionFailure("a test belongs to a rule of its set")
    }
    rule.isShadow = false
    for index in rule.overrides.indices { rule.overrides[index].rule.isShadow = false }
    return rule
  }

  /// Rules that no test of `tests` is about.
  public func untested(by tests: [RuleTest]) -> [Rule] {
    let tested = Set(tests.map(\.ruleID))
    return rules.rules.filter { !tested.contains($0.id) }
  }

  // MARK: - feeds

  private func outcome(
    of test: RuleTest, _ rule: Rule, _ feed: RuleTest.Feed
  ) -> RuleTestOutcome {
    let request = feed.request ?? TypicalRequest.request(for: rule)
    let line = TestLogLine(
      key: TestRegistry.key, method: request.method, target: request.target,
      status: request.status)
    var run = TestRun(rule, test, from: feed.start)
    var start = feed.start.milliseconds
    for part in feed.runs {
      let end = start + Int64(part.stepCount) * feed.stepMilliseconds
      if let count = part.value {
        for step in 0..<part.stepCount {
          let from = start + Int64(step) * feed.stepMilliseconds
          Self.send(count, of: line, from: from, during: feed.stepMilliseconds, &run)
        }
      } else {
        run.skip(from: start, to: end)
      }
      start = end
    }
    return finish(&run, test, until: start)
  }

  /// Requests at equal distances, the first and the last half of one from the ends of the step.
  private static func send(
    _ count: Int, of line: borrowing TestLogLine, from start: Int64, during length: Int64,
    _ run: inout TestRun
  ) {
    let spacing = Double(length) / Double(max(count, 1))
    for index in 0..<count {
      run.send(line, at: start + Int64(((Double(index) + 0.5) * spacing).rounded(.down)))
    }
  }

  // MARK: - lines

  private func outcome(
    of test: RuleTest, _ rule: Rule, _ lines: [RuleTest.Line]
  ) -> RuleTestOutcome {
    let texts = lines.map { line in
      TestLogLine(
        key: line.key ?? TestRegistry.key, method: line.method, target: line.target,
        status: line.status, details: line.details)
    }
    let requests = Self.schedule(lines)
    let start = requests.first?.time ?? RuleTest.defaultStart.milliseconds
    var run = TestRun(rule, test, from: EventTime(milliseconds: start))
    for request in requests { run.send(texts[request.line], at: request.time) }
    // The second of the last request ends.
    let end = (requests.last?.time ?? start).floorDivided(by: 1000) * 1000 + 1000
    return finish(&run, test, until: end)
  }

  private struct Request {
    var time: Int64
    var line: Int
  }

  /// By time; those of one moment as the file has them.
  private static func schedule(_ lines: [RuleTest.Line]) -> [Request] {
    var requests: [Request] = []
    for (index, line) in lines.enumerated() {
      for number in 0..<line.times {
        let time = line.time.milliseconds + Int64(number) * line.everyMilliseconds
        requests.append(Request(time: time, line: index))
      }
    }
    return requests.sorted { ($0.time, $0.line) < ($1.time, $1.line) }
  }

  // MARK: - the end

  /// Lets time go on to the end of the traffic, or as far as the test looks.
  private func finish(
    _ run: inout TestRun, _ test: RuleTest, until end: Int64
  ) -> RuleTestOutcome {
    let looked = test.expectations.compactMap { expectation -> Int64? in
      guard case .at(let time) = expectation.moment else { return nil }
      return time.milliseconds
    }
    run.wait(until: max(end, looked.max() ?? end))
    run.finish()
    return RuleTestOutcome(
      test: test, alerts: run.alerts, faults: run.faults(), sleepReason: run.sleepReason())
  }
}
