extension Presets {
  /// Gateways whose text format is always the same, and what others write when nobody changed
  /// their configuration.
  static let text: [Preset] = [
    template(
      "haproxy-http", "HAProxy's option httplog", HAProxyLogFormat.name, "httplog",
      documentation: "https://docs.haproxy.org/2.8/configuration.html#8.2.3"),
    template(
      "haproxy-https", "HAProxy's option httpslog", HAProxyLogFormat.name, "httpslog",
      documentation: "https://docs.haproxy.org/2.8/configuration.html#8.2.4"),
    template(
      "envoy-default", "Envoy without a format", EnvoyLogFormat.name, "default",
      documentation:
        "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage"),
    template(
      "istio", "Istio's text", EnvoyLogFormat.name, "istio",
      documentation: "https://istio.io/latest/docs/tasks/observability/logs/access-log/"),
    template(
      "traefik-clf", "Traefik's common format", TraefikLogFormat.name, nil,
      documentation: "https://doc.traefik.io/traefik/observe/logs-and-access-logs/"),
    template(
      "aws-alb", "AWS's Application Load Balancer", ALBLogFormat.name, nil,
      documentation:
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html"
    ),
    template(
      "aws-elb", "AWS's Classic Load Balancer", ELBLogFormat.name, nil,
      documentation:
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html"
    ),
    template(
      "cloudfront", "CloudFront's standard log", W3CLogFormat.name, W3CLogFormat.cloudFront,
      documentation:
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html"
    ),
    template(
      "iis", "IIS with its default columns", W3CLogFormat.name, W3CLogFormat.iis,
      documentation:
        "https://learn.microsoft.com/iis/configuration/system.applicationhost/sites/site/logfile/"),
    template(
      "npm-proxy", "Nginx Proxy Manager's proxy hosts", NginxLogFormat.name,
      """
      [$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme \
      $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] \
      [Sent-to $server] "$http_user_agent" "$http_referer"
      """, documentation: "https://nginxproxymanager.com/"),
    template(
      "npm-standard", "Nginx Proxy Manager's other hosts", NginxLogFormat.name,
      """
      [$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] \
      [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer"
      """, documentation: "https://nginxproxymanager.com/"),
    template(
      "npmplus", "NPMplus", NginxLogFormat.name,
      """
      [$time_local] $host $remote_addr $request_time "$request" $status $body_bytes_sent \
      $bytes_sent $http_referer $http_user_agent
      """, documentation: "https://github.com/ZoeyVid/NPMplus"),
    nginx(
      "bunkerweb", "BunkerWeb",
      """
      $host $remote_addr - $request_id $remote_user [$time_local] "$request" $status \
      $body_bytes_sent "$http_referer" "$http_user_agent"
      """, documentation: "https://docs.bunkerweb.io/latest/"),
    nginx(
      "host-combined", "nginx with the host in front of combined", "$host " + combined,
      documentation: "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"),
    template(
      "cpanel", "cPanel's own access_log", ApacheLogFormat.name,
      #"%h %l %u [%{%m/%d/%Y:%H:%M:%S %z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "#
        + #""%{x}n" "%{X-Forwarded-For}i" %p"#,
      documentation: "https://docs.cpanel.net/knowledge-base/cpanel-product/the-cpanel-log-files/"),
    template(
      "zoraxy", "Zoraxy's log", ApacheLogFormat.name,
      "%{%Y/%m/%d %H:%M:%S}t [%{%Y-%m-%d %H:%M:%S}t.%{usec_frac}t] [router:%{router}n] "
        + "[origin:%v] [client: %a] [useragent: %{User-Agent}i] %m %U%q %>s",
      documentation: "https://github.com/tobychui/zoraxy"),
  ]

  private static func template(
    _ name: String, _ summary: String, _ formatName: String, _ template: String?,
    documentation: String
  ) -> Preset {
    Preset(
      name: name, summary: summary, formatName: formatName,
      description: FormatDescription(template: template), setting: textSetting(name),
      documentation: documentation, samples: textSamples(name))
  }
}
