/// Lines of Envoy's text format, and of what is built on it: Istio, Envoy Gateway, Contour.
///
/// Source: envoyproxy.io, configuration of access logs, command operators. The template is the
/// `text_format`, `default` or `istio`. Nothing in it is escaped: a line that a client's quotes
/// make ambiguous is refused. Stamps are when the request began.
public enum EnvoyLogFormat: RecordFormat {
  public static let name = "envoy"

  /// What Envoy writes where no format is given.
  static let standard = """
    [%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" \
    %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION% \
    %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" \
    "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"
    """

  /// What Istio's `accessLogEncoding: TEXT` writes.
  static let istio = """
    [%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" \
    %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS% \
    "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% %DURATION% \
    %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" \
    "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% \
    %UPSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% \
    %REQUESTED_SERVER_NAME% %ROUTE_NAME%
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    let template = try template(of: description)
    guard !template.variables.isEmpty else {
      throw FormatFault(
        "the format has no commands", suggestion: "the text_format, default or istio")
    }
    let plan = try VariablePlan(template, description, timeAdvice: "add [%START_TIME%]")
    // Envoy sorts the keys of a json_format and writes numbers without their quotes. A command that
    // has none in the template shows that it is a text_format, which is written as it stands.
    if let object = JSONTemplate(template), template.hasQuotedVariables {
      var description = description
      description.escapesBytes = true
      return try JSONLineReader(template, plan, object, description, hasBareValues: false)
    }
    return try TemplateReader(template, plan, description)
  }

  public static func unknownVariables(
    in description: FormatDescription
  ) throws(FormatFault) -> [UnknownVariable] {
    try template(of: description).unknownVariables(nearest: EnvoyVariables.nearest)
  }

  private static func template(
    of description: FormatDescription
  ) throws(FormatFault) -> Template {
    var text = description.template ?? "default"
    if text.trimmed == "default" { text = standard }
    if text.trimmed == "istio" { text = istio }
    // Envoy writes the newline itself where the format has it.
    while text.hasSuffix("\n") { text.removeLast() }
    if text.hasSuffix("\\n") { text.removeLast(2) }
    return try EnvoyTemplate(text).template
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"[2026-11-21T19:51:49.400Z] "GET /v1/orders?a=b HTTP/1.1" 200 - 0 12 2 1 "192.0.2.2, 10.0.0.1" "Evil"Agent"" "57259bd0" "api.example.test" "127.0.0.1:18999""#,
      Sample.Expected(
        time: time, address: "192.0.2.2", method: "GET", path: "/v1/orders", query: "a=b",
        status: 200, bytesOut: 12, latencyMicroseconds: 2000, userAgent: #"Evil"Agent""#)),
    Sample(
      FormatDescription(),
      #"[2026-11-21T19:51:49.400Z] "- - HTTP/1.1" 400 DPE 0 11 0 - "-" "-" "-" "-" "-""#,
      Sample.Expected(time: time, status: 400, bytesOut: 11, latencyMicroseconds: 0)),
    Sample(
      FormatDescription(template: "istio"),
      #"[2026-11-21T19:51:49.400Z] "GET /details/0 HTTP/2" 0 DC via_upstream - "-" 0 178 2 1 "-" "curl/8.5.0" "785918d6" "details:9080" "10.68.2.10:9080" inbound|9080|| 127.0.0.6:47889 10.68.2.10:9080 [2001:db8::7]:39696 outbound_.9080_._.details default"#,
      Sample.Expected(
        time: time, address: "2001:db8::7", method: "GET", path: "/details/0", status: 0,
        bytesOut: 178, latencyMicroseconds: 2000, userAgent: "curl/8.5.0")),
    Sample(
      FormatDescription(
        template:
          #"%START_TIME(%s.%6f)% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %REQ(:METHOD)% %REQ(:PATH):512% %RESPONSE_CODE% %RESPONSE_FLAGS% %DURATION% "%REQ(X-API-KEY?AUTHORIZATION)%" %DYNAMIC_METADATA(envoy.lua:tier)%"#,
        identity: [IdentityField(field: "X-Api-Key", isSecret: true)]),
      #"1795290709.400000 192.0.2.2 POST /v1/orders 429 RL 7 "key 1" gold"#,
      Sample.Expected(
        time: time, address: "192.0.2.2", method: "POST", path: "/v1/orders", status: 429,
        latencyMicroseconds: 7000, identity: "key 1")),
  ]

  private static let time = EventTime(milliseconds: 1_795_290_709_400)
}

extension Template {
  fileprivate var hasQuotedVariables: Bool {
    variables.indices.allSatisfy { index in
      literals[index].last { $0 != ASCII.space } != ASCII.colon
    }
  }
}

extension EnvoyLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    Envoy, Istio, Envoy Gateway and Contour. `log_format` is the `text_format`, `default` or \
    `istio`, or a `json_format` pasted as JSON, whose keys are then read in any order. Nothing in a \
    text_format is escaped: where a client's quotes let a line be read in several ways, what they \
    have in common is read, and the rest is left out: json_format is safer. The stamp is the start of the request.
    """
}
