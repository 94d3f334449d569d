import Testing

@testable import AccessLog

struct NginxLogFormatTests {
  /// Read from the right, the status takes the literal's digit, and its dash would be sought
  /// before the line.
  @Test
  func `a number behind a literal that looks like one is read or refused`() throws {
    let template = "log_format x escape=none '$foo-1$status \"$http_user_agent\" $msec';"
    let batch = try parseNginx(#"-1200 "a"b" 1795290709.400"#, template)
    #expect(batch.count + batch.malformed.count == 1)
  }

  @Test(arguments: [
    "$remote_addr [$time_local] \"$request\" $status",
    "log_format api '$remote_addr [$time_local] ' '\"$request\" $status';",
    "log_format api escape=default '$remote_addr [$time_local] \"$request\" '\n  '$status';",
    "log_format api \"$remote_addr [$time_local] \\\"$request\\\" $status\"",
    "  '${remote_addr} [$time_local] \"$request\" ' '$status'",
  ])
  func `a template is the same bare or as the whole statement`(template: String) throws {
    let line = #"127.0.0.1 [21/Nov/2026:19:51:49 +0000] "GET /a HTTP/1.1" 200"#
    let record = try parseNginx(line, template).plain(0)
    #expect(record.path == "/a")
    #expect(record.status == 200)
    #expect(record.address == "127.0.0.1")
  }

  @Test(arguments: [
    ("", "no variables", 0), ("plain text", "no variables", 0),
    ("$remote_addr$status [$time_local]", "nothing stands between", 12),
    ("[$time_local] $", "without the name", 14), ("[$time_local] ${status", "without '}'", 14),
    ("log_format x escape=jason '$msec';", "no way to escape", 20),
    ("log_format x '$msec", "never closed", 13), ("$remote_addr $status", "no time", 0),
    ("log_format", "no variables", 0),
  ])
  func `a template that cannot be compiled says where and why`(
    template: String, message: String, offset: Int
  ) {
    let fault = #expect(throws: FormatFault.self) {
      try NginxLogFormat.reader(for: FormatDescription(template: template))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    #expect(fault?.offset == offset)
  }

  @Test
  func `an identity that is not logged is named with the nearest one that is`() {
    let fault = #expect(throws: FormatFault.self) {
      try NginxLogFormat.reader(
        for: FormatDescription(
          template: Presets.combined + " $http_x_api_key",
          identity: [IdentityField(field: "$http_x_apikey", isSecret: true)]))
    }
    #expect(fault?.suggestion == "$http_x_api_key")
  }

  @Test(arguments: [
    "-", "alice", "al ice", "x]", "[x", " [", "- [21/Nov/2026:19:51:49 +0000] x",
    "[01/Jan/2000:00:00:00 +0000]", "a - b", "\\x22] \\x22", "-- -",
  ])
  func `a user's name may be anything`(user: String) throws {
    let line = combinedLine.replacing("- - [", with: "- \(user) [")
    let record = try parseNginx(line, Presets.combined, identity: ["$remote_user"]).plain(0)
    #expect(record.identity == (user == "-" ? nil : user.replacing("\\x22", with: "\"")))
    #expect(record.time == 1_795_290_709_000)
    #expect(record.path == "/v1/orders")
  }

  @Test
  func `a user cannot move the time stamp where no quote follows it`() throws {
    let template = "$remote_addr - $remote_user [$time_local] $http_host \"$request\" $status"
    let line = """
      127.0.0.1 - x [01/Jan/2000:00:00:00 +0000] h [21/Nov/2026:19:51:49 +0000] api "GET / HTTP/1.1" 200
      """
    let record = try parseNginx(line, template, identity: ["$remote_user"]).plain(0)
    #expect(record.time == 1_795_290_709_000)
    #expect(record.host == "api")
  }

  @Test
  func `variables that nobody wants may stand side by side`() throws {
    let template = Presets.combined + #" "$upstream_scheme://$upstream_host$upstream_uri" $status"#
    let record = try parseNginx("\(combinedLine) \"http://h:1/p\" 201", template).plain(0)
    #expect(record.status == 200)
    #expect(record.path == "/v1/orders")
  }

