import Detection

/// A rule of ours that a Sigma rule or correlation says.
struct SigmaRule {
  struct Notes {
    var severity: Severity
    var why: String?
  }

  var per = Per.global
  var window: String
  /// Requests of a window; one of the two.
  var above: Int?
  var below: Int?
  var expression: String
  /// As ours, where it is not requests.
  var measure: String?

  init(window: String, above: Int, expression: String) {
    self.window = window
    self.above = above
    self.expression = expression
  }

  /// Whom Sigma groups by, and whom we judge.
  private static let entities: [String: EntityType] = [
    "cs-username": .key, "user": .key, "username": .key, "user.name": .key,
    "cs-uri-stem": .route, "c-uri": .route, "cs-uri": .route,
  ]
  private static let types = [
    "temporal": "rules that come together are not looked for",
    "temporal_ordered":
      "rules that follow each other are not looked for; 'precursor' finds what is missing before a request",
    "value_avg": "means are not judged; 'latency.p50' is the middle one",
  ]

  /// - Parameter base: The expression of a rule by its name.
  init(
    correlation document: SigmaFile.Document,
    base: (String) throws(SigmaDetection.Refusal) -> String
  ) throws(SigmaDetection.Refusal) {
    let correlation = SigmaFile.Document(
      entries: document.value("correlation")?.entries ?? [], mark: document.mark)
    let type = correlation.text("type") ?? ""
    measure = try Self.measure(type, correlation.value("condition"))
    var expressions: [String] = []
    for name in correlation.value("rules")?.values.compactMap(\.text) ?? [] {
      expressions.append(try base(name))
    }
    guard !expressions.isEmpty else { throw .init(reason: "it names no rules") }
    expression = SigmaDetection.joined(expressions, "||")
    per = try Self.entity(correlation.value("group-by"))
    window = try Self.window(correlation.text("timespan"))
    try readLimit(correlation.value("condition"))
  }

  /// What is measured, as ours; `nil` for requests.
  private static func measure(
    _ type: String, _ condition: YAMLNode?
  ) throws(SigmaDetection.Refusal) -> String? {
    func value(_ key: String) -> String? {
      condition?.entries?.first { $0.key == key }?.value.text
    }
    if type == "event_count" { return nil }
    guard ["value_count", "value_sum", "value_percentile"].contains(type) else {
      let reason = types[type] ?? "there is no such type"
      throw .init(reason: "correlation '\(type)' is not taken: \(reason)")
    }
    guard let name = value("field") else { throw .init(reason: "its condition names no field") }
    let isCaller = entities[name.lowercased()] == .key
    guard let field = isCaller ? "key" : SigmaDetection.field(name) else {
      throw .init(reason: "the field '\(name)' is not in a gateway's log")
    }
    switch type {
    case "value_count": return "distinct(\(field))"
    case "value_sum": return field
    default: return "\(field == "latency_ms" ? "latency" : field).p\(value("percentile") ?? "50")"
    }
  }

  private static func entity(_ node: YAMLNode?) throws(SigmaDetection.Refusal) -> Per {
    let names = node?.values.compactMap(\.text) ?? []
    guard let name = names.first else { return .global }
    let first = try entity(named: name)
    guard names.count > 1 else { return Per(first) }
    let second = try entity(named: names[1])
    guard names.count == 2, first != second else {
      throw .init(reason: "it groups by \(names.joined(separator: " and ")); two are possible")
    }
    return Per(first, and: second)
  }

  private static func entity(
    named name: String
  ) throws(SigmaDetection.Refusal) -> EntityType {
    if SigmaDetection.field(name) == "client_ip" { return .clientIP }
    guard let entity = entities[name.lowercased()] else {
      throw .init(reason: "it groups by '\(name)', which nothing here is judged by")
    }
    return entity
  }

  /// `5m`, as ours; `M` for months is none of ours.
  private static func window(_ text: String?) throws(SigmaDetection.Refusal) -> String {
    guard let text, let length = DurationText.milliseconds(text) else {
      throw .init(reason: "its timespan '\(text ?? "")' is no time such as 5m")
    }
    guard length <= 86_400_000, length >= 1000 else {
      throw .init(reason: "its timespan \(text) is more than a day, or less than a second")
    }
    return text
  }

  private mutating func readLimit(_ node: YAMLNode?) throws(SigmaDetection.Refusal) {
    let limits = (node?.entries ?? []).filter {
      $0.key != "field" && $0.key != "percentile"
    }
    guard limits.count == 1, let limit = limits.first, let value = limit.value.text,
      let number = Int(value), number >= 0, number < 1_000_000_000
    else { throw .init(reason: "its condition is not one number") }
    switch limit.key {
    case "gt": above = number
    case "gte" where number > 0: above = number - 1
    case "lt" where number > 0: below = number
    case "lte": below = number + 1
    default: throw .init(reason: "the condition '\(limit.key): \(number)' is no limit")
    }
  }

  // MARK: - text

  func text(id: String, title: String, _ notes: Notes) -> String {
    var lines = [
      "  - id: \(id)", "    title: \(Self.quoted(title))", "    kind: threshold",
      "    per: \(per.second == nil ? per.text : "[\(per.types.map(\.rawValue).joined(separator: ", "))]")",
    ]
    if let measure { lines.append("    measure: \(Self.quoted(measure))") }
    lines += [
      "    where: \(Self.quoted(expression))", "    window: \(window)",
    ]
    if let above { lines.append("    above: \(above)") }
    if let below { lines.append("    below: \(below)") }
    lines.append("    severity: \(notes.severity.rawValue)")
    if let why = notes.why, !why.isEmpty { lines.append("    why: \(Self.quoted(why))") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// In single quotes, on one line.
  private static func quoted(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
    let plain = words.joined(separator: " ").unicodeScalars.filter {
      $0.properties.generalCategory != .control
    }
    return "'\(String(String.UnicodeScalarView(plain)).replacing("'", with: "''"))'"
  }
}
