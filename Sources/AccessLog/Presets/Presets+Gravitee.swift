/// Gravitee's file reporter, of both execution engines.
extension Presets {
  static let gravitee = [
    json(
      "gravitee-metrics", "Gravitee's file reporter",
      [
        map("time", "timestamp", unit: "epoch_ms"), map("client_ip", "remoteAddress"),
        map("host", "host"), map("method", "httpMethod"), map("target", "uri", "path"),
        map("status", "status"), map("bytes_out", "responseContentLength"),
        map("bytes_in", "requestContentLength"),
        map("latency", "gatewayResponseTimeMs", "proxyResponseTimeMs", unit: "ms"),
        map("upstream_latency", "endpointResponseTimeMs", "apiResponseTimeMs", unit: "ms"),
        map("user_agent", "userAgent"), map("request_id", "requestId"),
        map("route", "mappedPath"), map("api", "apiId", "api"),
        map(
          "throttled", "errorKey",
          values: [
            "RATE_LIMIT_TOO_MANY_REQUESTS", "QUOTA_TOO_MANY_REQUESTS",
            "SPIKE_ARREST_TOO_MANY_REQUESTS",
          ]),
      ], identity: ["subscriptionId", "subscription", "applicationId", "application"],
      moment: .requestStart, absent: ["-", "unknown"],
      setting: """
        reporters:
          file:
            enabled: true
            output: json
            fileName: ${gravitee.home}/metrics/%s-yyyy_mm_dd
        """,
      documentation:
        "https://documentation.gravitee.io/apim/gravitee-gateway/reporters/formats",
      note: "Name the files of metrics alone: log, health-check and monitor lie beside them.",
      samples: [
        (
          #"{"timestamp":1692359213844,"requestId":"076aea69","transactionId":"076aea69","apiId":"5f67b38f","planId":"8463511c","applicationId":"91f077b0","subscriptionId":"318e47e5","clientIdentifier":"12ca17b4","tenant":null,"httpMethod":"GET","localAddress":"127.0.0.1","remoteAddress":"192.0.2.50","host":"localhost:8082","uri":"/test1?x=1","pathInfo":"","mappedPath":null,"userAgent":"curl/7.88.1","requestContentLength":-1,"endpointResponseTimeMs":144,"status":200,"responseContentLength":274,"gatewayResponseTimeMs":145,"gatewayLatencyMs":1,"errorKey":null}"#,
          Sample.Expected(
            time: time(1_692_359_213_844), address: "192.0.2.50", method: "GET", path: "/test1",
            query: "x=1", status: 200, bytesOut: 274, latencyMicroseconds: 145_000,
            userAgent: "curl/7.88.1", identity: "318e47e5", host: "localhost:8082",
            api: "5f67b38f", isThrottled: false)
        )
      ])
  ]
}
