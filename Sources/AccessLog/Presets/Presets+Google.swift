/// Google Cloud, as Cloud Logging exports its entries: numbers of 64 bits are texts, and durations
/// end in `s`.
extension Presets {
  static let google = [
    json(
      "gcp-lb", "Google Cloud's load balancers",
      [
        map("time", "timestamp"), map("client_ip", "httpRequest.remoteIp"),
        map("method", "httpRequest.requestMethod"), map("target", "httpRequest.requestUrl"),
        map("protocol", "httpRequest.protocol"), map("status", "httpRequest.status"),
        map("bytes_out", "httpRequest.responseSize"), map("bytes_in", "httpRequest.requestSize"),
        map("latency", "httpRequest.latency", unit: "s"),
        map("user_agent", "httpRequest.userAgent"), map("referrer", "httpRequest.referer"),
        map("request_id", "insertId"), map("route", "resource.labels.url_map_name"),
        map("api", "resource.labels.backend_service_name"),
        map(
          "throttled", "jsonPayload.enforcedSecurityPolicy.rateLimitAction.outcome",
          values: ["RATE_LIMIT_THRESHOLD_EXCEED", "BAN_THRESHOLD_EXCEED"]),
      ], moment: .requestStart,
      setting: """
        gcloud compute backend-services update NAME --global --enable-logging \\
          --logging-sample-rate=1.0
        """,
      documentation: "https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring",
      note: """
        The log names no caller. With a `sampleRate` below 1.0 say `sampling`: 10 for 0.1.
        """,
      samples: [
        (
          #"{"httpRequest":{"latency":"0.058927s","remoteIp":"192.0.2.44","requestMethod":"GET","requestSize":"257","requestUrl":"https://api.example.test/v1/orders?limit=2","responseSize":"1024","status":200,"userAgent":"curl/8.5.0"},"insertId":"1x2y","jsonPayload":{"statusDetails":"response_sent_by_backend","enforcedSecurityPolicy":{"name":"p","rateLimitAction":{"outcome":"RATE_LIMIT_THRESHOLD_CONFORM"}}},"resource":{"labels":{"backend_service_name":"shop","url_map_name":"web"},"type":"http_load_balancer"},"timestamp":"2026-03-02T10:11:12.345678901Z"}"#,
          Sample.Expected(
            time: time(1_772_446_272_345), address: "192.0.2.44", method: "GET",
            path: "/v1/orders", query: "limit=2", status: 200, bytesOut: 1024,
            latencyMicroseconds: 58_927, userAgent: "curl/8.5.0", host: "api.example.test",
            route: "web", api: "shop", isThrottled: false)
        )
      ]),
    json(
      "gcp-endpoints", "Google Cloud Endpoints",
      [
        map("time", "timestamp", "jsonPayload.timestamp", unit: "epoch_s"),
        map("client_ip", "jsonPayload.client_ip"), map("method", "jsonPayload.http_method"),
        map("target", "jsonPayload.url"), map("status", "jsonPayload.http_response_code"),
        map("bytes_out", "jsonPayload.response_size_in_bytes"),
        map("bytes_in", "jsonPayload.request_size_in_bytes"),
        map("latency", "jsonPayload.request_latency_in_ms", unit: "ms"),
        map("route", "jsonPayload.api_method"), map("api", "jsonPayload.api_name"),
        map("version", "jsonPayload.api_version"),
      ], identity: ["jsonPayload.producer_project_id"], secret: "jsonPayload.api_key",
      moment: .requestStart,
      setting: """
        gcloud logging sinks create NAME storage.googleapis.com/BUCKET \\
          --log-filter='logName:"endpoints_log"'
        """,
      documentation: "https://cloud.google.com/endpoints/docs/openapi/monitoring-your-api",
      note: "The key stands in the log in clear; what is stored is its fingerprint.",
      samples: [
        (
          #"{"insertId":"a1","jsonPayload":{"api_key":"AIzaSyExample","api_method":"1.shop.ListOrders","api_name":"shop","api_version":"1.0.0","client_ip":"192.0.2.45","http_method":"GET","http_response_code":200,"request_latency_in_ms":21,"request_size_in_bytes":"300","response_size_in_bytes":"512","timestamp":1772446272.345,"url":"/v1/orders?limit=2"},"timestamp":"2026-03-02T10:11:12.345Z"}"#,
          Sample.Expected(
            time: time(1_772_446_272_345), address: "192.0.2.45", method: "GET",
            path: "/v1/orders", query: "limit=2", status: 200, bytesOut: 512,
            latencyMicroseconds: 21_000, identity: "AIzaSyExample",
            route: "1.shop.ListOrders", api: "shop")
        )
      ]),
  ]
}
