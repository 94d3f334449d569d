/// Lines of HAProxy in HTTP mode, with or without what syslog puts in front of them.
///
/// The template is `httplog`, `httpslog` or `tcplog`, the text of a `log-format`, or the lines of
/// a frontend that say what is logged: its `capture request header …` name the slots.
/// Source: docs.haproxy.org, configuration manual, chapter 8 (logging). Stamps are when the
/// request began, and have no zone.
public enum HAProxyLogFormat: RecordFormat {
  public static let name = "haproxy"

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    let template = try HAProxyTemplate(description.template ?? "httplog").compiled()
    guard !template.variables.isEmpty else {
      throw FormatFault(
        "the log-format has no variables", suggestion: "httplog, or the text of a log-format")
    }
    let plan = try VariablePlan(template, description, timeAdvice: "add [%tr]")
    return try TemplateReader(template, plan, description)
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(),
      #"Nov 21 19:51:49 gw-1 haproxy[3946303]: 192.0.2.7:55032 [21/Nov/2026:19:51:49.400] http-in~ b_app/app1 0/0/0/8/+9 200 170 - - ---- 1/1/0/0/0 0/0 "GET /v1/orders/42?expand=items HTTP/1.1""#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/v1/orders/42",
        query: "expand=items", status: 200, bytesOut: 170, latencyMicroseconds: 9000)),
    Sample(
      FormatDescription(
        template: """
          frontend http-in
            capture request header X-Api-Key len 64
            capture request header User-Agent len 128
            option httplog
          """, identity: [IdentityField(field: "X-Api-Key", isSecret: true)]),
      #"::1:47824 [21/Nov/2026:19:51:49.400] http-in http-in/<NOSRV> 0/-1/-1/-1/0 429 225 - - PR-- 1/1/0/0/0 0/0 {key#7C1|Evil#22Agent} "GET /limited/a HTTP/1.1""#,
      Sample.Expected(
        time: time, address: "::1", method: "GET", path: "/limited/a", status: 429, bytesOut: 225,
        latencyMicroseconds: 0, userAgent: #"Evil"Agent"#, identity: "key|1")),
    Sample(
      FormatDescription(identity: [IdentityField(field: "capture.req.hdr(0)", isSecret: true)]),
      #"127.0.0.1:51676 [21/Nov/2026:19:51:49.400] http-in http-in/<NOSRV> -1/-1/-1/-1/6001 400 0 - - PR-- 1/1/0/0/0 0/0 {|curl} {} "<BADREQ>""#,
      Sample.Expected(
        time: time, address: "127.0.0.1", status: 400, bytesOut: 0,
        latencyMicroseconds: 6_001_000)),
    Sample(
      FormatDescription(
        template:
          #"log-format "%{+Q}o %{-Q}ci [%Ts.%ms] %HM %HPO %HQ %ST %B %U %Ta %[req.hdr(user-agent)] %ID""#
      ),
      #"192.0.2.7 [1795290709.400] "GET" "/v1" "?a=b" 200 170 98 12 "curl/8.5.0" "0A-1""#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/v1", query: "a=b", status: 200,
        bytesOut: 170, latencyMicroseconds: 12_000, userAgent: "curl/8.5.0")),
    Sample(
      FormatDescription(template: "httpslog", zone: .fixed(minutes: 60)),
      #"<134>1 2026-11-21T20:51:49Z gw haproxy 123 - - 192.0.2.7:33317 [21/Nov/2026:20:51:49.400] https-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} "GET /index.html HTTP/1.1" 0/0/0/0/1 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384"#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/index.html", status: 200,
        bytesOut: 2750, latencyMicroseconds: 109_000)),
  ]

  private static let time = EventTime(milliseconds: 1_795_290_709_400)
}

extension HAProxyLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    HAProxy. `log_format` is the text of `log-format`, or `httplog`, `httpslog` or `tcplog` for \
    the options of these names, or the lines of the frontend that say what is logged. Stamps have no zone: say `timezone`. \
    Captured headers are asked for as `capture.req.hdr(0)` in their order. What syslog puts \
    before the line is skipped.
    """
}
