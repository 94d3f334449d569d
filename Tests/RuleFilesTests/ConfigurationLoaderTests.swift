import AccessLog
import Baselines
import Testing

@testable import RuleFiles

@Suite struct ConfigurationLoaderTests {
  private static let formats = ["nginx", "json", "combined", "main"]

  private static func load(_ text: String, name: String = "tollwatch.yaml") throws -> Configuration
  {
    let file = SourceFile(name: name, text: text)
    return try ConfigurationLoader.load(file, formats: formats).configuration
  }

  @Test func `a whole configuration`() throws {
    let configuration = try Self.load(
      """
      sources:
        - name: edge
          paths: [/var/log/nginx/gateway.log*, logs]
          format: combined
          identity: [$http_x_api_key, $remote_user]
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
        IdentityField(field: "$http_x_api_key", isSecret: true),
        IdentityField(field: "$remote_user", isSecret: false),
      ])
    #expect(edge.zone.name == "Europe/Berlin")
    #expect(edge.description.zoneOffsetMinutes == 60)
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
}
