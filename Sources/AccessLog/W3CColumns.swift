/// The columns of a W3C extended log, as its directives name them.
struct W3CColumns {
  private(set) var names: [String] = []
  /// Where each begins in what the user wrote.
  private var offsets: [Int] = []
  private var separator = ASCII.space
  private var isCloudFront: Bool { names.contains { $0.hasPrefix("x-edge-") } }
  /// NetScaler and IIS Advanced Logging take their time in seconds.
  private var hasSeconds = false
  /// Of `time-taken`, where the source says it.
  private var durationUnit: FieldUnit?

  /// - Parameter text: a `#Fields:` line, with or without the directives around it, or the names.
  init(_ text: String) throws(FormatFault) {
    var offset = 0
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isFields = line.hasPrefix("#Fields:")
      if line.hasPrefix("#Software:") {
        let software = line.lowercased()
        hasSeconds = ["netscaler", "nswl", "citrix", "advanced logging"].contains {
          software.contains($0)
        }
      }
      if isFields || !line.hasPrefix("#"), names.isEmpty { take(line, isFields ? 8 : 0, offset) }
      offset += line.utf8.count + 1
    }
    guard names.count > 1 else {
      throw FormatFault(
        "the format names no columns",
        suggestion: "the #Fields line of the log: \(W3CLogFormat.iis)")
    }
    if isCloudFront { separator = ASCII.tab }
  }

  /// Takes what the source says of the columns: the unit of `time-taken`, as
  /// `latency: {field: time-taken, unit: s}`.
  mutating func take(_ fields: [FieldMapping]) throws(FormatFault) {
    for mapping in fields {
      guard mapping.field == "latency", mapping.paths == ["time-taken"] else {
        throw FormatFault(
          "of the columns only the unit of 'time-taken' can be told, and not '\(mapping.field)'",
          suggestion: "fields: {latency: {field: time-taken, unit: s}}")
      }
      switch mapping.unit {
      case "s": durationUnit = .seconds
      case "ms": durationUnit = .milliseconds
      case "us": durationUnit = .microseconds
      case "ns": durationUnit = .nanoseconds
      default:
        throw FormatFault("the field 'latency' needs a unit", suggestion: "unit: s, ms, us or ns")
      }
    }
  }

  private mutating func take(_ line: Substring, _ start: Int, _ offset: Int) {
    let bytes = Array(line.utf8)
    var index = start
    while index < bytes.count {
      let begin = index
      while index < bytes.count, bytes[index] > ASCII.space { index += 1 }
      if index > begin {
        names.append(String(decoding: bytes[begin..<index], as: UTF8.self))
        offsets.append(offset + begin)
      }
      if index < bytes.count, bytes[index] == ASCII.tab { separator = ASCII.tab }
      index += 1
    }
  }

  func template() throws(FormatFault) -> Template {
    var template = Template(escape: .doubledQuote)
    template.trailing = .blanks
    // Columns that CloudFront added later are missing in old lines.
    if isCloudFront { template.requiredCount = 19 }
    for (index, name) in names.enumerated() {
      if index > 0 { template.append(separator) }
      try template.append(variable(name, at: offsets[index]))
    }
    return template
  }

  private func variable(_ name: String, at offset: Int) -> TemplateVariable {
    var variable = TemplateVariable(name, at: offset)
    variable.isSelfQuoted = true
    variable.shape = .trusted
    switch name.lowercased() {
    case "date": variable.takePart(TimePattern(known: "%Y-%m-%d"))
    case "time":
      variable.takePart(
        TimePattern(TimePattern(known: "%H:%M:%S").parts + [.init(.optionalFraction)]))
    case "c-ip":
      variable.take(.address)
      variable.hiding = .unlessAddress
    case "x-forwarded-for":
      variable.take(.address, rank: 5)
      variable.hiding = .unlessAddress
    case "cs-method": variable.take(.method)
    case "cs-uri": variable.take(.target)
    case "cs-uri-stem": variable.take(.path)
    case "cs-uri-query": variable.take(.query)
    case "cs-version", "cs-protocol-version": variable.take(.protocol)
    case "cs-host": variable.take(.host, rank: 2)
    case "x-host-header": variable.take(.host, rank: 3)
    case "cs-username": variable.aliases = ["remote_user", "$remote_user"]
    case "sc-status": variable.take(.status)
    case "sc-bytes": variable.take(.bytesOut)
    case "cs-bytes": variable.take(.bytesIn)
    case "time-taken":
      let usual = hasSeconds || isCloudFront ? FieldUnit.seconds : .w3cDuration
      variable.take(.latency, durationUnit ?? usual)
    case "x-edge-request-id": variable.take(.requestID)
    case "x-edge-result-type": variable.take(.throttled, .errorType)
    case let lower where lower.hasPrefix("cs(") && lower.hasSuffix(")"):
      variable = .requestHeader(String(name.dropFirst(3).dropLast()), spelling: name, at: offset)
      variable.isSelfQuoted = true
      variable.isPercentEncoded = isCloudFront
      variable.isEncodedTwice = isCloudFront && variable.slot == .userAgent
    case let lower where lower.hasPrefix("sc(") && lower.hasSuffix(")"):
      variable = .responseHeader(String(name.dropFirst(3).dropLast()), spelling: name, at: offset)
      variable.isSelfQuoted = true
    default: break
    }
    return variable
  }
}

extension TemplateVariable {
  fileprivate mutating func takePart(_ pattern: TimePattern) {
    takeTime(pattern)
    isSelfQuoted = false
  }
}
