/// Lines as an nginx `log_format` writes them, and gateways built on nginx: Kong, APISIX,
/// ingress-nginx.
///
/// The template is compiled as the gateway's own configuration has it, because the names of its
/// variables carry type, unit and meaning, and the text between them tells where each ends.
public enum NginxLogFormat: RecordFormat {
  public static let name = "nginx"

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    guard let text = description.template else {
      throw FormatFault(
        "the format 'nginx' needs the text of the gateway's log_format",
        suggestion: "log_format: '$remote_addr - $remote_user …', or format: combined")
    }
    let template = try NginxTemplate(text)
    var plan = VariablePlan(template, description)
    guard plan.uses.contains(where: { $0.slot == .time }) else {
      throw FormatFault(
        "the log_format has no time", suggestion: "add [$time_local], $time_iso8601 or $msec")
    }
    try plan.placeIdentities()
    guard let object = NginxJSONTemplate(template) else {
      return try TemplateReader(template, plan)
    }
    return try jsonReader(template, plan, object)
  }

  private static func jsonReader(
    _ template: NginxTemplate, _ plan: VariablePlan, _ object: NginxJSONTemplate
  ) throws(FormatFault) -> any LineReader {
    var map = JSONFieldMap()
    for (index, variable) in template.variables.enumerated() {
      let identity = plan.identitySlots[index]
      if let place = object.places[index] { map.setHiding(plan.hiding(index), at: place) }
      guard let path = object.paths[index] else {
        guard identity == .ignored else {
          throw FormatFault(
            "the identity $\(variable.name) shares its value with other text",
            at: variable.offset, suggestion: "\"\(variable.name)\":\"$\(variable.name)\"")
        }
        continue
      }
      var use = plan.uses[index]
      if use.slot != .ignored { map.add(path, use, rank: 0) }
      if identity != .ignored {
        use.slot = identity
        map.add(path, use, rank: 0)
      }
    }
    return JSONLineReader(map, queryIdentities: plan.queryIdentities, hasBareValues: true)
  }
}

/// Which variable of a template fills which field.
struct VariablePlan {
  /// One for each variable of the template.
  private(set) var uses: [FieldUse]
  private(set) var identitySlots: [FieldSlot]
  /// Identities that are parameters of the request's own query.
  private(set) var queryIdentities: [QueryIdentity] = []

  private let template: NginxTemplate
  private let identity: [IdentityField]
  private let zoneOffsetMinutes: Int32

  struct QueryIdentity: Sendable {
    var name: [UInt8]
    var slot: FieldSlot
  }

  static let identityCountMax = 4

  init(_ template: NginxTemplate, _ description: FormatDescription) {
    self.template = template
    identity = description.identity
    zoneOffsetMinutes = Int32(truncatingIfNeeded: description.zoneOffsetMinutes)
    uses = []
    identitySlots = Array(repeating: .ignored, count: template.variables.count)
    let ignored = use(.ignored, .none)
    uses = Array(repeating: ignored, count: template.variables.count)
    let meanings = template.variables.map { NginxVariables.meaning(of: $0.name) }
    for index in meanings.indices {
      guard let meaning = meanings[index], Self.isFirst(index, among: meanings) else { continue }
      uses[index] = use(meaning.slot, meaning.unit)
    }
  }

  /// Finds each identity field among the variables, or else in the query.
  mutating func placeIdentities() throws(FormatFault) {
    guard identity.count <= Self.identityCountMax else {
      throw FormatFault("at most \(Self.identityCountMax) identity fields are read")
    }
    for (index, field) in identity.enumerated() {
      let name = field.field.hasPrefix("$") ? String(field.field.dropFirst()) : field.field
      let slot = FieldSlot.identity(index)
      if let place = template.variables.firstIndex(where: { $0.name == name }) {
        identitySlots[place] = slot
        // nginx logs a parameter as it stood in the URL.
        uses[place].isPercentEncoded = name.hasPrefix("arg_")
      } else if name.hasPrefix("arg_"), logsQuery {
        queryIdentities.append(QueryIdentity(name: Array(name.utf8.dropFirst(4)), slot: slot))
      } else {
        throw fault(for: name)
      }
    }
  }

  /// Whether some field or identity is read from the variable at `index`.
  func isWanted(_ index: Int) -> Bool {
    uses[index].slot != .ignored || identitySlots[index] != .ignored
  }

  /// Whether evidence may show the variable at `index`: what the source says goes first.
  func hiding(_ index: Int) -> Hiding {
    let name = template.variables[index].name
    for field in identity where field.field == name || field.field == "$" + name {
      return field.isSecret ? .always : .shown
    }
    return NginxVariables.hiding(of: name)
  }

  private var logsQuery: Bool {
    template.variables.contains {
      ["request", "request_uri", "args", "query_string"].contains($0.name)
    }
  }

  private func fault(for name: String) -> FormatFault {
    let names = template.variables.map(\.name)
    let nearest = Spelling.nearest(name, among: names)
    return FormatFault(
      "the identity '$\(name)' is not in the log_format",
      suggestion: nearest.map { "$\($0)" } ?? "add \"$\(name)\" to the gateway's log_format")
  }

  private func use(_ slot: FieldSlot, _ unit: FieldUnit) -> FieldUse {
    // With escape=json a missing value is empty, and a dash is what the client sent.
    FieldUse(
      slot: slot, unit: unit, dashIsAbsent: template.escape != .json || slot.isNumber,
      dashIsZero: slot == .bytesOut,
      zoneOffsetMinutes: zoneOffsetMinutes)
  }

  private static func isFirst(_ index: Int, among meanings: [NginxVariables.Meaning?]) -> Bool {
    guard let own = meanings[index] else { return false }
    for other in meanings.indices where other != index {
      guard let meaning = meanings[other], meaning.slot == own.slot else { continue }
      if meaning.rank < own.rank || meaning.rank == own.rank && other < index { return false }
    }
    return true
  }
}

extension FieldSlot {
  var isNumber: Bool {
    switch self {
    case .time, .status, .bytesOut, .bytesIn, .latency, .upstreamLatency, .throttled: true
    default: false
    }
  }
}