  @Test
  func `of several variables for a field the best one is read`() throws {
    let line = "\(combinedLine) 180 1795290709.400 api:8080 api"
    let template = Presets.combined + " $bytes_sent $msec $http_host $host"
    let record = try parseNginx(line, template).plain(0)
    #expect(record.time == 1_795_290_709_400)
    #expect(record.bytesOut == 12)
    #expect(record.host == "api")
  }

  @Test(
    arguments: [
      ("0.001", 1000), ("-", -1), ("0.002, 0.010", 12_000), ("-, 0.010", 10_000), ("-, -", -1),
      ("0.001 : 0.002", 3000), ("0.000", 0),
    ] as [(String, Int64)])
  func `upstream times are summed`(text: String, microseconds: Int64) throws {
    let record = try parseNginx(
      "\(combinedLine) urt=\"\(text)\"", Presets.combined + " urt=\"$upstream_response_time\""
    ).plain(0)
    #expect(record.upstreamLatency == microseconds)
  }

  @Test(arguments: ["x", "0.1x", "1e99", "0.1 0.2 z"])
  func `a duration that is none is refused`(text: String) throws {
    let batch = try parseNginx(
      "\(combinedLine) urt=\"\(text)\"", Presets.combined + " urt=\"$upstream_response_time\"")
    #expect(batch.count == 0)
    #expect(batch.malformed.count == 1)
  }

  @Test
  func `more text than the format describes is taken and counted`() throws {
    let batch = try parseNginx("\(combinedLine) \"-\" 0.000\n\(combinedLine)x", Presets.combined)
    #expect(batch.count == 1)
    #expect(batch.trailingTextCount == 1)
    #expect(batch.malformed.map(\.fault.reason) == [.literal])
  }

  @Test(arguments: ["000", "0", "499", "200"])
  func `a status may be zero`(status: String) throws {
    let line = combinedLine.replacing(" 200 ", with: " \(status) ")
    #expect(try parseNginx(line, Presets.combined).plain(0).status == Int(status))
  }

  @Test(arguments: [
    ("1000", MalformedLine.Reason.outOfRange), ("x", .notANumber), ("", .notANumber),
    ("2x0", .literal),
  ])
  func `a status that is none is refused`(status: String, reason: MalformedLine.Reason) throws {
    let line = combinedLine.replacing(" 200 ", with: " \(status) ")
    #expect(try parseNginx(line, Presets.combined).malformed.map(\.fault.reason) == [reason])
  }

