/// Traefik's JSON. The sample is shortened from the tests of crowdsecurity/hub (MIT).
extension Presets {
  static let traefikJSON = [
    json(
      "traefik-json", "Traefik's access log in JSON",
      [
        map("time", "StartUTC", "StartLocal", "time"),
        map("client_ip", "ClientHost", "ClientAddr"), map("host", "RequestHost", "RequestAddr"),
        map("method", "RequestMethod"), map("target", "RequestPath"),
        map("protocol", "RequestProtocol"), map("status", "DownstreamStatus"),
        map("bytes_out", "DownstreamContentSize"), map("bytes_in", "RequestContentSize"),
        map("latency", "Duration", unit: "ns"),
        map("upstream_latency", "OriginDuration", unit: "ns"),
        map("user_agent", "request_User-Agent"), map("referrer", "request_Referer"),
        map("request_id", "request_X-Request-Id"), map("route", "RouterName"),
        map("api", "ServiceName"),
      ], identity: ["ClientUsername"], moment: .requestStart,
      setting: """
        accessLog:
          filePath: /var/log/traefik/access.log
          format: json
          fields:
            headers:
              names: {User-Agent: keep, X-Api-Key: keep}
        """, documentation: "https://doc.traefik.io/traefik/observe/logs-and-access-logs/",
      note: """
        Headers are dropped unless kept, so that there is no user agent and no key. Durations are \
        nanoseconds. `identity: request_X-Api-Key` names the caller where the key is kept.
        """,
      samples: [
        (
          #"{"ClientAddr":"172.17.0.1:39496","ClientHost":"172.17.0.1","ClientPort":"39496","ClientUsername":"-","DownstreamContentSize":357,"DownstreamStatus":200,"Duration":357313,"OriginDuration":324669,"OriginStatus":200,"RequestAddr":"test.docker.localhost","RequestHost":"test.docker.localhost","RequestMethod":"GET","RequestPath":"/594VAEoi.save","RequestProtocol":"HTTP/1.1","RouterName":"test@docker","ServiceURL":{"Scheme":"http","User":null,"ForceQuery":false},"StartUTC":"2021-12-08T14:02:43.587782192Z","request_User-Agent":"Nikto","time":"2021-12-08T14:02:43Z"}"#,
          Sample.Expected(
            time: time(1_638_972_163_587), address: "172.17.0.1", method: "GET",
            path: "/594VAEoi.save", status: 200, bytesOut: 357, latencyMicroseconds: 357,
            userAgent: "Nikto", host: "test.docker.localhost", route: "test@docker")
        )
      ])
  ]
}
