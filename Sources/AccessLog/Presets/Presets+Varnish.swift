/// varnishncsa with `-j`, which escapes for JSON; the format to paste is here.
extension Presets {
  static let varnishJSON = [
    json(
      "varnish-json", "varnishncsa with the format shown here",
      [
        map("time", "time"), map("client_ip", "client_ip"), map("host", "host"),
        map("method", "method"), map("path", "path"), map("query", "query"),
        map("protocol", "protocol"), map("status", "status"), map("bytes_out", "bytes_out"),
        map("bytes_in", "bytes_in"), map("latency", "us", unit: "us"),
        map("user_agent", "user_agent"), map("referrer", "referrer"),
        map("request_id", "request_id"),
      ], identity: ["user"], secret: "api_key", moment: .requestStart,
      setting: """
        varnishncsa -j -F '{"time":"%{%Y-%m-%dT%H:%M:%S%z}t","client_ip":"%h","user":"%u",\
        "host":"%{Host}i","method":"%m","path":"%U","query":"%q","protocol":"%H","status":"%s",\
        "bytes_out":"%b","bytes_in":"%I","us":"%D","referrer":"%{Referer}i",\
        "user_agent":"%{User-agent}i","request_id":"%{Varnish:vxid}x",\
        "api_key":"%{X-Api-Key}i"}'
        """, documentation: "https://varnish-cache.org/docs/trunk/reference/varnishncsa.html",
      note: """
        With `-j` varnishncsa 7.1 leaves out the requests that Varnish itself refuses with 400; \
        the text formats have them.
        """,
      samples: [
        (
          #"{"time":"2026-11-21T19:54:18+0000","client_ip":"192.0.2.70","user":"-","host":"api.example.test","method":"GET","path":"/v1/orders/42","query":"?expand=items","protocol":"HTTP/1.1","status":"200","bytes_out":"12","bytes_in":"180","us":"1532","referrer":"-","user_agent":"Evil\"Agent\"","request_id":"-","api_key":"key-acme"}"#,
          Sample.Expected(
            time: time(1_795_290_858_000), address: "192.0.2.70", method: "GET",
            path: "/v1/orders/42", query: "expand=items", status: 200, bytesOut: 12,
            latencyMicroseconds: 1532, userAgent: #"Evil"Agent""#, identity: "key-acme",
            host: "api.example.test")
        )
      ])
  ]
}
