import AccessLog

// Answers what each rule had to say of an entity at a moment. Nothing of it costs a run that is
// asked nothing more than a look at an empty option a second.
extension Engine {
  /// What was asked for in the options, once all records have been taken in; `nil` where nothing
  /// was.
  public mutating func explanation() -> Explanation? {
    guard let inquiry = options.inquiry else { return nil }
    if currentSecond != nil { advance(to: inquiry.second) }
    let found = examination?.found ?? []
    var rules: [RuleExplanation] = []
    for index in context.rules.indices where isAsked(index) {
      var told = found.filter { $0.rule == index }.map(\.told)
      var first = told.popLast() ?? beforeAll(index)
      for other in told { first.add(other) }
      rules.append(first)
    }
    return Explanation(
      time: inquiry.time, entity: examination?.entity, firstTime: statistics.firstTime,
      rules: rules)
  }

  /// Of the variants of a rule the one that judges whoever is asked for.
  private func isAsked(_ index: Int) -> Bool {
    let rule = context.rules[index]
    guard rule.audience != nil, let inquiry = options.inquiry else { return true }
    let time = inquiry.time.milliseconds
    guard let entity = context.subject(rule.per, inquiry.names, at: time) else {
      return rule.variant == 0
    }
    return context.judges(index, entity, at: time)
  }

  private func beforeAll(_ index: Int) -> RuleExplanation {
    RuleExplanation(
      rule: context.rules[index].id, kind: kind(index), entity: nil, verdict: .silent,
      reason: "no record is that old")
  }

  /// Looks at everything just before `moment` ends the second under way, as the engine does then,
  /// and goes on.
  mutating func examine(at moment: Int64, onTheWayTo second: Int64) {
    advance(to: moment - 1)
    guard var examination else { return }
    let isLast = examination.takeMoment(after: moment - 1)
    self.examination = examination
    for index in context.rules.indices {
      guard let told = explained(index, at: moment, isLast: isLast) else { continue }
      self.examination?.found.append(.init(rule: index, told: told))
    }
    advance(to: moment)
    if isLast { examineAfterwards(at: moment) }
    advance(to: second)
  }

  /// What is decided when the second ends: precursors, and which alerts are open then.
  private mutating func examineAfterwards(at moment: Int64) {
    let names = options.inquiry?.names ?? []
    for index in precursors.indices {
      let rule = precursors[index].rule
      let told = explained(rule, at: moment) { precursors[index].explanation(of: $0, $1, context) }
      examination?.found.append(.init(rule: rule, told: told))
    }
    for place in examination?.found.indices ?? 0..<0 {
      guard let rule = examination?.found[place].rule,
        let entity = context.subject(context.rules[rule].per, names, at: moment * 1000)
      else { continue }
      let key = EpisodeKey(rule: rule, entity: entity)
      let policy = context.rules[rule].policy
      if let since = context.episodes.pendingSince(key, policy) {
        examination?.found[place].told.note(
          "in trouble since \(since.rfc3339), and an alert once that is "
            + Wording.duration(milliseconds: policy.forMilliseconds))
      } else {
        examination?.found[place].told.take(context.episodes.openAlert(key))
      }
      let (start, end) = (moment * 1000 - 1, moment * 1000)
      if let hours = policy.during, !hours.covers(from: start, to: end) {
        examination?.found[place].told.note("it says nothing outside of \(hours.text)")
      } else if let after = policy.after, !policy.speaks(from: start, to: end, context.marks) {
        examination?.found[place].told.note("it speaks \(after.words) alone")
      }
    }
    examination?.entity = context.subjectPhrase(names, at: moment * 1000)
  }

  /// What rule `index` says just before `moment`; `nil` where it is asked at another moment.
  private func explained(_ index: Int, at moment: Int64, isLast: Bool) -> RuleExplanation? {
    switch context.rules[index].detector.plan {
    case .volume(let plan):
      guard let monitor = volumes.first(where: { $0.judges.contains { $0.rule == index } }),
        let judge = monitor.judges.first(where: { $0.rule == index })
      else { return nil }
      let asksUp = plan.direction != .down && isLast
      let asksDown = plan.direction != .up && moment == fallMoment(index)
      guard asksUp || asksDown else { return nil }
      return explained(index, at: moment) { entity, _ in
        monitor.explanation(
          of: entity, judge, at: moment, up: asksUp, down: asksDown, context)
      }
    case .tier:
      guard isLast, let monitor = tiers.first(where: { $0.rule == index }) else { return nil }
      return explained(index, at: moment) { monitor.explanation(of: $0, $1, context) }
    case .tally:
      guard moment == fallMoment(index) ?? options.inquiry?.second,
        let monitor = tallies.first(where: { $0.judge(ofRule: index) != nil }),
        let judge = monitor.judge(ofRule: index)
      else { return nil }
      return explained(index, at: moment) { monitor.explanation(of: $0, judge, $1, context) }
    case .precursor: return nil
    }
  }

