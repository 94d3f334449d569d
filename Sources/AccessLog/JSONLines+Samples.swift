/// One line of each gateway that writes JSON, and some that try the reader.
///
/// Shortened from the tests of crowdsecurity/hub (MIT: Caddy, Traefik, Envoy Gateway),
/// apache/apisix (Apache-2.0) and log2timeline/plaso (Apache-2.0: Azure); addresses are changed
/// where they were public.
extension JSONLines {
  public static let samples: [Sample] = [
    sample(
      "caddy",
      #"{"level":"info","ts":1693840791.7564995,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"172.17.0.1","remote_port":"44790","client_ip":"127.0.0.1","proto":"HTTP/1.0","method":"GET","host":"127.0.0.1:8080","uri":"/v1/x?a=1","headers":{"User-Agent":["curl/7.74.0","second"],"X-Real-Ip":["127.0.0.1"]}},"bytes_read":0,"user_id":"","duration":0.002701,"size":7,"status":200,"resp_headers":{"Server":["Caddy"]}}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_693_840_791_756), address: "127.0.0.1", method: "GET",
        path: "/v1/x", query: "a=1", status: 200, bytesOut: 7, latencyMicroseconds: 2701,
        userAgent: "curl/7.74.0")),
    sample(
      "traefik-json",
      #"{"ClientAddr":"172.17.0.1:39496","ClientHost":"172.17.0.1","ClientPort":"39496","ClientUsername":"-","DownstreamContentSize":357,"DownstreamStatus":200,"Duration":357313,"OriginDuration":324669,"OriginStatus":200,"RequestAddr":"test.docker.localhost","RequestHost":"test.docker.localhost","RequestMethod":"GET","RequestPath":"/594VAEoi.save","RequestProtocol":"HTTP/1.1","RouterName":"test@docker","ServiceURL":{"Scheme":"http","User":null,"ForceQuery":false},"StartUTC":"2021-12-08T14:02:43.587782192Z","request_User-Agent":"Nikto","time":"2021-12-08T14:02:43Z"}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_638_972_163_587), address: "172.17.0.1", method: "GET",
        path: "/594VAEoi.save", status: 200, bytesOut: 357, latencyMicroseconds: 357,
        userAgent: "Nikto")),
    sample(
      "kong-file-log",
      #"{"request":{"querystring":{},"size":85,"headers":{"host":"api.example.test","user-agent":"curl\/8.6.0"},"method":"GET","uri":"\/v1\/orders?limit=5","url":"http:\/\/api.example.test\/v1\/orders"},"latencies":{"kong":2,"request":60,"proxy":-1},"response":{"status":429,"size":617,"headers":{"retry-after":"3"}},"consumer":{"custom_id":"17","username":"northwind"},"client_ip":"192.0.2.7","started_at":1718291190508}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_718_291_190_508), address: "192.0.2.7", method: "GET",
        path: "/v1/orders", query: "limit=5", status: 429, bytesOut: 617,
        latencyMicroseconds: 60_000, userAgent: "curl/8.6.0", identity: "northwind")),
    sample(
      "istio-json",
      #"{"api_key":null,"authority":"api.example.test","bytes_received":140,"bytes_sent":12,"downstream_remote_address":"[2001:db8::7]:44684","duration":1,"method":"POST","path":"/v2/payments","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","start_time":"2026-11-21T19:58:38.205Z","upstream_service_time":"1","user_agent":"caf\u00e9 \ud83d\ude80 \ud800"}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_795_291_118_205), address: "2001:db8::7", method: "POST",
        path: "/v2/payments", status: 200, bytesOut: 12, latencyMicroseconds: 1000,
        userAgent: "café 🚀 \u{fffd}")),
    sample(
      "envoy-gateway-json",
      #"{":authority":"www.example.com","bytes_received":0,"bytes_sent":121258,"downstream_remote_address":"10.0.0.12:59292","duration":11,"method":"GET","protocol":"HTTP/2","response_code":200,"start_time":"2025-12-31T16:37:40.479Z","user-agent":"Mozilla/4.0","x-envoy-origin-path":"/assets/image.webp","x-envoy-upstream-service-time":null}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_767_199_060_479), address: "10.0.0.12", method: "GET",
        path: "/assets/image.webp", status: 200, bytesOut: 121_258, latencyMicroseconds: 11_000,
        userAgent: "Mozilla/4.0")),
    sample(
      "apisix-json",
      #"{"start_time":1718291190508,"client_ip":"192.168.65.1","response":{"status":200,"size":617},"latency":1200.0000476837,"upstream_latency":1133,"request":{"querystring":{},"method":"GET","uri":"\/anything","headers":{"user-agent":"curl\/8.6.0"},"size":85},"route_id":"r1"}"#,
      Sample.Expected(
        time: EventTime(milliseconds: 1_718_291_190_508), address: "192.168.65.1", method: "GET",
        path: "/anything", status: 200, bytesOut: 617, latencyMicroseconds: 1_200_000,
        userAgent: "curl/8.6.0")),
    sample(
      "azure-appgw",
      #"{"timeStamp": "2021-10-14T22:17:11+00:00","category": "ApplicationGatewayAccessLog","properties": {"clientIP": "192.0.2.24","clientPort": 45057,"httpMethod": "GET","originalRequestUriWithArgs": "\/a?b=1","requestUri": "\/a","requestQuery": "b=1","userAgent": "Mozilla\/5.0","httpStatus": 200,"sentBytes": 466,"timeTaken": 0.034}}"#,
      Sample.Expected(
        time: EventTime(seconds: 1_634_249_831), address: "192.0.2.24", method: "GET",
        path: "/a", query: "b=1", status: 200, bytesOut: 466, latencyMicroseconds: 34_000,
        userAgent: "Mozilla/5.0")),
    Sample(
      FormatDescription(
        fields: [
          FieldMapping(field: "time", paths: ["t"], unit: "epoch_s"),
          FieldMapping(field: "request", paths: ["r"]),
          FieldMapping(field: "status", paths: ["s"]),
          FieldMapping(field: "latency", paths: ["l"], unit: "s"),
        ], identity: [IdentityField(field: "a.b.key", isSecret: true)]),
      #" { "t" : "1.795290709e9" , "x" : [ 1 , { "t" : 5 } , [] ] , "r" : "GET / HTTP/1.1", "s":"499","s":200,"l":5.8e-2,"a":{"b":{"key":["k1","k2"]}} } "#,
      Sample.Expected(
        time: EventTime(seconds: 1_795_290_709), method: "GET", path: "/", status: 499,
        latencyMicroseconds: 58_000, identity: "k1")),
  ]

  private static func sample(
    _ preset: String, _ line: String, _ expected: Sample.Expected
  ) -> Sample {
    let description = Presets.preset(named: preset)?.description ?? FormatDescription()
    return Sample(description, line, expected)
  }
}
