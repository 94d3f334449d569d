/// WSO2 API Manager's analytics log of the type `elk`, which is the nearest that a gateway comes
/// to the questions asked here: it names the application, its owner and the resource.
extension Presets {
  static let wso2 = [
    json(
      "wso2-metrics", "WSO2 API Manager's apim_metrics.log",
      [
        map("time", "requestTimestamp"), map("client_ip", "userIp"), map("method", "apiMethod"),
        map("host", "gatewayHost"), map("status", "proxyResponseCode"),
        map("latency", "responseLatency", unit: "ms"),
        map("upstream_latency", "backendLatency", unit: "ms"), map("user_agent", "userAgent"),
        map("request_id", "correlationId"), map("route", "apiResourceTemplate"),
        map("api", "apiName"), map("version", "apiVersion"),
        map(
          "throttled", "errorType", "errorCode",
          values: [
            "THROTTLED", "900800", "900801", "900802", "900803", "900804", "900806", "900807",
          ]),
      ], identity: ["applicationName", "applicationId", "userName"], moment: .requestStart,
      absent: ["-", "UNKNOWN"],
      setting: #"[apim.analytics]\nenable = true\ntype = "elk""#,
      documentation:
        "https://apim.docs.wso2.com/en/latest/monitoring/api-analytics/on-prem/elk-installation-guide/",
      note: """
        The clock before the object is local and has no date; the time is requestTimestamp. The path \
        is not logged: the resource's template stands for it. http_access.log has two lines a request \
        that nothing joins: use this log.
        """,
      samples: [
        (
          #"08:23:34,898 [-] [PassThroughMessageProcessor-188]  INFO ELKCounterMetric apimMetrics: apim:response, properties :{"apiName":"Pizza","proxyResponseCode":200,"destination":"https://localhost:9443/x","apiMethod":"GET","apiVersion":"1.0.0","responseCacheHit":false,"backendLatency":3,"correlationId":"02951f10","keyType":"SANDBOX","applicationName":"Northwind","applicationId":"87c8da4c","targetResponseCode":200,"requestTimestamp":"2022-12-15T02:53:34.894Z","applicationOwner":"admin","userAgent":"curl","userName":"UNKNOWN","apiResourceTemplate":"/menu","responseLatency":4,"userIp":"192.0.2.3","properties":{}}"#,
          Sample.Expected(
            time: time(1_671_072_814_894), address: "192.0.2.3", method: "GET", path: "/menu",
            status: 200, latencyMicroseconds: 4000, userAgent: "curl", identity: "Northwind",
            route: "/menu", api: "Pizza", isThrottled: false)
        ),
        (
          #"INFO - LogCounterMetric apimMetrics: apim:faulty, properties :{"apiName":"Pizza","proxyResponseCode":429,"apiMethod":"POST","errorType":"THROTTLED","errorCode":900803,"errorMessage":"APPLICATION_LEVEL_LIMIT_EXCEEDED","applicationName":"UNKNOWN","applicationId":"87c8da4c","requestTimestamp":"2022-12-15T02:53:35.001Z","userIp":"192.0.2.3"}"#,
          Sample.Expected(
            time: time(1_671_072_815_001), address: "192.0.2.3", method: "POST", status: 429,
            identity: "87c8da4c", isThrottled: true)
        ),
      ])
  ]
}
