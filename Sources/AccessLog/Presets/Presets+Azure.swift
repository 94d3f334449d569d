/// Azure's gateways, as their resource logs are exported: one JSON object a line, with the fields
/// of the request under `properties`, or flat as a table of Log Analytics has them.
///
/// The sample of Application Gateway is shortened from log2timeline/plaso (Apache-2.0), with another
/// address.
extension Presets {
  static let azure = [azureAppGateway, azureFrontDoor, azureAPIM]

  private static let azureAppGateway = json(
    "azure-appgw", "the access log of Azure's Application Gateway",
    [
      map("time", "timeStamp", "time", "TimeGenerated"),
      map("client_ip", "properties.clientIP", "ClientIp"),
      map("host", "properties.originalHost", "properties.host", "OriginalHost", "Host"),
      map("method", "properties.httpMethod", "HttpMethod"),
      map("target", "properties.originalRequestUriWithArgs", "OriginalRequestUriWithArgs"),
      map("path", "properties.requestUri", "RequestUri"),
      map("query", "properties.requestQuery", "RequestQuery"),
      map("protocol", "properties.httpVersion", "HttpVersion"),
      map("status", "properties.httpStatus", "HttpStatus"),
      map("bytes_out", "properties.sentBytes", "SentBytes"),
      map("bytes_in", "properties.receivedBytes", "ReceivedBytes"),
      map("latency", "properties.timeTaken", "TimeTaken", unit: "s"),
      map(
        "upstream_latency", "properties.serverResponseLatency", "ServerResponseLatency", unit: "s"),
      map("user_agent", "properties.userAgent", "UserAgent"),
      map("request_id", "properties.transactionId", "TransactionId"),
      map("route", "properties.ruleName", "ruleName", "RuleName"),
    ], moment: .requestEnd,
    setting: """
      az monitor diagnostic-settings create --name access --resource ID --storage-account ACCOUNT \\
        --logs '[{"category":"ApplicationGatewayAccessLog","enabled":true}]'
      """,
    documentation:
      "https://learn.microsoft.com/azure/application-gateway/application-gateway-diagnostics",
    note: """
      The v2 gateway logs seconds, the old v1 milliseconds: for that say \
      `fields: {latency: {field: properties.timeTaken, unit: ms}}`. The files PT1H.json of a storage \
      account grow for an hour. The log names no caller.
      """,
    samples: [
      (
        #"{"timeStamp": "2021-10-14T22:17:11+00:00","category": "ApplicationGatewayAccessLog","properties": {"clientIP": "192.0.2.24","clientPort": 45057,"httpMethod": "GET","originalRequestUriWithArgs": "\/a?b=1","requestUri": "\/a","requestQuery": "b=1","userAgent": "Mozilla\/5.0","httpStatus": 200,"sentBytes": 466,"timeTaken": 0.034}}"#,
        Sample.Expected(
          time: time(1_634_249_831_000), address: "192.0.2.24", method: "GET", path: "/a",
          query: "b=1", status: 200, bytesOut: 466, latencyMicroseconds: 34_000,
          userAgent: "Mozilla/5.0")
      )
    ])

  private static let azureFrontDoor = json(
    "azure-front-door", "the access log of Azure Front Door",
    [
      map("time", "time", "TimeGenerated"), map("client_ip", "properties.clientIp", "clientIp_s"),
      map("host", "properties.hostName", "hostName_s"),
      map("method", "properties.httpMethod", "httpMethod_s"),
      map("target", "properties.requestUri", "requestUri_s"),
      map("protocol", "properties.httpVersion", "httpVersion_s"),
      map("status", "properties.httpStatusCode", "httpStatusCode_s"),
      map("bytes_out", "properties.responseBytes", "responseBytes_s"),
      map("bytes_in", "properties.requestBytes", "requestBytes_s"),
      map("latency", "properties.timeTaken", "timeTaken_s", unit: "s"),
      map("user_agent", "properties.userAgent", "userAgent_s"),
      map("referrer", "properties.referer", "referer_s"),
      map("request_id", "properties.trackingReference", "trackingReference_s"),
      map("route", "properties.routingRuleName", "routingRuleName_s"),
      map("api", "properties.endpoint", "endpoint_s"),
    ], moment: .requestEnd, absent: ["-", "N/A"],
    setting: """
      az monitor diagnostic-settings create --name access --resource ID --storage-account ACCOUNT \\
        --logs '[{"category":"FrontDoorAccessLog","enabled":true}]'
      """,
    documentation: "https://learn.microsoft.com/azure/frontdoor/monitor-front-door",
    note: "Numbers are texts. The log names no caller.",
    samples: [
      (
        #"{"time": "2026-03-02T10:11:12.3456789Z","resourceId": "/X","category": "FrontDoorAccessLog","operationName": "Microsoft.Cdn/Profiles/AccessLog/Write","properties": {"trackingReference": "0abc","httpMethod": "GET","httpVersion": "2.0","requestUri": "https://shop.example.test:443/v1/orders?limit=2","hostName": "shop.example.test","requestBytes": "720","responseBytes": "1450","userAgent": "curl/8.5.0","clientIp": "192.0.2.30","timeTaken": "0.0213","httpStatusCode": "200","referer": "N/A","endpoint": "shop"}}"#,
        Sample.Expected(
          time: time(1_772_446_272_345), address: "192.0.2.30", method: "GET", path: "/v1/orders",
          query: "limit=2", status: 200, bytesOut: 1450, latencyMicroseconds: 21_300,
          userAgent: "curl/8.5.0", host: "shop.example.test", api: "shop")
      )
    ])

