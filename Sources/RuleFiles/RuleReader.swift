import Detection

/// Reads one rule: the fields that every kind has, and through the kind its own.
struct RuleReader {
  private(set) var id: PlacedText?
  private(set) var tests: [RuleTest] = []
  private var policies = PolicyReader()

  /// Other rules that this one names.
  var inhibited: [PlacedText] { policies.inhibited }

  /// What was read so far; a test asks which keys.
  private(set) var fields: FieldReader
  private let entries: [YAMLNode.Entry]
  private let sink: DiagnosticSink

  /// Part of the language, and built by no step so far.
  static let keysNotYetSupported = [
    "alerts_per_day", "at_least", "field", "follow", "forget", "learn", "quiet_for",
    "requires_review", "so_far",
  ]
  static let kindsNotYetSupported = [
    "cardinality", "correlation", "followup", "new_value", "order", "peer", "policy", "quota",
    "rhythm", "sequence", "silence",
  ]
  /// A change of them changes no verdict.
  private static let keysOutsideHash = ["title", "why", "runbook", "tests"]

  static let idLengthMax = 100

  init?(_ node: YAMLNode, sink: DiagnosticSink) {
    guard case .mapping(let entries) = node.content,
      let fields = FieldReader(
        node, as: "a rule", sink: sink, notYetSupported: Self.keysNotYetSupported)
    else {
      sink.report("a rule must be a mapping, not \(node.kind)", at: node.mark)
      return nil
    }
    self.entries = entries
    self.fields = fields
    self.sink = sink
  }

  /// The rule; `nil` where it has no usable id or kind. Other faults are in the sink.
  mutating func rule() -> Rule? {
    id = readID()
    let title = prose("title", isRequired: true) ?? ""
    let (kind, isSure) = readKind()
    let per = readPer()
    let filter = RequestFilter(
      matchers: readMatchers(), expression: fields.expression("where", isRequired: false))
    let severity = Severity(
      rawValue: fields.word(
        "severity", oneOf: Severity.allCases.map(\.rawValue), default: Severity.medium.rawValue))
    let minSamples =
      fields.node("min_samples") == nil
      ? nil : fields.integer("min_samples", in: 1...1_000_000, default: 1)
    let isShadow = fields.flag("shadow", default: false)
    let policy = policies.policy(&fields, ruleID: id?.text)
    let why = prose("why")
    let runbook = prose("runbook")
    let testNode = fields.node("tests")
    let overrideNode = fields.node("overrides")
    guard let kind else { return nil }
    let detector = kind.init(reading: &fields)
    PolicyReader.check(policy, per: per, detector.plan, &fields)
    refuseWhatHasNoEffect(at: kind.kind, per)
    if case .tally(let plan) = detector.plan, plan.part == nil, minSamples != nil {
      fields.fault(
        "has no effect on the measure '\(plan.measure.text)': nothing is learnt", at: "min_samples",
        suggestion: nil)
    }
    fields.finish(explaining: KindOutline.explanation)
    guard let id, isSure else { return nil }
    let overrides = OverrideReader(entries: entries, per: per, sink: sink).overrides(overrideNode)
    tests = RuleTestReader(ruleID: id.text, plan: detector.plan, sink: sink).tests(testNode)
    var rule = Rule(
      id: id.text, title: title, severity: severity ?? .medium, per: per, filter: filter,
      minSamples: minSamples, isShadow: isShadow, policy: policy, why: why, runbook: runbook,
      detector: detector,
      contentHash: contentHash)
    rule.overrides = overrides
    return rule
  }

