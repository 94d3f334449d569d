/// Lines of Traefik's access log in its `common` and `genericCLF` formats.
///
/// Source: doc.traefik.io, observability, access logs; pkg/middlewares/accesslog of Traefik
/// (logger_formatters.go). There is no template: the fields are always these. Of quotes only those
/// in headers are escaped, and no backslash is; the target, in which a client of HTTP/2 may write
/// blanks, and the user's name stand as they came. Stamps are when the request began.
public enum TraefikLogFormat: RecordFormat {
  public static let name = "traefik"

  /// What both formats have. The names are those of Traefik's JSON.
  private static let genericFields = """
    $ClientHost - $ClientUsername [$StartUTC] "$Request" $DownstreamStatus \
    $DownstreamContentSize $request_Referer $request_User-Agent
    """
  private static let commonFields =
    genericFields + " $RequestCount $RouterName $ServiceURL ${Duration}ms"

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    if let text = description.template, text.trimmed != "common", text.trimmed != "genericCLF" {
      throw FormatFault(
        "Traefik's text format has no template", suggestion: "leave log_format out")
    }
    return TraefikReader(
      common: try reader(of: commonFields, description),
      generic: try? reader(of: genericFields, description))
  }

  private static func reader(
    of fields: String, _ description: FormatDescription
  ) throws(FormatFault) -> TemplateReader {
    var template = Template(escape: .backslashQuote)
    try DollarTemplate(hasDots: true, variable: variable).append(fields, to: &template)
    let plan = try VariablePlan(template, description, timeAdvice: "")
    return try TemplateReader(template, plan, description)
  }

  private static func variable(_ name: String, at offset: Int) -> TemplateVariable {
    var variable = TemplateVariable(name, at: offset)
    switch name.dropFirst() {
    case "ClientHost":
      variable.take(.address)
      variable.hiding = .unlessAddress
    case "ClientUsername":
      variable.shape = .client
      variable.isRaw = true
      variable.aliases = ["$remote_user", "remote_user"]
    case "StartUTC":
      variable.takeTime(.clf)
      variable.moment = .requestStart
    case "Request":
      variable.take(.request)
      variable.shape = .client
      variable.isRaw = true
    case "DownstreamStatus": variable.takeInteger(.status)
    case "DownstreamContentSize": variable.takeInteger(.bytesOut)
    case "request_Referer", "request_User-Agent":
      variable = .requestHeader(String(name.dropFirst(9)), spelling: name, at: offset)
      variable.isSelfQuoted = true
    case "RequestCount": variable.shape = .integer
    case "RouterName":
      variable.take(.route)
      variable.isSelfQuoted = true
    case "Duration": variable.takeInteger(.latency, .milliseconds)
    default: variable.isSelfQuoted = true
    }
    return variable
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] "GET /a"b?c=d HTTP/1.1" 200 414 "-" "Evil\"Agent" 500 "test@docker" "http://172.17.0.3:80" 42ms"#,
      expected(
        path: "/a\"b", query: "c=d", bytes: 414, latency: 42_000, userAgent: #"Evil"Agent"#)),
    Sample(
      FormatDescription(identity: [IdentityField(field: "ClientUsername", isSecret: false)]),
      #"192.0.2.7 - al ice [21/Nov/2026:19:51:49 +0000] "GET / HTTP/2.0" 200 17 - "curl" 1 "router with space" - 0ms"#,
      expected(path: "/", bytes: 17, latency: 0, userAgent: "curl", identity: "al ice")),
    Sample(
      FormatDescription(),
      #"192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] "GET /x HTTP/1.1" 200 17 "https://x.test/" "curl/8.5.0""#,
      expected(path: "/x", bytes: 17, userAgent: "curl/8.5.0")),
  ]

  private static func expected(
    path: String, query: String? = nil, bytes: Int64, latency: Int64? = nil,
    userAgent: String, identity: String? = nil
  ) -> Sample.Expected {
    Sample.Expected(
      time: EventTime(seconds: 1_795_290_709), address: "192.0.2.7", method: "GET", path: path,
      query: query, status: 200, bytesOut: bytes, latencyMicroseconds: latency,
      userAgent: userAgent, identity: identity)
  }
}

/// Reads both formats: `common` ends with a duration, `genericCLF` with the quote of the user
/// agent.
private struct TraefikReader: LineReader {
  let common: TemplateReader
  /// `nil` where the caller's identity is a field that only `common` has.
  let generic: TemplateReader?

  var stampMoment: StampMoment { common.stampMoment }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    try reader(of: line).read(line, into: &fields)
  }

  func reading(only columns: RecordColumns) -> any LineReader {
    TraefikReader(common: common.limited(to: columns), generic: generic?.limited(to: columns))
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    common.unescape(text, into: &output)
  }

  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] {
    reader(of: line).hiddenPlaces(in: line)
  }

  private func reader(of line: Span<UInt8>) -> TemplateReader {
    guard let generic, line.count > 0, line[line.count - 1] == ASCII.quote else { return common }
    return generic
  }
}

extension TraefikLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    Traefik's common format, which is fixed: no template is asked for. The caller is the user of \
    basic authentication; headers are in Traefik's JSON alone, the preset `traefik-json`.
    """
}
