/// Which variable of a template fills which field.
struct VariablePlan {
  /// The template's variables, and behind them the capture slots of those that have any.
  let variables: [TemplateVariable]
  /// One for each of them.
  private(set) var uses: [FieldUse]
  private(set) var identitySlots: [FieldSlot]
  /// For each variable of the template, where its capture slots begin.
  private(set) var captureStarts: [Int] = []
  /// Identities that are parameters of the request's own query.
  private(set) var queryIdentities: [QueryIdentity] = []
  /// Of which moment the time stamp is.
  private(set) var moment = StampMoment.requestEnd

  private let identity: [IdentityField]

  struct QueryIdentity: Sendable {
    var name: [UInt8]
    var slot: FieldSlot
  }

  static let identityCountMax = 4

  /// - Parameter timeAdvice: what to add to the template where it has no time.
  init(
    _ template: Template, _ description: FormatDescription, timeAdvice: String
  ) throws(FormatFault) {
    var variables = template.variables
    for variable in template.variables {
      captureStarts.append(variables.count)
      variables += variable.captures
    }
    captureStarts.append(variables.count)
    self.variables = variables
    identity = description.identity
    // With escape=json a missing value is empty, and a dash is what the client sent.
    uses = variables.map { variable in
      FieldUse(
        slot: .ignored, unit: .none, dashIsAbsent: template.escape != .json,
        isPercentEncoded: variable.isPercentEncoded || variable.parameter != nil)
    }
    identitySlots = Array(repeating: .ignored, count: variables.count)
    for index in variables.indices where isBest(index) { fill(variables[index].slot, index) }
    placeSpareAddress()
    try placeTime(description, timeAdvice)
    try placeIdentities()
  }

  /// Whether some field or identity is read from the variable at `index`.
  func isWanted(_ index: Int) -> Bool {
    uses[index].slot != .ignored || identitySlots[index] != .ignored
      || index + 1 < captureStarts.count
        && (captureStarts[index]..<captureStarts[index + 1]).contains { isWanted($0) }
  }

  /// Whether evidence may show the variable at `index`: what the source says goes first.
  func hiding(_ index: Int) -> Hiding {
    for field in identity where variables[index].answers(to: field.field) {
      return field.isSecret ? .always : .shown
    }
    return variables[index].hiding
  }

  private mutating func fill(_ slot: FieldSlot, _ index: Int) {
    uses[index].slot = slot
    uses[index].unit = variables[index].unit
    uses[index].isEncodedTwice = variables[index].isEncodedTwice
    uses[index].dashIsAbsent = uses[index].dashIsAbsent || slot.isNumber
    uses[index].dashIsZero = slot == .bytesOut
  }

  /// Where an address may be absent, because a header or a proxy told it, the next best counts.
  private mutating func placeSpareAddress() {
    guard let best = uses.firstIndex(where: { $0.slot == .address }), variables[best].rank > 0
    else { return }
    let others = variables.indices.filter { $0 != best && variables[$0].slot == .address }
    guard let next = others.min(by: { (variables[$0].rank, $0) < (variables[$1].rank, $1) })
    else { return }
    fill(.spareAddress, next)
  }

  /// No other variable for the field has a lower rank, or the same and comes first. Parts of a
  /// sum are all of them needed, and so are marks that a request was throttled.
  private func isBest(_ index: Int) -> Bool {
    let own = variables[index]
    switch own.slot {
    case .ignored, .time: return false
    case .latencyPart, .upstreamPart: return true
    // Each mark counts by itself: the rate may be within its limit and the connections not.
    case .throttled: return true
    default:
      return !variables.indices.contains { other in
        variables[other].slot == own.slot
          && (variables[other].rank, other) < (own.rank, index)
      }
    }
  }
}

// MARK: - The time stamp

extension VariablePlan {
  /// One variable that has it all, or several that have a part of it each.
  private mutating func placeTime(
    _ description: FormatDescription, _ advice: String
  ) throws(FormatFault) {
    let stamps = variables.indices.filter { variables[$0].slot == .time }
    let whole = stamps.filter { variables[$0].isWholeTime }
    if let best = whole.min(by: { (variables[$0].rank, $0) < (variables[$1].rank, $1) }) {
      if let moment = variables[best].moment { self.moment = moment }
      guard let pattern = variables[best].pattern else { return fill(.time, best) }
      fill(.timeParts, best)
      supplement(pattern, stamps)
      return try checkYear(pattern, best, description)
    }
    guard let date = stamps.first(where: { variables[$0].pattern?.hasDate == true }),
      let clock = stamps.first(where: { variables[$0].pattern?.hasTimeOfDay == true }),
      let pattern = variables[clock].pattern, let dates = variables[date].pattern
    else { throw noTime(advice) }
    if let moment = variables[date].moment { self.moment = moment }
    fill(.timeParts, date)
    fill(.timeParts, clock)
    supplement(pattern, stamps)
    try checkYear(dates, date, description)
  }

