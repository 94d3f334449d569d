import Testing

@testable import AccessLog

/// Lines in which a client's text could be taken for columns, and what of them is certain.
struct ContestedLineTests {
  private static let head = "192.0.2.7 [21/Nov/2026:19:51:49 +0000]"
  private static let lists = "$remote_addr [$time_local] $status "

  @Test(arguments: [
    ("$upstream_response_time", "0.100, 0.300", -1, 400_000),
    ("$upstream_response_time", "0.100 : 0.300", -1, 400_000),
    ("$upstream_response_time $request_time", "0.100 : 0.300, 0.2 0.500", 500_000, 600_000),
    ("urt=$upstream_response_time rt=$request_time", "urt=- rt=0.500", 500_000, -1),
    ("$upstream_status $request_time", "502, 200 0.500", 500_000, -1),
    ("$upstream_addr $request_time", "10.0.0.1:80, [::1]:80 : unix:/a 0.500", 500_000, -1),
    ("$upstream_addr,$request_time", "10.0.0.1:80, 10.0.0.2:80,0.500", 500_000, -1),
    ("$upstream_addr|$request_time", "10.0.0.1:80, 10.0.0.2:80|0.500", 500_000, -1),
  ])
  func `a list of upstreams is one text`(
    template: String, text: String, latency: Int64, upstream: Int64
  ) throws {
    let record = try parseNginx("\(Self.head) 200 \(text)", Self.lists + template).first()
    #expect(record.status == 200)
    #expect(record.latency == latency)
    #expect(record.upstreamLatency == upstream)
  }

  @Test
  func `a retry moves no column of the ingress controller's preset`() throws {
    let template =
      Presets.combined + """
         $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] \
        $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id
        """
    let line = "\(combinedLine) 80 0.500 [ns-svc-80] [] 10.0.0.1:80, 10.0.0.2:80 0, 12 "
    let record = try parseNginx(line + "0.100, 0.300 502, 200 abcdef", template).first()
    #expect(record.upstreamLatency == 400_000)
    #expect(record.latency == 500_000)
  }

  @Test(
    arguments: [
      (
        "$remote_addr [$time_local] $request_method $uri $status $body_bytes_sent",
        "\(head) GET /a 404 9 200 12", "/a 404 9"
      ),
      (
        "$remote_addr [$time_local] $status $request_method $uri $body_bytes_sent",
        "\(head) 200 GET /a b 12", "/a b"
      ),
      (
        "$remote_addr\t[$time_local]\t$uri\t$status\t$body_bytes_sent",
        "192.0.2.7\t[21/Nov/2026:19:51:49 +0000]\t/a b\t200\t12", "/a b"
      ),
      (
        "$remote_addr|$msec|$request_uri|$status|$body_bytes_sent",
        "192.0.2.7|1795290709.4|/a|404|9|200|12", "/a|404|9"
      ),
      (
        "$remote_addr,$msec,$request_uri,$status,$body_bytes_sent",
        "192.0.2.7,1795290709.4,/a,b,200,12", "/a,b"
      ),
      (
        "$remote_addr,$msec,$request_uri,$status,$http_user_agent,$body_bytes_sent",
        "192.0.2.7,1795290709.4,/a,b,200,x,y,12", "/a,b"
      ),
      // Both the first and the second number may be the status: it is neither's.
      (
        "$remote_addr,$msec,$request_uri,$status,$http_user_agent,$body_bytes_sent",
        "192.0.2.7,1795290709.4,/a,404,b,200,y,12", nil
      ),
    ] as [(String, String, String?)])
  func `a target without quotes forges no status`(
    template: String, line: String, path: String?
  ) throws {
    let record = try parseNginx(line, template).first()
    #expect(record.path == path)
    #expect(record.status == (path == nil ? nil : 200))
    #expect(record.bytesOut == 12)
    #expect(record.address == "192.0.2.7")
  }

  @Test(arguments: [
    ("%h %t %m %U %>s %B", "\(head) GET /a 9 200 200 12", "/a 9 200"),
    ("%h,%t,%m,%U,%>s", "192.0.2.7,[21/Nov/2026:19:51:49 +0000],GET,/a,200,x,200", "/a,200,x"),
    ("%h %m %U%q %>s %t", "192.0.2.7 GET /a b 200 [21/Nov/2026:19:51:49 +0000]", "/a b"),
    ("%h %t %m %>s %U", "\(head) GET 200 /a b", "/a b"),
  ])
  func `a path of Apache's has blanks and forges no status`(
    template: String, line: String, path: String
  ) throws {
    let record = try parse(
      Array(line.utf8), "apache", FormatDescription(template: template)
    ).first()
    #expect(record.path == path)
    #expect(record.status == 200)
  }