  private static let azureAPIM = json(
    "azure-apim", "the gateway log of Azure API Management",
    [
      map("time", "time", "TimeGenerated"),
      map("client_ip", "callerIpAddress", "CallerIpAddress"),
      map("method", "properties.method", "Method"), map("target", "properties.url", "Url"),
      map("protocol", "properties.clientProtocol", "ClientProtocol"),
      map("status", "properties.responseCode", "ResponseCode"),
      map("bytes_out", "properties.responseSize", "ResponseSize"),
      map("bytes_in", "properties.requestSize", "RequestSize"),
      map("latency", "durationMs", "TotalTime", unit: "ms"),
      map("upstream_latency", "properties.backendTime", "BackendTime", unit: "ms"),
      map("request_id", "correlationId", "CorrelationId"),
      map("route", "properties.operationId", "OperationId"),
      map("api", "properties.apiId", "ApiId"),
      map("version", "properties.apiRevision", "ApiRevision"),
      map(
        "throttled", "properties.lastError.reason", "lastError.reason", "LastErrorReason",
        values: ["RateLimitExceeded", "QuotaExceeded"]),
    ],
    identity: [
      "properties.apimSubscriptionId", "ApimSubscriptionId", "properties.userId", "UserId",
    ], moment: .requestStart,
    setting: """
      az monitor diagnostic-settings create --name access --resource ID --storage-account ACCOUNT \\
        --logs '[{"category":"GatewayLogs","enabled":true}]'
      """,
    documentation:
      "https://learn.microsoft.com/azure/api-management/gateway-log-schema-reference",
    note: """
      A quota that is used up answers 403: the reason marks it as throttled. Set the sampling of the \
      diagnostic setting to 100 per cent, or say `sampling`. Times with AM and PM are read as UTC.
      """,
    samples: [
      (
        #"{"time":"2026-05-01T00:00:21.9284512Z","operationName":"Microsoft.ApiManagement/GatewayLogs","category":"GatewayLogs","durationMs":87,"callerIpAddress":"203.0.113.9","correlationId":"c0ffee","properties":{"method":"GET","url":"https://contoso.example.test/orders/v1/42?x=1","responseCode":403,"responseSize":512,"requestSize":300,"backendTime":0,"apiId":"orders","operationId":"get-order","apimSubscriptionId":"northwind","clientProtocol":"HTTP/1.1","lastError":{"source":"quota","reason":"QuotaExceeded","section":"inbound"}}}"#,
        Sample.Expected(
          time: time(1_777_593_621_928), address: "203.0.113.9", method: "GET",
          path: "/orders/v1/42", query: "x=1", status: 403, bytesOut: 512,
          latencyMicroseconds: 87_000, identity: "northwind", host: "contoso.example.test",
          route: "get-order", api: "orders", isThrottled: true)
      ),
      (
        #"{"TimeGenerated":"5/1/2026 4:07:09 PM","CallerIpAddress":"203.0.113.9","Method":"POST","Url":"https://contoso.example.test/orders/v1","ResponseCode":201,"ResponseSize":10,"TotalTime":12,"BackendTime":9,"ApimSubscriptionId":"northwind","UserId":"1"}"#,
        Sample.Expected(
          time: time(1_777_651_629_000), address: "203.0.113.9", method: "POST",
          path: "/orders/v1", status: 201, bytesOut: 10, latencyMicroseconds: 12_000,
          identity: "northwind")
      ),
    ])
}
