/// JSON of Amazon's gateways. The first sample has the form of AWS's documentation.
extension Presets {
  static let awsJSON = [awsAPIGateway, awsWAF]

  private static let awsAPIGateway = json(
    "aws-apigw-json", "Amazon API Gateway's access log in JSON",
    [
      map("time", "requestTimeEpoch", "requestTime", unit: "epoch_ms"),
      map("client_ip", "ip", "sourceIp"), map("host", "domainName"),
      map("method", "httpMethod"), map("path", "path"), map("protocol", "protocol"),
      map("status", "status"), map("bytes_out", "responseLength"),
      map("latency", "responseLatency", unit: "ms"),
      map("upstream_latency", "integrationLatency", unit: "ms"), map("user_agent", "userAgent"),
      map("request_id", "requestId"), map("route", "resourcePath", "routeKey"),
      map("api", "apiId"), map("version", "stage"),
      map(
        "throttled", "errorResponseType", "error.responseType",
        values: ["THROTTLED", "QUOTA_EXCEEDED"]),
    ], identity: ["apiKeyId", "principalId", "user", "caller"], moment: .requestStart,
    setting: """
      {"requestId":"$context.requestId","ip":"$context.identity.sourceIp",\
      "apiKeyId":"$context.identity.apiKeyId","principalId":"$context.authorizer.principalId",\
      "caller":"$context.identity.caller","user":"$context.identity.user",\
      "requestTimeEpoch":"$context.requestTimeEpoch","httpMethod":"$context.httpMethod",\
      "path":"$context.path","resourcePath":"$context.resourcePath","status":"$context.status",\
      "protocol":"$context.protocol","responseLength":"$context.responseLength",\
      "responseLatency":"$context.responseLatency",\
      "integrationLatency":"$context.integrationLatency",\
      "userAgent":"$context.identity.userAgent",\
      "errorResponseType":"$context.error.responseType"}
      """,
    documentation:
      "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
    note: """
      Never log `identity.apiKey`: it is the key itself. Where `path` is not logged, the resource's \
      template stands for it. The stamp that an export puts before each line is skipped.
      """,
    samples: [
      (
        #"{"requestId":"48752d0f","ip":"192.0.2.9","caller":"-","user":"-","requestTime":"10/Jun/2023:15:36:28 +0000","httpMethod":"GET","resourcePath":"/pets/{petId}","status":"200","protocol":"HTTP/1.1","responseLength":"184"}"#,
        Sample.Expected(
          time: time(1_686_411_388_000), address: "192.0.2.9", method: "GET",
          path: "/pets/{petId}", status: 200, bytesOut: 184, route: "/pets/{petId}")
      ),
      (
        #"2026-03-02T10:11:12.345Z {"requestId":"GQIV","ip":"192.0.2.9","apiKeyId":"k7","requestTimeEpoch":"1772446272001","httpMethod":"GET","routeKey":"GET /orders/{id}","path":"/prod/orders/7","status":"429","protocol":"HTTP/1.1","responseLength":"42","responseLatency":"1","integrationLatency":"-","userAgent":"curl","errorResponseType":"QUOTA_EXCEEDED"}"#,
        Sample.Expected(
          time: time(1_772_446_272_001), address: "192.0.2.9", method: "GET",
          path: "/prod/orders/7", status: 429, bytesOut: 42, latencyMicroseconds: 1000,
          userAgent: "curl", identity: "k7", route: "GET /orders/{id}", isThrottled: true)
      ),
    ])

  private static let awsWAF = json(
    "aws-waf", "AWS WAF's log",
    [
      map("time", "timestamp", unit: "epoch_ms"), map("client_ip", "httpRequest.clientIp"),
      map("host", "httpRequest.host"), map("method", "httpRequest.httpMethod"),
      map("path", "httpRequest.uri"), map("query", "httpRequest.args"),
      map("protocol", "httpRequest.httpVersion"), map("status", "responseCodeSent"),
      map("request_id", "httpRequest.requestId"), map("api", "httpSourceId"),
      map("throttled", "terminatingRuleType", values: ["RATE_BASED"]),
    ], moment: .requestStart,
    setting: """
      aws wafv2 put-logging-configuration --logging-configuration \\
        ResourceArn=ARN,LogDestinationConfigs=arn:aws:s3:::aws-waf-logs-NAME
      """,
    documentation: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html",
    note: "A status is logged only where WAF itself answered. The log names no caller.",
    samples: [
      (
        #"{"timestamp":1772446272001,"formatVersion":1,"webaclId":"arn:x","terminatingRuleId":"limit","terminatingRuleType":"RATE_BASED","action":"BLOCK","httpSourceName":"ALB","httpSourceId":"app/shop","responseCodeSent":429,"httpRequest":{"clientIp":"192.0.2.9","country":"NO","headers":[{"name":"Host","value":"api.example.test"}],"uri":"/v1/orders","args":"limit=2","httpVersion":"HTTP/1.1","httpMethod":"GET","requestId":"1-5"}}"#,
        Sample.Expected(
          time: time(1_772_446_272_001), address: "192.0.2.9", method: "GET", path: "/v1/orders",
          query: "limit=2", status: 429, api: "app/shop", isThrottled: true)
      )
    ])
}
