/// Apigee's MessageLogging policy, whose message is the user's: the one to paste is here.
extension Presets {
  static let apigee = [
    json(
      "apigee", "Apigee's MessageLogging with the message shown here",
      [
        map("time", "started_at", unit: "epoch_ms"), map("client_ip", "client_ip"),
        map("host", "host"), map("method", "method"), map("target", "target"),
        map("status", "status"), map("bytes_out", "bytes_out"), map("bytes_in", "bytes_in"),
        map("user_agent", "user_agent"), map("request_id", "request_id"), map("route", "flow"),
        map("api", "proxy"), map("version", "revision"),
        map("throttled", "fault", values: ["SpikeArrestViolation", "QuotaViolation"]),
      ], identity: ["developer_app"], secret: "client_id", moment: .requestStart,
      setting: """
        {"started_at":"{client.received.start.timestamp}","client_ip":"{proxy.client.ip}",\
        "host":"{escapeJSON(request.header.host)}","method":"{escapeJSON(request.verb)}",\
        "target":"{escapeJSON(request.uri)}","status":"{response.status.code}",\
        "bytes_out":"{response.header.content-length}",\
        "bytes_in":"{escapeJSON(request.header.content-length)}",\
        "user_agent":"{escapeJSON(request.header.user-agent)}","request_id":"{messageid}","flow":"{current.flow.name}","proxy":"{apiproxy.name}",\
        "revision":"{apiproxy.revision}","developer_app":"{escapeJSON(developer.app.name)}",\
        "client_id":"{escapeJSON(client_id)}","fault":"{fault.name}"}
        """,
      documentation:
        "https://docs.apigee.com/api-platform/reference/policies/message-logging-policy",
      note: """
        Apigee puts no line break between messages: end the message with one. Put the policy into the \
        PostClientFlow, which also runs for refused requests. No variable holds the latency.
        A variable without a value leaves nothing, so that every value stands in quotes, and what \
        the client sent goes through escapeJSON, because Apigee escapes nothing itself.
        """,
      samples: [
        (
          #"{"started_at":1772446272345,"client_ip":"192.0.2.60","host":"api.example.test","method":"GET","target":"/v1/orders?limit=2","status":429,"bytes_out":"98","bytes_in":"","user_agent":"curl/8.5.0","request_id":"rt-1","flow":"ListOrders","proxy":"orders","revision":"7","developer_app":"northwind-web","client_id":"abcdef","fault":"SpikeArrestViolation"}"#,
          Sample.Expected(
            time: time(1_772_446_272_345), address: "192.0.2.60", method: "GET",
            path: "/v1/orders", query: "limit=2", status: 429, bytesOut: 98,
            userAgent: "curl/8.5.0", identity: "northwind-web", host: "api.example.test",
            route: "ListOrders", api: "orders", isThrottled: true)
        ),
        (
          #"{"started_at":"1772446272345","client_ip":"192.0.2.60","host":"api.example.test","method":"GET","target":"/v1?x=1","status":"","bytes_out":"","bytes_in":"","user_agent":"a\"b","request_id":"rt-2","flow":"","proxy":"orders","revision":"7","developer_app":"","client_id":"","fault":""}"#,
          Sample.Expected(
            time: time(1_772_446_272_345), address: "192.0.2.60", method: "GET", path: "/v1",
            query: "x=1", userAgent: #"a"b"#, host: "api.example.test", api: "orders")
        ),
      ])
  ]
}
