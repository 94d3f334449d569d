/// HAProxy with a `log-format` that makes JSON; the one to paste is here.
extension Presets {
  static let haproxyJSON = [
    json(
      "haproxy-json", "HAProxy with the log-format shown here",
      [
        map("time", "time", unit: "epoch_s"), map("client_ip", "client_ip"),
        map("host", "host"), map("method", "method"), map("target", "uri"),
        map("protocol", "protocol"), map("status", "status"), map("bytes_out", "bytes_out"),
        map("bytes_in", "bytes_in"), map("latency", "total_ms", unit: "ms"),
        map("upstream_latency", "response_ms", unit: "ms"), map("user_agent", "user_agent"),
        map("request_id", "request_id"), map("route", "backend"), map("api", "frontend"),
      ], secret: "api_key", moment: .requestStart, absent: ["-", "<NOSRV>", "<BADREQ>"],
      setting: #"""
        http-request capture req.fhdr(Host) len 128
        http-request capture req.fhdr(User-Agent) len 256
        http-request capture req.fhdr(X-Api-Key) len 64
        log-format '{"time":%Ts.%ms,"client_ip":"%ci","client_port":%cp,"frontend":"%ft","backend":"%b","server":"%s","status":%ST,"bytes_out":%B,"bytes_in":%U,"total_ms":%Ta,"response_ms":%Tr,"termination":"%tsc","method":"%HM","uri":"%[capture.req.uri,json(utf8s)]","protocol":"%HV","host":"%[capture.req.hdr(0),json(utf8s)]","user_agent":"%[capture.req.hdr(1),json(utf8s)]","api_key":"%[capture.req.hdr(2),json(utf8s)]"}'
        """#, documentation: "https://docs.haproxy.org/2.8/configuration.html#8.2.6",
      note: """
        `req.fhdr` is the whole header; `req.hdr` is what stands behind its last comma, and most \
        user agents have one. A refusal by a `deny status 429` rule is throttled by its status. Times of -1 were never \
        reached and are absent. syslog cuts lines at 1024 bytes unless `log … len 8192` says more.
        """,
      samples: [
        (
          #"<134>Nov 21 19:52:25 edge haproxy[812]: {"time":1795290745.791,"client_ip":"2001:db8::5","client_port":33316,"frontend":"http-in~","backend":"b_app","server":"app1","status":200,"bytes_out":170,"bytes_in":91,"total_ms":8,"response_ms":7,"termination":"----","method":"GET","uri":"/v1/orders/42?expand=items","protocol":"HTTP/1.1","host":"api.example.test","user_agent":"Evil\"Agent\"","api_key":"key-acme"}"#,
          Sample.Expected(
            time: time(1_795_290_745_791), address: "2001:db8::5", method: "GET",
            path: "/v1/orders/42", query: "expand=items", status: 200, bytesOut: 170,
            latencyMicroseconds: 8000, userAgent: #"Evil"Agent""#, identity: "key-acme",
            host: "api.example.test", route: "b_app", api: "http-in~")
        ),
        (
          #"{"time":1795290752.097,"client_ip":"192.0.2.8","client_port":51676,"frontend":"http-in","backend":"http-in","server":"<NOSRV>","status":400,"bytes_out":0,"bytes_in":0,"total_ms":0,"response_ms":-1,"termination":"PR--","method":"<BADREQ>","uri":"","protocol":"","host":"","user_agent":"","api_key":""}"#,
          Sample.Expected(
            time: time(1_795_290_752_097), address: "192.0.2.8", status: 400, bytesOut: 0,
            latencyMicroseconds: 0)
        ),
      ])
  ]
}