  /// Whom the rule judges, and what it says; or why it says nothing.
  private func explained(
    _ index: Int, at moment: Int64, _ explain: (Entity, Int64) -> RuleFindings
  ) -> RuleExplanation {
    let rule = context.rules[index]
    var told = RuleExplanation(
      rule: rule.id, kind: kind(index), entity: nil, verdict: .asleep, reason: nil)
    if sampling.isPartial, rule.detector.plan.looksForAbsence {
      told.reason = sleepReason(index)
      return told
    }
    let names = options.inquiry?.names ?? []
    guard let entity = context.subject(rule.per, names, at: moment * 1000) else {
      let sleep = sleepReason(index)
      told.verdict = sleep == nil ? .other : .asleep
      told.reason = sleep ?? "judges each \(rule.per.words); name one"
      return told
    }
    told.entity = context.phrase(for: entity, at: moment * 1000)
    let findings = explain(entity, moment)
    told.verdict = findings.verdict
    told.reason = findings.reason
    told.numbers = findings.numbers
    if let labels = rule.audience?.labels, !labels.isEmpty {
      told.note("as for \(labels.map { "\($0.name) \($0.value)" }.joined(separator: ", "))")
    }
    if findings.verdict == .silent, let sleep = sleepReason(index) {
      told.verdict = .asleep
      told.reason = sleep
    }
    return told
  }

  private func kind(_ index: Int) -> String { type(of: context.rules[index].detector).kind }

  private func fallMoment(_ index: Int) -> Int64? {
    options.inquiry.flatMap {
      Examination.fallMoment(of: context.rules[index].detector.plan, before: $0.second)
    }
  }
}

/// What a monitor finds out for an explanation.
struct RuleFindings {
  var verdict: RuleExplanation.Verdict
  var reason: String?
  var numbers: [RuleExplanation.Number] = []
}

/// The moments at which the engine stops to look, and what it saw.
struct Examination: Sendable {
  struct Found: Sendable {
    var rule: Int
    var told: RuleExplanation
  }

  /// Seconds, ascending; at the end of the one before each is looked.
  private var moments: [Int64]
  var found: [Found] = []
  var entity: String?

  init?(_ inquiry: Inquiry?, _ rules: [Rule]) {
    guard let inquiry else { return nil }
    let falls = rules.compactMap { Self.fallMoment(of: $0.detector.plan, before: inquiry.second) }
    moments = Set(falls + [inquiry.second]).sorted()
  }

  /// That too little came is judged where a window ends: the last time before `second`.
  static func fallMoment(of plan: DetectorPlan, before second: Int64) -> Int64? {
    let length: Int64
    switch plan {
    case .volume(let plan) where plan.direction != .up: length = (plan.windows.first ?? 1000) / 1000
    case .tally(let plan) where plan.part == nil && !plan.isAbove: length = plan.cellSeconds
    default: return nil
    }
    return second.floorDivided(by: length) * length
  }

  /// The next moment after `second`; those before the first record are left out.
  func moment(after second: Int64) -> Int64? { moments.first { $0 > second } }

  /// Takes the moment at hand; true if it is the one that was asked for.
  mutating func takeMoment(after second: Int64) -> Bool {
    moments.removeAll { $0 <= second + 1 }
    return moments.isEmpty
  }
}

extension RuleExplanation {
  /// Of a rule that looks both ways: the louder verdict, and all numbers.
  fileprivate mutating func add(_ other: RuleExplanation) {
    let order = Verdict.allCases
    let isLouder = (order.firstIndex(of: other.verdict) ?? 0) < (order.firstIndex(of: verdict) ?? 0)
    if isLouder {
      verdict = other.verdict
      reason = other.reason
    }
    numbers += other.numbers
    alert = alert ?? other.alert
  }