  /// A text for people, whose `#1` behind a blank must not be lost as a comment.
  private mutating func prose(_ key: String, isRequired: Bool = false) -> String? {
    guard let value = fields.placedText(key, isRequired: isRequired) else { return nil }
    let rest = (sink.line(value.mark.line) ?? "").dropFirst(value.mark.column - 1)
    let behind = rest.hasPrefix(value.text) ? rest.dropFirst(value.text.count) : ""
    let comment = behind.drop { $0 == " " }
    if value.style == .plain, behind.first == " ", comment.hasPrefix("#"),
      comment.dropFirst().first.map({ $0 != " " && $0 != "#" }) ?? false
    {
      let whole = String(rest).replacing("'", with: "''")
      sink.report(
        "YAML cut '\(key)' at ' #'; write \(key): '\(whole)'",
        at: .init(line: value.mark.line, column: value.mark.column + value.text.count + 1))
    }
    return value.text
  }

  /// A key that the kind at hand would not look at must not pass for one that it heeds.
  private func refuseWhatHasNoEffect(at kind: String, _ per: Per) {
    for (key, reason) in RuleLanguage.keysWithoutEffect(at: kind) {
      guard let entry = entries.first(where: { $0.key == key }) else { continue }
      sink.report("'\(key)' has no effect at the kind '\(kind)': \(reason)", at: entry.mark)
    }
    guard kind == Tier.kind, let node = entries.first(where: { $0.key == "per" }), per != .key
    else { return }
    sink.report("a tier is judged per key", at: node.value.mark, suggestion: "key")
  }

  private mutating func readID() -> PlacedText? {
    guard let id = fields.placedText("id", isRequired: true) else { return nil }
    let isLegal = id.text.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
    }
    guard isLegal, id.text.utf8.count <= Self.idLengthMax else {
      sink.report(
        "'id' must be lower case letters, digits and hyphens", at: id.mark,
        suggestion: Self.legalID(id.text))
      return nil
    }
    return id
  }

  /// The nearest legal form of `text`.
  static func legalID(_ text: String) -> String? {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let id = words.joined(separator: "-")
    return id.isEmpty || id.utf8.count > idLengthMax ? nil : id
  }

  /// The kind, or the one that a misspelt word most likely means, so that the rule's other faults
  /// are told, too.
  private mutating func readKind() -> (kind: (any Detector.Type)?, isSure: Bool) {
    guard let word = fields.placedText("kind", isRequired: true) else { return (nil, false) }
    if let kind = Detectors.detector(kind: word.text) { return (kind, true) }
    if Self.kindsNotYetSupported.contains(word.text) {
      sink.report("the kind '\(word.text)' is not yet supported", at: word.mark)
      return (nil, false)
    }
    let kinds = Detectors.all.map { $0.kind }
    let nearest = NearestWord.nearest(to: word.text, among: kinds + Self.kindsNotYetSupported)
    sink.report(
      "unknown kind '\(word.text)'; there are \(kinds.joined(separator: ", "))", at: word.mark,
      suggestion: nearest)
    return (nearest.flatMap(Detectors.detector(kind:)), false)
  }

  /// One type of entities, or two.
  private mutating func readPer() -> Per {
    let texts = fields.texts("per")
    let types = texts.compactMap(entityType)
    guard types.count == texts.count, let first = types.first else { return .key }
    guard types.count > 1 else { return Per(first) }
    guard types.count == 2, types[0] != types[1], !types.contains(.global) else {
      fields.fault("it takes one, or two that differ, as [key, route]", at: "per", suggestion: nil)
      return .key
    }
    return Per(first, and: types[1])
  }

  private func entityType(_ word: PlacedText) -> EntityType? {
    let words = Per.types.map(\.rawValue)
    if words.contains(word.text) { return EntityType(rawValue: word.text) }
    sink.report(
      "'per' is '\(word.text)', not one of \(words.joined(separator: ", "))", at: word.mark,
      suggestion: NearestWord.nearest(to: word.text, among: words))
    return nil
  }

  private mutating func readMatchers() -> [RequestMatcher] {
    fields.texts("match").compactMap { MatcherText.matcher($0, name: "'match'", sink: sink) }
  }

  private var contentHash: String {
    var hash = ContentHash()
    hash.add(entries.filter { !Self.keysOutsideHash.contains($0.key) })
    return hash.hexadecimal
  }
}
