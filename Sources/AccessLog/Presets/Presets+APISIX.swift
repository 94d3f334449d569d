/// The logger plugins of Apache APISIX. The first sample is shortened from apache/apisix
/// (Apache-2.0).
extension Presets {
  static let apisix = [
    json(
      "apisix-json", "the loggers of Apache APISIX",
      [
        map("time", "start_time", unit: "epoch_ms"), map("client_ip", "client_ip"),
        map("host", "request.headers.host"), map("method", "request.method"),
        map("target", "request.uri", "request.url"), map("status", "response.status"),
        map("bytes_out", "response.size"), map("bytes_in", "request.size"),
        map("latency", "latency", unit: "ms"),
        map("upstream_latency", "upstream_latency", unit: "ms"),
        map("user_agent", "request.headers.user-agent"),
        map("referrer", "request.headers.referer"), map("route", "route_id"),
        map("api", "service_id"),
      ], identity: ["consumer.username"], moment: .requestStart, absent: [],
      setting: "plugins:\n  file-logger:\n    path: /var/log/apisix/access.json",
      documentation: "https://apisix.apache.org/docs/apisix/plugins/file-logger/",
      note: """
        limit-req, limit-conn and limit-count answer 503 unless `rejected_code` says 429: set \
        `throttled_status: [429, 503]` then. What syslog puts before the object is skipped.
        """,
      samples: [
        (
          #"{"start_time":1718291190508,"client_ip":"192.168.65.1","response":{"status":200,"size":617},"latency":1200.0000476837,"upstream_latency":1133,"request":{"querystring":{},"method":"GET","uri":"\/anything","headers":{"user-agent":"curl\/8.6.0"},"size":85},"route_id":"r1"}"#,
          Sample.Expected(
            time: time(1_718_291_190_508), address: "192.168.65.1", method: "GET",
            path: "/anything", status: 200, bytesOut: 617, latencyMicroseconds: 1_200_000,
            userAgent: "curl/8.6.0", route: "r1")
        ),
        (
          #"<10>1 2026-01-06T06:50:51.739Z 192.0.2.1 apisix 58525 - [token-1@41058 tag="apisix"] {"consumer":{"username":"northwind"},"request":{"url":"http://api.example.test/v1/x","headers":{"host":"api.example.test"},"method":"GET","size":155},"response":{"size":141,"status":503},"latency":1.5,"client_ip":"192.0.2.7","start_time":1767682251634}"#,
          Sample.Expected(
            time: time(1_767_682_251_634), address: "192.0.2.7", method: "GET", path: "/v1/x",
            status: 503, bytesOut: 141, latencyMicroseconds: 1500, identity: "northwind")
        ),
      ])
  ]
}