  /// A variable that was meant to be the time is told at its place.
  private func noTime(_ advice: String) -> FormatFault {
    for variable in variables where variable.slot == .ignored {
      guard let meant = Spelling.nearest(variable.name, among: Self.timeNames) else { continue }
      return FormatFault(
        "the log_format has no time, and no variable is called '\(variable.name)'",
        at: variable.offset, suggestion: meant)
    }
    return FormatFault("the log_format has no time", suggestion: advice)
  }

  private static let timeNames = [
    "$time_local", "$time_iso8601", "$msec", "%START_TIME%", "$context.requestTime",
    "$context.requestTimeEpoch",
  ]

  /// A fraction or a zone that stands by itself: `%{…}t.%{usec_frac}t%{%z}t`.
  private mutating func supplement(_ pattern: TimePattern, _ stamps: [Int]) {
    var hasFraction = pattern.hasFraction
    var hasZone = pattern.hasZone
    for index in stamps {
      guard let other = variables[index].pattern, uses[index].slot == .ignored,
        !other.hasDate, !other.hasTimeOfDay
      else { continue }
      guard other.hasFraction && !hasFraction || other.hasZone && !hasZone else { continue }
      hasFraction = hasFraction || other.hasFraction
      hasZone = hasZone || other.hasZone
      fill(.timeParts, index)
    }
  }

  private func checkYear(
    _ pattern: TimePattern, _ index: Int, _ description: FormatDescription
  ) throws(FormatFault) {
    guard !pattern.hasYear, description.referenceDay == nil else { return }
    throw FormatFault(
      "the time of \(variables[index].name) has no year, and the source does not say which one",
      at: variables[index].offset, suggestion: "year: 2026 in the source, or log the year too")
  }
}

// MARK: - Identities

extension VariablePlan {
  /// Finds each identity field among the variables, or else in the query.
  private mutating func placeIdentities() throws(FormatFault) {
    guard identity.count <= Self.identityCountMax else {
      throw FormatFault(
        "at most \(Self.identityCountMax) identity fields are read",
        identityIndex: Self.identityCountMax)
    }
    for (index, field) in identity.enumerated() {
      let slot = FieldSlot.identity(index)
      if let place = variables.firstIndex(where: { $0.answers(to: field.field) }) {
        identitySlots[place] = slot
      } else if let name = Self.parameter(field.field), logsQuery {
        queryIdentities.append(QueryIdentity(name: Array(name.utf8), slot: slot))
      } else {
        throw fault(for: field.field, index)
      }
    }
  }

  /// `apikey` of `$arg_apikey`.
  private static func parameter(_ field: String) -> String? {
    let bare = field.hasPrefix("$") ? String(field.dropFirst()) : field
    return bare.hasPrefix("arg_") ? String(bare.dropFirst(4)) : nil
  }

  private var logsQuery: Bool {
    variables.contains { [.request, .target, .query].contains($0.slot) }
  }

  private func fault(for name: String, _ index: Int) -> FormatFault {
    let nearest = Spelling.nearest(name, among: variables.map(\.name))
    let named =
      Spelling.nearest(
        TemplateVariable.headerName(name), among: variables.compactMap(\.header))
    return FormatFault(
      "the identity '\(name)' is not in the log_format",
      suggestion: nearest ?? named ?? "add it to the gateway's log_format",
      identityIndex: index)
  }
}

extension TemplateVariable {
  /// One of the names that an identity may use for it: the writer's spelling, with or without
  /// the dollar, or the header's name.
  func answers(to field: String) -> Bool {
    if name == field || aliases.contains(field) { return true }
    if name == "$" + field { return true }
    return header != nil && header == Self.headerName(field)
  }

  /// `x-api-key` of `X-Api-Key`, `$http_x_api_key` or `http_x_api_key`.
  static func headerName(_ field: String) -> String {
    var name = field.lowercased()
    if name.hasPrefix("$") { name.removeFirst() }
    if name.hasPrefix("http_") { name.removeFirst(5) }
    return String(name.map { $0 == "_" ? "-" : $0 })
  }

  var isWholeTime: Bool {
    guard slot == .time else { return false }
    guard let pattern else { return true }
    return pattern.hasDate && pattern.hasTimeOfDay
  }
}

extension FieldSlot {
  var isNumber: Bool {
    switch self {
    case .time, .timeParts, .status, .bytesOut, .bytesIn, .latency, .upstreamLatency, .throttled,
      .latencyPart, .upstreamPart:
      true
    default: false
    }
  }
}
