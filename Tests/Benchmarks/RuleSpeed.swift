import AccessLog
import Detection
import Pipeline
import RuleFiles

/// How long rules take to load, and what they cost a record, by their number.
enum RuleSpeed {
  private static let counts = [1, 10, 100, 300, 1000]
  private static let keyCount = 200
  private static let routeCount = 50
  private static let recordCount = 200_000
  private static let monday: Int64 = 1_767_571_200

  static func table() -> String {
    let log = log()
    let none = nanoseconds(RuleSet([]), log)
    var lines = [
      "a record without rules: \(none) ns",
      " rules   load ms  CPU ns a record   ns more a rule",
    ]
    for count in counts {
      let (rules, load) = loaded(count)
      let cost = nanoseconds(rules, log)
      let more = Double(cost - none) / Double(count)
      lines.append(
        [
          TableText.right(count, 6), TableText.right(load, 9), TableText.right(cost, 16),
          TableText.right((more * 10).rounded() / 10, 16),
        ].joined(separator: " "))
    }
    return lines.joined(separator: "\n")
  }

  // MARK: - rules

  /// Rules as an estate of many APIs has them: each kind, over routes of their own or all, with
  /// conditions that a class of requests decides and such that each record must be asked.
  private static func text(of count: Int) -> String {
    (0..<count).reduce(into: "rules:\n") { text, number in
      let route = "ANY /v1/route-\(number % routeCount)/**"
      let head = "  - {id: rule-\(number), title: t, "
      switch number % 6 {
      case 0: text += head + "kind: spike, at_least: {times: \(2 + number % 7), more: 20}}\n"
      case 1: text += head + "kind: threshold, match: \(route), window: 5m, above: 100000}\n"
      case 2:
        text +=
          head + "kind: ratio, per: route, match: \(route), part: 'status >= 500', above: 0.5}\n"
      case 3:
        text += head + "kind: threshold, where: 'status == \(400 + number % 100)', above: 100000}\n"
      case 4: text += head + "kind: spike, match: \(route), window: [5m, 30m]}\n"
      default:
        text +=
          head
          + "kind: threshold, match: \(route), where: 'query[\"page\"] == \"\(number)\"', above: 9}\n"
      }
    }
  }

  private static func loaded(_ count: Int) -> (rules: RuleSet, milliseconds: Int) {
    let file = SourceFile(name: "rules.yaml", text: text(of: count))
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let rules = try RuleLoader.load([file]).ruleSet
      return (rules, Int((clock.now - start) / .milliseconds(1)))
    } catch { fatalError("\(error)") }
  }

  // MARK: - records

  private static func log() -> [UInt8] {
    var bytes: [UInt8] = []
    var state: UInt64 = 1
    for number in 0..<recordCount {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let word = Int(truncatingIfNeeded: state >> 33)
      let status = word % 40 == 0 ? 503 : word % 15 == 0 ? 404 : 200
      let time = monday * 1000 + Int64(number) * 20
      bytes += Array(
        ("\(time / 1000).\(String(1000 + time % 1000).dropFirst()) \"key-\(word % keyCount)\" "
          + "\"GET /v1/route-\(word / 7 % routeCount)/items?page=\(word % 9) HTTP/1.1\" "
          + "\(status) 192.0.2.\(word % 250)\n").utf8)
    }
    return bytes
  }

  /// CPU time a record, the best of three: on a machine that does other things, too, the clock on
  /// the wall tells of those.
  private static func nanoseconds(_ rules: RuleSet, _ log: [UInt8]) -> Int {
    (0..<3).map { _ in
      let start = ProcessorTime.process.nanoseconds
      run(rules, log)
      return (ProcessorTime.process.nanoseconds - start) / recordCount
    }.min() ?? 0
  }

  private static func run(_ rules: RuleSet, _ log: [UInt8]) {
    let identity = IdentityField(field: "$remote_user", isSecret: false)
    let description = FormatDescription(
      template: #"$msec "$remote_user" "$request" $status $remote_addr"#, identity: [identity])
    guard let reader = try? NginxLogFormat.reader(for: description) else {
      fatalError("the template can be read")
    }
    let parser = BlockParser(
      readers: [reader], identityKinds: description.identityKinds, columns: rules.columns)
    var pipeline = Pipeline(
      rules: rules, registry: KeyRegistry(),
      sources: [SourceDeclaration(name: "edge", parser: parser)],
      options: EngineOptions(
        hash: SipHash(key0: 1, key1: 2), fingerprint: { String(decoding: $0, as: UTF8.self) }))
    var alerts: [Alert] = []
    var start = 0
    while start < log.count {
      let end = min(log.count, start + 1 << 18)
      pipeline.push(Array(log[start..<end]), from: 0, into: &alerts)
      start = end
    }
    pipeline.finish(0, into: &alerts)
    precondition(pipeline.summary().statistics.recordCount == recordCount)
  }
}
