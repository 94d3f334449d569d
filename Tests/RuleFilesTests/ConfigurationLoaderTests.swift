import AccessLog
import Baselines
import Foundation
import Testing

@testable import RuleFiles

@Suite struct ConfigurationLoaderTests {
  private static let formats = [
    "nginx", "json", "combined", "main", "apache", "haproxy-http", "iis", "envoy-default",
  ]

  private static func load(_ text: String, name: String = "tollwatch.yaml") throws -> Configuration
  {
    let file = SourceFile(name: name, text: text)
    return try ConfigurationLoader.load(file, formats: formats).configuration
  }

  @Test func `a source that listens is read from where its lines wait`() throws {
    let source = """
      sources:
        - name: edge-1
          listen: ["udp:127.0.0.1:5514", "unix:/run/tollwatch/edge.sock"]
          spool_megabytes: 64
          format: combined

      """
    let configuration = try Self.load(source + "store: /var/lib/tollwatch/tollwatch.sqlite\n")
    let edge = try #require(configuration.sources.first)
    #expect(edge.listen.count == 2)
    #expect(edge.spoolBytesMax == 64 << 20)
    #expect(edge.paths == ["/var/lib/tollwatch/spool/edge-1.log*"])
    for (text, fault) in [
      (source, "needs a 'store'"),
      (source.replacing("127.0.0.1", with: "0.0.0.0") + "store: s\n", "no address of this machine"),
      (source.replacing("edge-1", with: "../x") + "store: s\n", "has a name of letters"),
    ] {
      let faults = #expect(throws: Diagnostics.self) { try Self.load(text) }
      #expect(faults?.description.contains(fault) == true, "\(text)")
    }
  }