  fileprivate mutating func take(_ open: OpenAlert?) {
    guard let open else { return }
    alert = open
    verdict = .alert
  }
}

extension RuleExplanation {
  /// Adds to what the rule says.
  fileprivate mutating func note(_ words: String) {
    reason = reason.map { "\($0); \(words)" } ?? words
  }
}

extension EpisodeTable {
  /// The first sign of an episode that has not lasted long enough to be told.
  func pendingSince(_ key: EpisodeKey, _ policy: EpisodePolicy) -> EventTime? {
    guard let slot = open[key], let episode = episodes[slot], episode.isPending(policy) else {
      return nil
    }
    return episode.alert.detectedAt
  }

  func openAlert(_ key: EpisodeKey) -> RuleExplanation.OpenAlert? {
    guard let slot = open[key], let alert = episodes[slot]?.told else { return nil }
    return .init(id: alert.id, startedAt: alert.startedAt, score: alert.score)
  }
}

// MARK: - whom it is about

extension EngineContext {
  /// The entity of `type` that `names` mean: one of that name, or the supplier, application or
  /// tier of the key that has it.
  func subject(_ per: Per, _ names: [String], at time: Int64) -> Entity? {
    per.second == nil
      ? subject(per.type, names, at: time) : entity(.pair, named: names, at: time)
  }

  private func subject(_ type: EntityType, _ names: [String], at time: Int64) -> Entity? {
    if type == .global { return .all }
    if let named = entity(type, named: names, at: time) { return named }
    guard let key = entity(.key, named: names, at: time), key.type == .key else {
      let application = entity(.application, named: names, at: time)
      guard type == .supplier, let application else { return nil }
      return supplier(of: application, at: time).map { Entity(type: type, index: UInt32($0)) }
    }
    let row = keys.row(of: key.index, at: time)
    let index: Int? =
      switch type {
      case .supplier: keys.supplier(ofRow: row)
      case .application: keys.application(ofRow: row)
      case .tier: keys.tier(ofRow: row)
      default: nil
      }
    return index.map { Entity(type: type, index: UInt32($0)) }
  }

  /// Who it is, if anything of that name was seen.
  func subjectPhrase(_ names: [String], at time: Int64) -> String? {
    for type in EntityType.allCases {
      if let entity = entity(type, named: names, at: time) { return phrase(for: entity, at: time) }
    }
    return nil
  }

  /// The entity of `type` that has one of these names, if it was seen or is registered.
  func entity(_ type: EntityType, named texts: [String], at time: Int64) -> Entity? {
    func found(_ index: Int?) -> Entity? { index.map { Entity(type: type, index: UInt32($0)) } }
    switch type {
    case .key, .clientIP:
      let key = keys.keys.indices.first { index in
        (type == .key || keys.isAddress(UInt32(index)))
          && (texts.contains(keys.keys[index].name)
            || texts.contains(keys.name(of: UInt32(index), at: time)))
      }
      guard let key else { return nil }
      return Entity(type: keys.isAddress(UInt32(key)) ? .clientIP : .key, index: UInt32(key))
    case .application: return found(keys.applications.firstIndex(where: texts.contains))
    case .supplier: return found(registry.suppliers.firstIndex { texts.contains($0.name) })
    case .tier: return found(registry.tiers.firstIndex { texts.contains($0.name) })
    case .api: return found(registry.apis.firstIndex { texts.contains($0.name) })
    case .route: return found(names.routes.index(ofAny: texts))
    case .version: return found(names.versions.index(ofAny: texts))
    case .network: return found(names.networks.index(ofAny: texts))
    case .global: return texts.contains("global") ? .all : nil
    case .pair:
      return pairs.pairs.indices.lazy.map { Entity(type: .pair, index: UInt32($0)) }
        .first { texts.contains(name(of: $0, at: time)) }
    }
  }
}

extension BoundedNames {
  fileprivate func index(ofAny texts: [String]) -> Int? {
    texts.lazy.compactMap { symbols.known(Array($0.utf8).span) }.first.map { Int($0.index) }
  }
}

extension EntityType {
  /// `client address`.
  var words: String {
    switch self {
    case .clientIP: "client address"
    default: rawValue
    }
  }
}
