/// Fastly's edge, in the JSON that its documentation proposes for log streaming. The sample is
/// shortened from the tests of crowdsecurity/hub (MIT).
extension Presets {
  static let fastly = [
    json(
      "fastly", "Fastly's log streaming in JSON",
      [
        map("time", "timestamp", "time_start"), map("client_ip", "client_ip"), map("host", "host"),
        map("method", "request_method"), map("target", "url"),
        map("protocol", "request_protocol"), map("status", "response_status"),
        map("bytes_out", "response_body_size"), map("user_agent", "request_user_agent"),
        map("referrer", "request_referer"),
      ], moment: .requestStart,
      setting: """
        {"timestamp":"%{strftime(\\{"%Y-%m-%dT%H:%M:%S%z"\\}, time.start)}V",\
        "client_ip":"%{req.http.Fastly-Client-IP}V",\
        "host":"%{if(req.http.Fastly-Orig-Host, req.http.Fastly-Orig-Host, req.http.Host)}V",\
        "url":"%{json.escape(req.url)}V","request_method":"%{json.escape(req.method)}V",\
        "request_protocol":"%{json.escape(req.proto)}V",\
        "request_referer":"%{json.escape(req.http.referer)}V",\
        "request_user_agent":"%{json.escape(req.http.User-Agent)}V",\
        "response_status":%{resp.status}V,"response_body_size":%{resp.body_bytes_written}V}
        """,
      documentation:
        "https://www.fastly.com/documentation/guides/integrations/logging/useful-log-formats/",
      note: """
        The log names no caller: add `"api_key":"%{json.escape(req.http.X-Api-Key)}V"` and say \
        `identity: [{field: api_key, secret: true}]`.
        """,
      samples: [
        (
          #" {     "timestamp": "2021-11-12T16:59:45+0000",     "client_ip": "192.0.2.9",     "geo_country": "france",     "host": "api.example.test",     "url": "/v1/orders?limit=2",     "request_method": "GET",     "request_protocol": "HTTP/1.1",     "request_referer": "",     "request_user_agent": "curl/8.5.0",     "response_state": "MISS-CLUSTER",     "response_status": 404,     "response_reason": "Not Found",     "response_body_size": 564,     "fastly_server": "cache-cdg20764-CDG",     "fastly_is_edge": true   }"#,
          Sample.Expected(
            time: time(1_636_736_385_000), address: "192.0.2.9", method: "GET",
            path: "/v1/orders", query: "limit=2", status: 404, bytesOut: 564,
            userAgent: "curl/8.5.0", host: "api.example.test")
        )
      ])
  ]
}