  @Test func `a whole configuration`() throws {
    let configuration = try Self.load(
      """
      sources:
        - name: edge
          paths: [/var/log/nginx/gateway.log*, logs]
          format: combined
          identity: [$http_user_agent, $remote_user]
          timezone: Europe/Berlin
          lateness: 90s
          throttled_status: [429, 503]
        - name: kong
          paths: kong.log
          format: json
          fields:
            time: {field: started_at, unit: epoch_ms}
            client_ip: client_ip
            latency: {field: [latencies.request, latency], unit: ms}
          identity: [consumer.username, {field: request.headers.apikey, secret: false}]
      registry: [registry.yaml, /etc/keys.csv]
      rules: rules.d
      shipped_rules: off
      store: /var/lib/tollwatch/tollwatch.sqlite
      fingerprint_key: fingerprint.key
      """, name: "/etc/tollwatch/tollwatch.yaml")
    let edge = try #require(configuration.sources.first)
    #expect(edge.paths == ["/var/log/nginx/gateway.log*", "/etc/tollwatch/logs"])
    #expect(edge.format == "combined")
    #expect(
      edge.description.identity == [
        IdentityField(field: "$http_user_agent", isSecret: true),
        IdentityField(field: "$remote_user", isSecret: false),
      ])
    #expect(edge.zone.name == "Europe/Berlin")
    #expect(edge.description.zone == LocalZone(edge.zone))
    #expect(edge.latenessMilliseconds == 90_000)
    #expect(edge.throttledStatus == [429, 503])
    let kong = configuration.sources[1]
    #expect(
      kong.description.fields == [
        FieldMapping(field: "time", paths: ["started_at"], unit: "epoch_ms"),
        FieldMapping(field: "client_ip", paths: ["client_ip"]),
        FieldMapping(field: "latency", paths: ["latencies.request", "latency"], unit: "ms"),
      ])
    #expect(kong.description.identity.map(\.isSecret) == [false, false])
    #expect(kong.latenessMilliseconds == 60_000)
    #expect(kong.throttledStatus == [429])
    #expect(configuration.registry == ["/etc/tollwatch/registry.yaml", "/etc/keys.csv"])
    #expect(configuration.rules == ["/etc/tollwatch/rules.d"])
    #expect(!configuration.usesShippedRules)
    #expect(configuration.store == "/var/lib/tollwatch/tollwatch.sqlite")
    #expect(configuration.fingerprintKey == "/etc/tollwatch/fingerprint.key")
  }

  @Test(arguments: ["", "# nothing\n", "sources:\n", "---\n"])
  func `an empty configuration has the defaults`(text: String) throws {
    #expect(try Self.load(text) == Configuration())
  }

  @Test(arguments: [("tollwatch.yaml", "a.log"), ("x/t.yaml", "x/a.log"), ("/t.yaml", "/a.log")])
  func `relative paths begin at the file`(name: String, path: String) throws {
    let text = "sources: [{name: a, paths: a.log}]"
    #expect(try Self.load(text, name: name).sources[0].paths == [path])
  }

  @Test(arguments: [
    ("$remote_user", false), ("consumer.username", false), ("user", false), ("userId", false),
    ("principal", false), ("$http_x_api_key", true), ("$http_x_user", true), ("$cookie_user", true),
    ("$arg_user", true), ("$jwt_claim_sub", true), ("request.headers.x-user", true),
    ("user_token", true), ("apiKey", true), ("authorization", true), ("client", true), ("", true),
  ])
  func `what is not surely a name is a secret`(field: String, isSecret: Bool) {
    #expect(IdentityField(withDefaultSecrecy: field).isSecret == isSecret)
  }

  @Test func `a source may have several formats, in order`() throws {
    let configuration = try Self.load(
      """
      sources:
        - name: edge
          paths: a.log
          format:
            - main
            - combined
            - {format: nginx, log_format: '$msec $remote_addr $status', identity: {field: $remote_addr, secret: false}}
            - format: json
              fields: {time: t, status: s, throttled: {field: f, values: [RL, UO]}}
              absent: [none]
              prefix: none
              stamp: start
          identity: $remote_user
          timezone: Asia/Kolkata
          sampling: 10
      """)
    let source = configuration.sources[0]
    let name = [IdentityField(field: "$remote_user", isSecret: false)]
    #expect(source.format == "main")
    #expect(source.description.identity == name)
    #expect(source.otherFormats.map(\.name) == ["combined", "nginx", "json"])
    #expect(source.otherFormats[0].description.identity == name)
    #expect(source.otherFormats[1].description.template == "$msec $remote_addr $status")
    let json = source.otherFormats[2].description
    #expect(
      json.fields.last
        == FieldMapping(field: "throttled", paths: ["f"], values: ["RL", "UO"]))
    #expect(json.absentTexts == ["none"])
    #expect(!json.skipsPrefix)
    #expect(json.moment == .requestStart)
    #expect(source.otherFormats.allSatisfy { $0.description.zone == source.description.zone })
    #expect(source.description.zone == LocalZone(source.zone) && source.zone.name == "Asia/Kolkata")
    #expect(source.sampling == 10)
  }

  @Test(arguments: [
    ("2026", "2026-01-01", "2026-12-31"), ("2028", "2028-01-01", "2028-12-31"),
    ("2027", "2027-01-01", "2027-12-31"), ("2026-01-03", "2025-12-31", "2026-01-04"),
  ])
  func `a source may say the year that its writer leaves out`(
    year: String, first: String, last: String
  ) throws {
    let source = try Self.load(
      """
      sources:
        - name: edge
          paths: a.log
          format: apache
          log_format: '%h [%{%b %d %H:%M:%S}t] %>s'
          year: \(year)
          timezone: Europe/Berlin
      """
    ).sources[0]
    let reader = try ApacheLogFormat.reader(for: source.description)
    for day in [first, last] {
      let midday = try #require(EventTime(rfc3339: "\(day)T11:00:00Z"))
      let month = ["01": "Jan", "12": "Dec"][day.dropFirst(5).prefix(2)] ?? ""
      let line = Array("192.0.2.7 [\(month) \(day.suffix(2)) 12:00:00] 200".utf8)
      var fields = RecordFields()
      try reader.read(line.span, into: &fields)
      #expect(fields.time == midday)
    }
  }

  @Test(arguments: ["26", "2026-13-01", "next", "1969", "2026-1-3"])
  func `what is no year is told`(year: String) {
    let error = #expect(throws: Diagnostics.self) {
      try Self.load("sources: [{name: edge, paths: a.log, year: \(year)}]")
    }
    #expect(error?.description.contains("neither a year") == true)
  }

  @Test(arguments: [
    ("format: haproxy-http", true), ("format: haproxy-http, timezone: UTC", false),
    ("format: [combined, haproxy-http]", true), ("format: combined", false),
    ("format: iis", false), ("format: envoy-default", false),
    ("format: apache, log_format: '%h %{%F %T}t \"%r\" %>s'", true),
    ("format: apache, log_format: '%h %{%F %TZ}t \"%r\" %>s'", false),
  ])
  func `stamps without a zone ask for one`(format: String, isAsked: Bool) throws {
    let file = SourceFile(
      name: "tollwatch.yaml", text: "sources: [{name: edge, paths: a.log, \(format)}]")
    let loaded = try ConfigurationLoader.load(file, formats: Self.formats)
    #expect(loaded.warnings.contains { $0.message.contains("tell no zone") } == isAsked)
  }

  @Test func `summer time is followed`() throws {
    let source = try Self.load(
      """
      sources:
        - {name: edge, paths: a.log, format: haproxy-http, timezone: Europe/Berlin}
      """
    ).sources[0]
    let preset = try #require(Presets.preset(named: "haproxy-http"))
    let reader = try HAProxyLogFormat.reader(
      for: preset.description(taking: source.description))
    for (stamp, utc) in [("15/Jul", "2026-07-15T10:00:00Z"), ("15/Jan", "2026-01-15T11:00:00Z")] {
      let line =
        "192.0.2.7:39 [\(stamp)/2026:12:00:00.000] fe be/s 0/5/1/4/9 200 8 - - ---- 8/8/8/1/0 0/0 "
        + "\"GET /a HTTP/1.1\""
      let bytes = Array(line.utf8)
      var fields = RecordFields()
      try reader.read(bytes.span, into: &fields)
      #expect(fields.time == EventTime(rfc3339: utc))
    }
  }

  @Test func `formats must agree on what is a secret`() {
    let error = #expect(throws: Diagnostics.self) {
      try Self.load(
        """
        sources:
          - name: edge
            paths: a.log
            format:
              - {format: nginx, log_format: '$msec $http_x_api_key', identity: $http_x_api_key}
              - {format: nginx, log_format: '$msec $remote_user', identity: $remote_user}
        """)
    }
    #expect("\(String(describing: error))".contains("a name in one format and a secret in another"))
  }

  @Test func `a log_format is taken from the gateway's own configuration`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let conf = "http { log_format main '$remote_addr [$time_local] $status'; }"
    try Data(conf.utf8).write(to: folder.appending(path: "nginx.conf"))
    func load(_ file: String, _ name: String) throws -> Configuration {
      try Self.load(
        "sources: [{name: a, paths: b, format: nginx, log_format: {file: \(file), name: \(name)}}]",
        name: folder.path + "/tollwatch.yaml")
    }
    let source = try load("nginx.conf", "main").sources[0]
    #expect(source.description.template == "log_format main '$remote_addr [$time_local] $status';")
    for (file, name, message) in [
      ("nginx.conf", "mian", "did you mean 'main'"), ("other.conf", "main", "cannot be read"),
    ] {
      let error = #expect(throws: Diagnostics.self) { try load(file, name) }
      #expect("\(String(describing: error))".contains(message), "\(String(describing: error))")
    }
  }

  @Test func `a preset's field map can be changed in part`() throws {
    let text = """
      sources:
        - {name: a, paths: b, format: kong-file-log, fields: {status: upstream_status}}
      """
    let configuration = try ConfigurationLoader.load(SourceFile(name: "t", text: text))
    let told = configuration.configuration.sources[0].description
    let preset = try #require(Presets.preset(named: "kong-file-log"))
    let merged = preset.description(taking: told)
    #expect(merged.fields.filter { $0.field == "status" }.map(\.paths) == [["upstream_status"]])
    #expect(merged.fields.count == preset.description.fields.count)
    #expect(merged.identity == preset.description.identity)
  }
}
