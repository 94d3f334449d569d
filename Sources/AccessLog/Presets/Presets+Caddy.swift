/// Caddy, which writes one format. The sample is shortened from the tests of crowdsecurity/hub
/// (MIT).
extension Presets {
  static let caddy = [
    json(
      "caddy", "Caddy's access log",
      [
        map("time", "ts", unit: "epoch_s"),
        map("client_ip", "request.client_ip", "request.remote_ip", "request.remote_addr"),
        map("host", "request.host"), map("method", "request.method"),
        map("target", "request.uri"), map("protocol", "request.proto"), map("status", "status"),
        map("bytes_out", "size"), map("bytes_in", "bytes_read"),
        map("latency", "duration", unit: "s"), map("user_agent", "request.headers.User-Agent"),
        map("referrer", "request.headers.Referer"),
        map("request_id", "uuid", "request.headers.X-Request-Id"),
      ], identity: ["user_id"], moment: .requestEnd,
      // A dash is what the client sent.
      absent: [],
      setting: "log {\n  output file /var/log/caddy/access.log\n}",
      documentation: "https://caddyserver.com/docs/caddyfile/directives/log",
      note: """
        `ts` and `duration` may be text too (time_format, duration_format string). Requests that are \
        not HTTP leave no line. Caddy replaces bytes that are not UTF-8. Status 0: the client went away.
        """,
      samples: [
        (
          #"{"level":"info","ts":1693840791.7564995,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"172.17.0.1","remote_port":"44790","client_ip":"127.0.0.1","proto":"HTTP/1.0","method":"GET","host":"127.0.0.1:8080","uri":"/v1/x?a=1","headers":{"User-Agent":["curl/7.74.0","second"],"X-Real-Ip":["127.0.0.1"]}},"bytes_read":0,"user_id":"","duration":0.002701,"size":7,"status":200,"resp_headers":{"Server":["Caddy"]}}"#,
          Sample.Expected(
            time: time(1_693_840_791_756), address: "127.0.0.1", method: "GET", path: "/v1/x",
            query: "a=1", status: 200, bytesOut: 7, latencyMicroseconds: 2701,
            userAgent: "curl/7.74.0", host: "127.0.0.1:8080")
        ),
        (
          #"{"level":"info","ts":"2026-11-21T19:57:14.321+0100","logger":"http.log.access","msg":"handled request","request":{"remote_ip":"192.0.2.9","proto":"HTTP/2.0","method":"POST","host":"api.example.test","uri":"/v1/orders","headers":{"User-Agent":["-"]}},"user_id":"northwind","duration":"1.25ms","size":12,"status":0}"#,
          Sample.Expected(
            time: time(1_795_287_434_321), address: "192.0.2.9", method: "POST",
            path: "/v1/orders", status: 0, bytesOut: 12, latencyMicroseconds: 1250,
            userAgent: "-", identity: "northwind")
        ),
      ])
  ]
}
