/// Lines of the presets of text formats, and what to write into the gateway's configuration.
extension Presets {
  static func textSamples(_ name: String) -> [(line: String, expected: Sample.Expected)] {
    guard let line = textLines[name] else { return [] }
    return [(line, expected(name))]
  }

  private static let request =
    #"[21/Nov/2026:19:51:49 +0000] "GET /v1/orders?limit=5 HTTP/1.1" 200 12"#
  private static let combinedSample = #"192.0.2.7 - northwind \#(request) "-" "curl/8.5.0""#

  private static let textLines: [String: String] = [
    "main": combinedSample + #" "-""#,
    "common": "192.0.2.7 - northwind " + request,
    "vhost-combined": "api.example.test:443 " + combinedSample,
    "host-combined": "api.example.test " + combinedSample,
    "ingress-nginx": combinedSample
      + " 180 0.008 [shop-orders-80] [] 10.0.0.1:8080 12 0.007 200 5f8d2c1e9b7a",
    "kong": combinedSample + #" kong_request_id: "5f8d2c1e9b7a""#,
    "apisix": #"192.0.2.7 - northwind [21/Nov/2026:19:51:49 +0000] api.example.test "#
      + #""GET /v1/orders?limit=5 HTTP/1.1" 200 12 0.008 "-" "curl/8.5.0" 10.0.0.1:8080 200 0.007 "#
      + #""http://api.example.test/v1/orders" "5f8d2c1e9b7a""#,
    "npm-proxy": "[21/Nov/2026:19:51:49 +0000] - 200 200 - GET https api.example.test "
      + #""/v1/orders?limit=5" [Client 192.0.2.7] [Length 12] [Gzip -] [Sent-to orders] "#
      + #""curl/8.5.0" "-""#,
    "npm-standard": "[21/Nov/2026:19:51:49 +0000] 200 - GET https api.example.test "
      + #""/v1/orders?limit=5" [Client 192.0.2.7] [Length 12] [Gzip -] "curl/8.5.0" "-""#,
    "npmplus": "[21/Nov/2026:19:51:49 +0000] api.example.test 192.0.2.7 0.008 "
      + #""GET /v1/orders?limit=5 HTTP/1.1" 200 12 180 - curl/8.5.0"#,
    "bunkerweb": "api.example.test 192.0.2.7 - 5f8d2c1e9b7a northwind " + request
      + #" "-" "curl/8.5.0""#,
    "cpanel": "192.0.2.7 - northwind [11/21/2026:19:51:49 -0000] "
      + #""GET /v1/orders?limit=5 HTTP/1.1" 200 12 "-" "curl/8.5.0" "s" "-" 2083"#,
    "zoraxy": "2026/11/21 19:51:49 [2026-11-21 19:51:49.000000] [router:host-http] "
      + "[origin:api.example.test] [client: 192.0.2.7] [useragent: curl/8.5.0] "
      + "GET /v1/orders?limit=5 200",
  ]

  /// The same request in each of them, as far as they log it.
  private static func expected(_ name: String) -> Sample.Expected {
    let hasAgent = name != "common"
    let hasUser = ["cpanel", "zoraxy", "npmplus", "npm-proxy", "npm-standard"].contains(name)
    let hasLatency = ["ingress-nginx", "apisix", "npmplus"].contains(name)
    return Sample.Expected(
      time: time(1_795_290_709_000), address: "192.0.2.7", method: "GET", path: "/v1/orders",
      query: "limit=5", status: 200, bytesOut: name == "zoraxy" ? nil : 12,
      latencyMicroseconds: hasLatency ? 8000 : nil, userAgent: hasAgent ? "curl/8.5.0" : nil,
      identity: hasUser ? nil : "northwind")
  }

  /// What turns the log on where it is not written by itself.
  static func textSetting(_ name: String) -> String? { textSettings[name] }

  private static let textSettings: [String: String] = [
    "combined": "access_log /var/log/nginx/access.log combined;",
    "main": "access_log /var/log/nginx/access.log main;",
    "common": "CustomLog /var/log/apache2/access.log common",
    "vhost-combined": "CustomLog /var/log/apache2/other_vhosts_access.log vhost_combined",
    "kong": "proxy_access_log = /var/log/kong/access.log kong_log_format",
    "haproxy-http": "frontend api\n  mode http\n  log global\n  option httplog",
    "haproxy-https": "frontend api\n  mode http\n  log global\n  option httpslog",
    "istio": "meshConfig:\n  accessLogFile: /dev/stdout\n  accessLogEncoding: TEXT",
    "traefik-clf": "accessLog:\n  filePath: /var/log/traefik/access.log",
    "ingress-nginx": """
    kind: ConfigMap
    data:
      access-log-path: /var/log/nginx/access.log
    """,
    "apisix": "nginx_config:\n  http:\n    access_log: logs/access.log",
    "envoy-default": """
    access_log:
      - name: envoy.access_loggers.file
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog
          path: /var/log/envoy/access.log
    """,
    "cloudfront": """
    "Logging": {"Enabled": true, "IncludeCookies": false, "Bucket": "BUCKET.s3.amazonaws.com",
      "Prefix": "edge/"}
    """,
    "iis": """
    %windir%\\system32\\inetsrv\\appcmd set config -section:system.applicationHost/sites
      /siteDefaults.logFile.logFormat:"W3C" /siteDefaults.logFile.enabled:"True" /commit:apphost
    """,
    "host-combined": """
    log_format host_combined '$host $remote_addr - $remote_user [$time_local] "$request" '
      '$status $body_bytes_sent "$http_referer" "$http_user_agent"';
    access_log /var/log/nginx/access.log host_combined;
    """,
    "npm-proxy": "# nothing to set: /data/logs/proxy-host-*_access.log",
    "npm-standard": "# nothing to set: /data/logs/fallback_access.log",
    "npmplus": "# nothing to set: the access.log of NPMplus's nginx",
    "bunkerweb": "# nothing to set: /var/log/bunkerweb/access.log",
    "cpanel": "# nothing to set: /usr/local/cpanel/logs/access_log",
    "zoraxy": "# nothing to set: zr_*.log in Zoraxy's folder log",
    "aws-alb": """
    aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes \\
      Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=BUCKET
    """,
    "aws-elb": """
    aws elb modify-load-balancer-attributes --load-balancer-name NAME --load-balancer-attributes \\
      '{"AccessLog":{"Enabled":true,"S3BucketName":"BUCKET","EmitInterval":5}}'
    """,
  ]
}
