/// One JSON object a line, with a map that says which of its values are which fields: Caddy,
/// Traefik, Kong's file-log, Envoy and Istio, APISIX, Azure and whatever else writes JSON.
///
/// A key that is missing, `null`, an empty text, and what the writer puts for nothing are the
/// same: the field is absent, as is a number of -1. Of a list the first element counts. A line in
/// which a key of the map stands twice is refused: one of the two would be the client's. A line that
/// names neither a status nor a method nor a target is no access line, such as those that a gateway's
/// other parts put into the same file.
public enum JSONLines: RecordFormat {
  public static let name = "json"
  public static let about =
    "One JSON object a line, with a map in `fields` that says which value is which field."

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    try reader(for: description, components: JSONFieldMap.components)
  }

  /// - Parameter components: makes keys of a path.
  static func reader(
    for description: FormatDescription, components: (String) -> [[UInt8]]
  ) throws(FormatFault) -> JSONLineReader {
    guard !description.fields.isEmpty else {
      throw FormatFault(
        "the format needs a map of fields",
        suggestion: "fields: {time: ts, client_ip: request.remote_ip, status: status}, "
          + "or a preset: caddy, kong-file-log")
    }
    var map = JSONFieldMap()
    map.setAbsent(description.absentTexts.filter { $0 != "-" })
    for mapping in description.fields { try add(mapping, description, components, to: &map) }
    guard let time = description.fields.first(where: { $0.field == "time" }) else {
      throw FormatFault("the map has no field 'time'", suggestion: "time: {field: …, unit: …}")
    }
    let queryIdentities = try addIdentities(description, components, to: &map)
    return JSONLineReader(
      map, queryIdentities: queryIdentities, hasPrefix: description.skipsPrefix,
      needsRequest: description.fields.contains { requestFields.contains($0.field) },
      refusesDoubles: true, escapesBytes: description.escapesBytes, stampMoment: description.moment,
      zone: description.zone,
      timePattern: try timePattern(time, description), referenceDay: description.referenceDay)
  }

  /// How the time is spelled: a unit with a percent sign in it.
  private static func timePattern(
    _ mapping: FieldMapping, _ description: FormatDescription
  ) throws(FormatFault) -> TimePattern? {
    guard let unit = mapping.unit, unit.contains("%") else { return nil }
    let pattern = try TimePattern(unit, at: 0)
    guard pattern.hasDate, pattern.hasTimeOfDay else {
      throw FormatFault(
        "'\(unit)' is no whole time", suggestion: "a date and a time of day: %Y-%m-%d %H:%M:%S")
    }
    guard pattern.hasYear || description.referenceDay != nil else {
      throw FormatFault(
        "the time '\(unit)' has no year, and the source does not say which one",
        suggestion: "year: 2026 in the source, or have the gateway log the year")
    }
    return pattern
  }

  /// A line has one of these, if the map has any, or it is no access line.
  private static let requestFields: Set = ["status", "method", "target", "path", "request"]

  /// The fields that a map may name.
  public static let fieldNames = [
    "time", "client_ip", "host", "method", "target", "path", "query", "request", "protocol",
    "status", "bytes_out", "bytes_in", "latency", "upstream_latency", "user_agent", "referrer",
    "request_id", "route", "api", "version", "throttled",
  ]

  private static func add(
    _ mapping: FieldMapping, _ description: FormatDescription,
    _ components: (String) -> [[UInt8]], to map: inout JSONFieldMap
  ) throws(FormatFault) {
    guard let slot = slot(mapping.field) else {
      throw FormatFault(
        "there is no field '\(mapping.field)'",
        suggestion: Spelling.nearest(mapping.field, among: fieldNames))
    }
    guard !mapping.paths.isEmpty else {
      throw FormatFault("the field '\(mapping.field)' has no path in the line")
    }
    let use = FieldUse(
      slot: slot, unit: try unit(mapping, slot), dashIsAbsent: isDashAbsent(slot, description))
    for (rank, path) in mapping.paths.enumerated() {
      let path = components(path)
      try checkRoom(map, path)
      map.add(path, use, rank: rank, form: form(of: mapping, slot), words: mapping.values)
      map.setHiding(slot == .address ? .unlessAddress : .shown, at: path)
    }
  }

  /// No number is a dash, whatever the writer means by one.
  private static func isDashAbsent(_ slot: FieldSlot, _ description: FormatDescription) -> Bool {
    slot.isNumber || description.absentTexts.contains("-")
  }

  private static func form(of mapping: FieldMapping, _ slot: FieldSlot) -> JSONValueForm {
    switch slot {
    case .time: mapping.unit?.contains("%") == true ? .timePattern : .time
    case .address: .address
    case .latency, .upstreamLatency: .duration
    case .throttled where !mapping.values.isEmpty: .mark
    default: .plain
    }
  }

  private static func checkRoom(
    _ map: JSONFieldMap, _ path: [[UInt8]]
  ) throws(FormatFault) {
    guard map.nodes.count + path.count < JSONFieldMap.nodeCountMax else {
      throw FormatFault("a map has at most \(JSONFieldMap.nodeCountMax) keys")
    }
  }

  private static func addIdentities(
    _ description: FormatDescription, _ components: (String) -> [[UInt8]],
    to map: inout JSONFieldMap
  ) throws(FormatFault) -> [VariablePlan.QueryIdentity] {
    let identities = description.identity
    guard identities.count <= VariablePlan.identityCountMax else {
      throw FormatFault("at most \(VariablePlan.identityCountMax) identity fields are read")
    }
    var queryIdentities: [VariablePlan.QueryIdentity] = []
    for (index, identity) in identities.enumerated() {
      let slot = FieldSlot.identity(index)
      if identity.field.hasPrefix("$arg_") {
        let name = Array(identity.field.utf8.dropFirst(5))
        queryIdentities.append(VariablePlan.QueryIdentity(name: name, slot: slot))
      } else {
        let path = components(identity.field)
        try checkRoom(map, path)
        let use = FieldUse(
          slot: slot, unit: .none, dashIsAbsent: isDashAbsent(slot, description))
        map.add(path, use, rank: 0)
        map.setHiding(identity.isSecret ? .always : .shown, at: path)
      }
    }
    return queryIdentities
  }

  private static func slot(_ name: String) -> FieldSlot? {
    switch name {
    case "time": .time
    case "client_ip": .address
    case "host": .host
    case "method": .method
    case "target": .target
    case "path": .path
    case "query": .query
    case "request": .request
    case "protocol": .protocol
    case "status": .status
    case "bytes_out": .bytesOut
    case "bytes_in": .bytesIn
    case "latency": .latency
    case "upstream_latency": .upstreamLatency
    case "user_agent": .userAgent
    case "referrer": .referrer
    case "request_id": .requestID
    case "route": .route
    case "api": .api
    case "version": .version
    case "throttled": .throttled
    default: nil
    }
  }

  private static let timeUnits: [(String, FieldUnit)] = [
    ("rfc3339", .rfc3339), ("clf", .clf), ("epoch_s", .epochSeconds),
    ("epoch_ms", .epochMilliseconds), ("epoch_us", .microseconds), ("epoch_ns", .nanoseconds),
  ]
  private static let durationUnits: [(String, FieldUnit)] = [
    ("s", .seconds), ("ms", .milliseconds), ("us", .microseconds), ("ns", .nanoseconds),
  ]

  /// Times are RFC 3339 where nothing else is said; a duration without a unit would be a guess,
  /// and writers use all four.
  private static func unit(
    _ mapping: FieldMapping, _ slot: FieldSlot
  ) throws(FormatFault) -> FieldUnit {
    guard mapping.values.isEmpty || slot == .throttled else {
      throw FormatFault("only 'throttled' has values, and not '\(mapping.field)'")
    }
    let units: [(String, FieldUnit)]
    switch slot {
    case .time: units = timeUnits
    case .latency, .upstreamLatency: units = durationUnits
    default:
      guard mapping.unit == nil else {
        throw FormatFault("the field '\(mapping.field)' has no unit")
      }
      return .none
    }
    guard let name = mapping.unit else {
      if slot == .time { return .rfc3339 }
      throw FormatFault(
        "the field '\(mapping.field)' needs a unit", suggestion: "unit: s, ms, us or ns")
    }
    if slot == .time, name.contains("%") { return .none }
    guard let unit = units.first(where: { $0.0 == name }) else {
      throw FormatFault(
        "'\(name)' is no unit of '\(mapping.field)'",
        suggestion: units.map(\.0).joined(separator: ", ")
          + (slot == .time ? ", or how it is spelled: %Y-%m-%d %H:%M:%S" : ""))
    }
    return unit.1
  }
}
