/// Envoy's JSON, whose keys are the user's: those of Istio and of Envoy Gateway.
///
/// The second sample is shortened from the tests of crowdsecurity/hub (MIT).
extension Presets {
  static let envoyJSON = [istioJSON, envoyGatewayJSON]

  private static let envoyPage =
    "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage"

  private static let envoyCommon = [
    map("time", "start_time"), map("client_ip", "downstream_remote_address", "x_forwarded_for"),
    map("method", "method", ":method"), map("protocol", "protocol"),
    map("status", "response_code"), map("bytes_out", "bytes_sent"),
    map("bytes_in", "bytes_received"), map("latency", "duration", unit: "ms"),
    map("route", "route_name"), map("api", "upstream_cluster"),
    map(
      "throttled", "response_flags", "response_code_details",
      values: [
        "RL", "RLSE", "RateLimited", "RateLimitServiceError", "request_rate_limited",
        "local_rate_limited", "rate_limiter_error",
      ]),
  ]

  private static let istioJSON = json(
    "istio-json", "Istio's access log in JSON",
    envoyCommon + [
      map("host", "authority"), map("target", "path"), map("user_agent", "user_agent"),
      map("upstream_latency", "upstream_service_time", unit: "ms"),
      map("request_id", "request_id"),
    ], moment: .requestStart, escapesBytes: true,
    setting: "meshConfig:\n  accessLogFile: /dev/stdout\n  accessLogEncoding: JSON",
    documentation: "https://istio.io/latest/docs/tasks/observability/logs/access-log/",
    note: """
      Holds no key of the caller: add one to the JSON format, for example \
      "api_key": "%REQ(X-API-KEY)%", and `identity: api_key`. Bytes from 0x80 on are written as \
      \\u00HH. A request that is not HTTP has neither method nor path, and the flag DPE.
      """,
    samples: [
      (
        #"{"api_key":null,"authority":"api.example.test","bytes_received":140,"bytes_sent":12,"downstream_remote_address":"[2001:db8::7]:44684","duration":1,"method":"POST","path":"/v2/payments","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","start_time":"2026-11-21T19:58:38.205Z","upstream_service_time":"1","user_agent":"caf\u00c3\u00a9 \ud83d\ude80 \ud800"}"#,
        Sample.Expected(
          time: time(1_795_291_118_205), address: "2001:db8::7", method: "POST",
          path: "/v2/payments", status: 200, bytesOut: 12, latencyMicroseconds: 1000,
          userAgent: "café 🚀 \u{fffd}", isThrottled: false)
      ),
      (
        #"2026-11-21T19:58:38.301035218+00:00 stdout F {"authority":null,"bytes_received":0,"bytes_sent":18,"downstream_remote_address":"192.0.2.4:40001","duration":0,"method":"GET","path":"/v2/x","protocol":"HTTP/2","response_code":503,"response_code_details":"local_rate_limited","response_flags":"UF,RL","start_time":"2026-11-21T19:58:38.300Z"}"#,
        Sample.Expected(
          time: time(1_795_291_118_300), address: "192.0.2.4", method: "GET", path: "/v2/x",
          status: 503, bytesOut: 18, latencyMicroseconds: 0, isThrottled: true)
      ),
    ])

  private static let envoyGatewayJSON = json(
    "envoy-gateway-json", "Envoy Gateway's access log",
    envoyCommon + [
      map("host", ":authority"), map("target", "x-envoy-origin-path", ":path"),
      map("user_agent", "user-agent"),
      map("upstream_latency", "x-envoy-upstream-service-time", unit: "ms"),
      map("request_id", "x-request-id"),
    ], moment: .requestStart, escapesBytes: true,
    setting: "# nothing to set: the standard output of the proxies",
    documentation: envoyPage,
    note: "Holds no key of the caller: add its header to the JSON format of the EnvoyProxy.",
    samples: [
      (
        #"{":authority":"www.example.com","bytes_received":0,"bytes_sent":121258,"downstream_remote_address":"10.0.0.12:59292","duration":11,"method":"GET","protocol":"HTTP/2","response_code":200,"start_time":"2025-12-31T16:37:40.479Z","user-agent":"Mozilla/4.0","x-envoy-origin-path":"/assets/image.webp","x-envoy-upstream-service-time":null}"#,
        Sample.Expected(
          time: time(1_767_199_060_479), address: "10.0.0.12", method: "GET",
          path: "/assets/image.webp", status: 200, bytesOut: 121_258,
          latencyMicroseconds: 11_000, userAgent: "Mozilla/4.0")
      )
    ])
}