  @Test(
    arguments: [
      ("%ci:%cp [%tr] %ST %[capture.req.hdr(0)] %{+Q}r", #"200 my key "GET /a HTTP/1.1""#, "/a"),
      ("%ci:%cp [%tr] %ST %[req.hdr(user-agent)] %{+Q}r", #"200 k 9 "GET /a HTTP/1.1""#, "/a"),
      ("%ci:%cp [%tr] %ST %[req.hdr(user-agent)] %r", "200 my key GET /a HTTP/1.1", nil),
      (
        "%ci:%cp [%tr] %ST %{+Q}r %[req.hdr(x)] %B", #"200 "GET /a HTTP/1.1" "" 200 5 19"#, "/a"
      ),
      (
        "%ci:%cp [%tr] %r %{+Q}HU %{+Q}[req.hdr(x)] %ST", #"GET /a HTTP/1.1 "/a" "x" 200"#, "/a"
      ),
      ("httplog", #"fe be/s1 0/0/0/8/9 200 170 s 1 - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1""#, "/a"),
      ("httplog", #"fe be/s1 0/0/0/8/9 200 170 - - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1""#, "/a"),
      (
        "httplog", #"fe be/s1 0/0/0/8/9 200 170 - - ---- 1/1/0/0/0 0/0 {a b|c} "GET /a HTTP/1.1""#,
        "/a"
      ),
    ] as [(String, String, String?)])
  func `an unquoted header of HAProxy's may have blanks`(
    template: String, rest: String, path: String?
  ) throws {
    let line = "192.0.2.7:1234 [21/Nov/2026:19:51:49.400] \(rest)"
    let record = try parse(
      Array(line.utf8), "haproxy", FormatDescription(template: template)
    ).first()
    #expect(record.path == path)
    #expect(record.method == (path == nil ? nil : "GET"))
    #expect(record.status == 200)
    #expect(!template.hasSuffix("%B") || record.bytesOut == 19)
  }

  @Test(arguments: [
    ("$remote_user $request_time \"$http_referer\"", "- 5 0.042 \"\""),
    ("$remote_user $request_time \"$http_referer\"", "- 0.042 \"\""),
    ("$http_x_user $request_time", "- 5 0.042"), ("$http_x_user $request_time", "5 6 0.042"),
  ])
  func `a client's text before a number adds nothing to it`(template: String, rest: String) throws {
    let statement = "log_format x escape=none '$remote_addr [$time_local] \(template)';"
    let record = try parseNginx("\(Self.head) \(rest)", statement).first()
    #expect(record.latency == 42_000)
  }

  private static let envoy = #"[2026-11-21T19:51:49.400Z] "GET /a HTTP/1.1" 200 "#

  @Test(
    arguments: [
      (#"- 0 12 2 1 "-" "a" "b" "id" "h.example" "10.0.0.1:80""#, nil),
      (#"- 0 12 2 1 "1.1.1.1" "x, 2.2.2.2" "ua" "id" "h.example" "10.0.0.1:80""#, nil),
      (#"- 0 12 2 1 "-" "u"a" "i"d" "h.example" "10.0.0.1:80""#, #"u"a"#),
      (#"- 0 12 2 1 "-" "ua" "id" "h.example" "10.0.0.1:80""#, "ua"),
    ] as [(String, String?)])
  func `quotes of an Envoy client drop its own text and nothing else`(
    rest: String, agent: String?
  ) throws {
    let record = try parse(Array((Self.envoy + rest).utf8), "envoy", FormatDescription()).first()
    #expect(record.userAgent == agent)
    #expect(record.status == 200)
    #expect(record.path == "/a")
    #expect(record.host == "h.example")
    #expect(record.latency == 2_000)
  }

  @Test
  func `a client's quotes do not move Istio's address`() throws {
    let istio = try #require(RecordFormats.format(named: "envoy"))
    let line =
      Self.envoy + """
        - via_upstream - "-" 0 178 2 1 "-" "a" "b" "id" "h" "10.68.2.10:9080" \
        inbound|9080|| 127.0.0.6:47889 10.68.2.10:9080 192.0.2.7:39696 outbound default
        """
    let record = try parse(
      Array(line.utf8), istio.name, FormatDescription(template: EnvoyLogFormat.istio)
    ).first()
    #expect(record.address == "192.0.2.7")
    #expect(record.status == 200)
  }

  @Test(
    arguments: [
      (#""GET /a HTTP/1.1" 200 12 "-" "a" "b""#, 200, "/a"),
      (#""GET /a HTTP/1.1" 200 12 "a" "b" "c""#, 200, "/a"),
      (#""GET /a HTTP/1.1" 200 12 "-" "a" 404 9 "b""#, 200, "/a"),
      // Two statuses are possible; the method is none of them.
      (#""GET /a" 404 9 "x HTTP/1.1" 200 12 "-" "c""#, nil, nil),
    ] as [(String, Int?, String?)])
  func `an nginx client that is not escaped neither forges nor vanishes`(
    rest: String, status: Int?, path: String?
  ) throws {
    let template = """
      log_format x escape=none '$remote_addr - - [$time_local] "$request" $status \
      $body_bytes_sent "$http_referer" "$http_user_agent"'
      """
    let line = "192.0.2.7 - - [21/Nov/2026:19:51:49 +0000] \(rest)"
    let record = try parseNginx(line, template).first()
    #expect(record.status == status)
    #expect(record.path == path)
    #expect(record.method == "GET")
    #expect(record.address == "192.0.2.7")
  }

  @Test(arguments: [
    ("nginx", "$msec $status $limit_conn_status", "1795290709.400 503 REJECTED", true),
    ("nginx", "$msec $limit_req_status $limit_conn_status", "1795290709.400 REJECTED PASSED", true),
    ("nginx", "$msec $limit_conn_status", "1795290709.400 REJECTED_DRY_RUN", false),
    ("envoy", "%START_TIME% %RESPONSE_FLAGS_LONG%", "2026-11-21T19:51:49.400Z RateLimited", true),
    (
      "envoy", "%START_TIME% %RESPONSE_CODE_DETAILS%",
      "2026-11-21T19:51:49.400Z request_rate_limited", true
    ),
    (
      "envoy", "%START_TIME% %RESPONSE_CODE_DETAILS%", "2026-11-21T19:51:49.400Z via_upstream",
      false
    ),
  ])
  func `every mark of throttling counts`(
    format: String, template: String, line: String, isThrottled: Bool
  ) throws {
    let batch = try parse(Array(line.utf8), format, FormatDescription(template: template))
    try #require(batch.count == 1)
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test(arguments: [
    ("apache", "%{%s}t%{usec_frac}t %h", "1795290709400123 192.0.2.7"),
    ("apache", "%t %{msec_frac}t %h", "[21/Nov/2026:19:51:49 +0000] 400 192.0.2.7"),
    ("envoy", "%START_TIME(%s%3f)% %RESPONSE_CODE%", "1795290709400 200"),
    ("haproxy", "[%trg] %ms %ci", "[21/Nov/2026:19:51:49 +0000] 400 192.0.2.7"),
  ])
  func `a fraction is told from the seconds before it`(
    format: String, template: String, line: String
  ) throws {
    let record = try parse(
      Array(line.utf8), format, FormatDescription(template: template)
    ).first()
    #expect(record.time == 1_795_290_709_400)
  }

  @Test(arguments: [
    ("nginx", "$msec $status$body_bytes_sent"), ("apache", "%t %>s%b"), ("apache", "%{sec}t%D"),
  ])
  func `digits right behind digits are no format`(format: String, template: String) throws {
    let known = try #require(RecordFormats.format(named: format))
    #expect(throws: FormatFault.self) {
      try known.reader(for: FormatDescription(template: template))
    }
  }

  @Test
  func `the process of Apache's may be written in hexadecimal digits`() throws {
    let line = "7f8b2c3d4e50 [21/Nov/2026:19:51:49 +0000] 200"
    let record = try parse(
      Array(line.utf8), "apache", FormatDescription(template: "%{hextid}P %t %>s")
    ).first()
    #expect(record.status == 200)
  }

  @Test
  func `a line with more places than are followed is refused`() throws {
    let text = String(repeating: #"" ""#, count: ContestedLine.placeCountMax)
    let rest = #"- 0 12 2 1 "-" "\#(text)" "id" "h" "10.0.0.1:80""#
    let batch = try parse(Array((Self.envoy + rest).utf8), "envoy", FormatDescription())
    #expect(batch.count == 0)
    #expect(batch.malformed.count == 1)
  }

  @Test(arguments: ["/a?ids=1,2", "/a?x=1,200,0.004", "/a,b", "/a?x=,,,"])
  func `a comma in the target makes no status of its digits`(target: String) throws {
    let template =
      "$time_iso8601,$remote_addr,$remote_user,$request_method,$request_uri,$status,$request_time"
    let line = "2026-11-21T19:51:49+00:00,192.0.2.7,-,GET,\(target),200,0.004"
    let record = try parseNginx(line, template).first()
    #expect(record.status == 200 && record.latency == 4000, "\(record)")
  }
}
