/// Kong's logging plugins, which all write what `kong.log.serialize` returns.
extension Presets {
  static let kong = [
    json(
      "kong-file-log", "Kong's file-log, http-log and tcp-log",
      [
        map("time", "started_at", unit: "epoch_ms"), map("client_ip", "client_ip"),
        map("host", "request.headers.host"), map("method", "request.method"),
        map("target", "request.uri", "request.url"), map("status", "response.status"),
        map("bytes_out", "response.size"), map("bytes_in", "request.size"),
        map("latency", "latencies.request", unit: "ms"),
        map("upstream_latency", "latencies.proxy", unit: "ms"),
        map("user_agent", "request.headers.user-agent"),
        map("referrer", "request.headers.referer"), map("request_id", "request.id"),
        map("route", "route.name", "route.id"), map("api", "service.name", "service.id"),
      ],
      identity: ["consumer.username", "consumer.custom_id", "authenticated_entity.id"],
      moment: .requestStart, absent: [],
      setting: """
        plugins:
          - name: file-log
            config: {path: /var/log/kong/access.json, reopen: true}
        """, documentation: "https://developer.konghq.com/plugins/file-log/",
      note: """
        Without `reopen: true` Kong writes on into the renamed file after a rotation. The rate limiting \
        plugins answer 429; if `error_code` says otherwise, set `throttled_status`.
        """,
      samples: [
        (
          #"{"request":{"querystring":{},"size":85,"headers":{"host":"api.example.test","user-agent":"curl\/8.6.0"},"method":"GET","uri":"\/v1\/orders?limit=5","url":"http:\/\/api.example.test\/v1\/orders"},"latencies":{"kong":2,"request":60,"proxy":-1},"response":{"status":429,"size":617,"headers":{"retry-after":"3"}},"route":{"name":"orders"},"service":{"name":"shop"},"consumer":{"custom_id":"17","username":"northwind"},"client_ip":"192.0.2.7","started_at":1718291190508}"#,
          Sample.Expected(
            time: time(1_718_291_190_508), address: "192.0.2.7", method: "GET",
            path: "/v1/orders", query: "limit=5", status: 429, bytesOut: 617,
            latencyMicroseconds: 60_000, userAgent: "curl/8.6.0", identity: "northwind",
            host: "api.example.test", route: "orders", api: "shop", isThrottled: true)
        )
      ])
  ]
}
