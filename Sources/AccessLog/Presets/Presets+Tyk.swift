/// Tyk Gateway's access log, as JSON, and as the text that it writes where nobody chose.
extension Presets {
  /// Both write the same fields.
  private static let tykFields = [
    map("client_ip", "client_ip", "remote_addr"), map("host", "host"), map("method", "method"),
    map("path", "path"), map("protocol", "protocol"), map("status", "status"),
    map("latency", "latency_total", unit: "ms"),
    map("upstream_latency", "upstream_latency", unit: "ms"), map("user_agent", "user_agent"),
    map("request_id", "trace_id"), map("api", "api_name", "api_id"),
    map("version", "api_version"),
  ]

  static let tyk = [
    Preset(
      name: "tyk", summary: "Tyk's access log as text", formatName: LogfmtLines.name,
      description: FormatDescription(
        fields: [map("time", "time", unit: "%b %d %H:%M:%S")] + tykFields,
        identity: ["api_key", "org_id"].map { IdentityField(field: $0, isSecret: false) }),
      setting: #""access_logs": {"enabled": true}"#,
      documentation: "https://tyk.io/docs/api-management/logs/access-logs",
      note: """
        The stamps have neither a year nor a zone: say `year` and `timezone`, or choose JSON, whose \
        stamps have both. Tyk writes the key hashed or shortened, so that it is taken for a name. \
        Other lines of the same log are counted as no access lines.
        """,
      samples: [
        (
          #"time="Jan 29 08:27:09" level=info api_id=b1a41c9a api_key=4c08b6c0 api_name=httpbin client_ip="2001:db8::1" host="api.example.test:8080" latency_total=62 method=GET org_id=678e6771 path=/get prefix=access-log protocol=HTTP/1.1 remote_addr="[2001:db8::1]:63251" status=429 upstream_addr="http://httpbin.org/get" upstream_latency=61 user_agent=PostmanRuntime/7.43.0"#,
          Sample.Expected(
            time: time(1_769_675_229_000), address: "2001:db8::1", method: "GET", path: "/get",
            status: 429, latencyMicroseconds: 62_000, userAgent: "PostmanRuntime/7.43.0",
            identity: "4c08b6c0", api: "httpbin", isThrottled: true)
        )
      ], sampleDay: 20_482),
    json(
      "tyk-json", "Tyk's access log in JSON",
      [map("time", "time")] + tykFields, identity: ["api_key", "org_id"], moment: .requestEnd,
      setting: #""log_format": "json", "access_logs": {"enabled": true}"#,
      documentation: "https://tyk.io/docs/api-management/logs-metrics/",
      note: """
        Tyk writes the key hashed or shortened, so that it is taken for a name. Other lines of the \
        same log are counted as no access lines.
        """,
      samples: [
        (
          #"{"api_id":"b1a41c9a","api_key":"4c08b6c0","api_name":"httpbin","client_ip":"2001:db8::1","host":"api.example.test:8080","latency_total":62,"level":"info","method":"GET","msg":"","org_id":"678e6771","path":"/get","prefix":"access-log","protocol":"HTTP/1.1","remote_addr":"[2001:db8::1]:63251","status":429,"time":"2026-01-29T08:27:09+01:00","upstream_addr":"http://httpbin.org/get","upstream_latency":61,"user_agent":"PostmanRuntime/7.43.0"}"#,
          Sample.Expected(
            time: time(1_769_671_629_000), address: "2001:db8::1", method: "GET", path: "/get",
            status: 429, latencyMicroseconds: 62_000, userAgent: "PostmanRuntime/7.43.0",
            identity: "4c08b6c0", api: "httpbin", isThrottled: true)
        )
      ]),
  ]
}