  @Test(arguments: [
    (#""GET / HTTP/1.1" 200 1 "" "Evil"Agent"""#, #"Evil"Agent""#),
    (#""GET / HTTP/1.1" 200 1 "https://x/?q="a b"\" "curl""#, "curl"),
    (#""GET /" HTTP/1.1" 200 1 "" "curl""#, "curl"),
    // No other text than the agent's can hold these quotes.
    (#""GET / HTTP/1.1" 200 1 "" "" 200 1 """#, #"" 200 1 ""#),
  ])
  func `quotes that the writer left as they came are told apart`(
    rest: String, agent: String
  ) throws {
    let line = "127.0.0.1 -  [21/Nov/2026:19:51:49 +0000] \(rest)"
    let template = "log_format x escape=none '\(Presets.combined)';"
    #expect(try parseNginx(line, template).plain(0).userAgent == agent)
  }

  @Test(arguments: [
    #""GET / HTTP/1.1" 200 1 "" "x" more"#, #""GET / HTTP/1.1" 200 x "" "x""#,
  ])
  func `a line that can be read in no way is refused`(rest: String) throws {
    let line = "127.0.0.1 -  [21/Nov/2026:19:51:49 +0000] \(rest)"
    let batch = try parseNginx(line, "log_format x escape=none '\(Presets.combined)';")
    #expect(batch.count == 0)
    #expect(batch.malformed.count == 1)
  }

  @Test(
    arguments: [
      ("?apikey=k1", "k1"), ("?a=1&apikey=k1&b", "k1"), ("?APIKEY=k1", "k1"), ("?apikey=", nil),
      ("?xapikey=k1", nil), ("", nil), ("?apikey=a%2Fb%", "a/b%"), ("?apikey=a&apikey=b", "a"),
      (#"?apikey=\x22"#, "\""), ("?apikey", nil),
    ] as [(String, String?)])
  func `a key is found in the query`(query: String, key: String?) throws {
    let line = combinedLine.replacing("/v1/orders", with: "/v1\(query)")
    let batch = try parseNginx(line, Presets.combined, identity: ["$arg_apikey"])
    #expect(batch.plain(0).identity == key)
  }

  @Test
  func `a template that is a JSON object is read as JSON`() throws {
    let template = """
      log_format j escape=json '{ "t":"$msec", "r":{"line":"$request"}, "s":$status, "n":3,'
       '"both":"$scheme://$host", "key":"$http_x_api_key" }';
      """
    let line =
      #"{ "t":"1795290709.400", "r":{"line":"GET /\"a\/ HTTP/1.1"}, "s":, "n":3,"both":"http://h", "key":"-" }"#
    let record = try parseNginx(line, template, identity: ["$http_x_api_key"]).plain(0)
    #expect(record.time == 1_795_290_709_400)
    #expect(record.path == "/\"a/")
    #expect(record.status == nil)
    #expect(record.identity == "-")
  }

  @Test
  func `random templates read the lines that they write`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let values: [(String, [String])] = [
      ("remote_addr", ["127.0.0.1", "::1"]), ("status", ["200", "000", "-"]),
      ("body_bytes_sent", ["0", "12345678901"]), ("request_time", ["0.001", "12.000"]),
      ("http_user_agent", ["curl", #"a\x22b"#, "-"]), ("request_id", ["abc", "-"]),
      ("http_x_api_key", ["k1", #"k\x5C"#, "-"]), ("bytes_sent", ["1"]),
    ]
    for _ in 0..<300 {
      let chosen = values.shuffled(using: &generator).prefix(
        Int.random(in: 1...8, using: &generator))
      var template = "$msec"
      var line = "1795290709.400"
      var expected: [String: String] = [:]
      for (name, texts) in chosen {
        let text = texts.randomElement(using: &generator)!
        let isQuoted = Bool.random(using: &generator)
        let separator = [" ", "\t", " | ", " x="].randomElement(using: &generator)!
        template += separator + (isQuoted ? "\"$\(name)\"" : "$\(name)")
        line += separator + (isQuoted ? "\"\(text)\"" : text)
        expected[name] = text
      }
      let hasKey = template.contains("$http_x_api_key")
      let batch = try parseNginx(line, template, identity: hasKey ? ["$http_x_api_key"] : [])
      try #require(batch.count == 1, "seed \(seed): \(template)\n\(line)")
      let record = batch.plain(0)
      if let status = expected["status"] { #expect(record.status == Int(status), "seed \(seed)") }
      if let key = expected["http_x_api_key"], key == "k1" { #expect(record.identity == "k1") }
      if let address = expected["remote_addr"] { #expect(record.address == address) }
      if expected["http_user_agent"] == #"a\x22b"# { #expect(record.userAgent == "a\"b") }
    }
  }
}

struct NginxVariablesTests {
  @Test
  func `a variable that nginx does not have is told with the nearest`() throws {
    let template = "$remote_addr [$time_local] $statsu $consumer_id $http_x_whatever $arg_x"
    let unknown = try NginxLogFormat.unknownVariables(in: FormatDescription(template: template))
    #expect(unknown.map(\.name) == ["$statsu", "$consumer_id"])
    #expect(unknown.first?.nearest == "$status")
    #expect(unknown.first?.offset == 27)
  }

  @Test(
    arguments: [
      ("$uri$is_args$args", "/a?b=c", "/a", "b=c"), ("$uri$is_args$args", "/a", "/a", nil),
      ("$scheme://$host$request_uri", "https://h.example/a?b", "/a", "b"),
    ] as [(String, String, String, String?)])
  func `variables that make one URL are read as one`(
    variables: String, text: String, path: String, query: String?
  ) throws {
    let record = try parseNginx("1795290709.400 \(text) 200", "$msec \(variables) $status").first()
    #expect(record.path == path && record.query == query && record.status == 200)
  }

  @Test
  func `an identity may be named by its header`() throws {
    let record = try parseNginx(
      "1795290709.400 k1", "$msec $http_x_api_key", identity: ["X-Api-Key"]
    ).first()
    #expect(record.identity == "k1")
  }

  @Test
  func `of a list of addresses the nearest one counts that is not private`() throws {
    for (list, address) in [
      ("198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
      ("192.168.1.7, 10.0.0.1", "192.168.1.7"),
      ("2001:db8::1, fd00::1, ::1", "2001:db8::1"), ("203.0.113.9", "203.0.113.9"),
      ("unknown, 203.0.113.9, unknown", "203.0.113.9"), ("203.0.113.9, 172.32.0.1", "172.32.0.1"),
    ] {
      let line = "1795290709.400 \"\(list)\""
      let record = try parseNginx(line, "$msec \"$http_x_forwarded_for\"").first()
      #expect(record.address == address)
    }
  }

  @Test func `where nothing is escaped a client writes no key of the template's`() throws {
    let template =
      #"log_format j escape=none '{"t":"$time_iso8601","ip":"$remote_addr","ua":"$http_user_agent","k":"$http_x_api_key","s":$status}';"#
    let line =
      #"{"t":"2026-11-22T08:14:48+00:00","ip":"127.0.0.1","ua":"x","k":"victim","s":200,"z":"","k":"me","s":429}"#
    let batch = try parseNginx(line, template, identity: ["$http_x_api_key"])
    for index in 0..<batch.count {
      let record = batch.plain(index)
      #expect(record.status != 200 && record.identity != "victim")
    }
    let honest = #"{"t":"2026-11-22T08:14:48+00:00","ip":"127.0.0.1","ua":"x","k":"me","s":429}"#
    let record = try parseNginx(honest, template, identity: ["$http_x_api_key"]).first()
    #expect(record.status == 429 && record.identity == "me" && record.userAgent == "x")
  }

  @Test(
    arguments: [
      ("$content_type", "multipart/form-data; boundary=x"), ("$content_type", "x 200 5 0.5"),
      ("$request_filename", "/srv/a 200 1 0.5"), ("$geoip_country_name", "United States"),
      ("$proxy_add_x_forwarded_for", "x 200 1 0.1, 127.0.0.1"), ("$consumer", "a 200 5 0.5"),
      ("$ssl_client_i_dn", "CN=My CA,O=x"), ("$fastcgi_path_info", "/a 200 5 0.5"),
    ])
  func `what a client or a map writes without quotes moves no column`(
    variable: String, text: String
  ) throws {
    let record = try parseNginx(
      #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] "GET /a HTTP/1.1" \#(text) 429 41 0.002"#,
      #"$remote_addr [$time_local] "$request" \#(variable) $status $body_bytes_sent $request_time"#
    ).first()
    #expect(record.status == 429 && record.bytesOut == 41 && record.latency == 2000)
  }

  @Test func `the ingress controller's JSON names the client without the PROXY protocol, too`()
    throws
  {
    let template =
      #"log_format u escape=json '{"time": "$time_iso8601", "remote_addr": "$proxy_protocol_addr", "x_forwarded_for": "$proxy_add_x_forwarded_for", "status": $status}';"#
    for (own, address) in [("", "203.0.113.9"), ("192.0.2.7", "192.0.2.7")] {
      let line =
        #"{"time": "2026-11-21T19:51:49+00:00", "remote_addr": "\#(own)", "x_forwarded_for": "203.0.113.9", "status": 200}"#
      #expect(try parseNginx(line, template).first().address == address)
    }
  }

  @Test func `of what connected and who was behind it the latter is the client`() throws {
    let record = try parseNginx(
      #"203.0.113.9 (10.0.0.1) [21/Nov/2026:19:51:49 +0000] "GET /x HTTP/1.1" 200"#,
      #"$http_x_forwarded_for ($realip_remote_addr) [$time_local] "$request" $status"#
    ).first()
    #expect(record.address == "203.0.113.9")
  }

  @Test(arguments: [("-", "10.0.0.1"), ("203.0.113.9", "203.0.113.9")])
  func `where nobody says who was behind it, what connected is the client`(
    header: String, address: String
  ) throws {
    let template =
      #""$http_x_forwarded_for" ($realip_remote_addr) [$time_local] "$request" $status"#
    let line = #""\#(header)" (10.0.0.1) [21/Nov/2026:19:51:49 +0000] "GET /x HTTP/1.1" 200"#
    #expect(try parseNginx(line, template).first().address == address)
  }
}
