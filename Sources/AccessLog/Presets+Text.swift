extension Presets {
  /// Gateways whose text format is always the same, and what others write when nobody changed
  /// their configuration.
  static let text: [Preset] = [
    template("haproxy-http", "HAProxy's option httplog", HAProxyLogFormat.name, "httplog"),
    template("haproxy-https", "HAProxy's option httpslog", HAProxyLogFormat.name, "httpslog"),
    template("envoy-default", "Envoy without a format", EnvoyLogFormat.name, "default"),
    template("istio", "Istio's text", EnvoyLogFormat.name, "istio"),
    template("traefik-clf", "Traefik's common format", TraefikLogFormat.name, nil),
    template("aws-alb", "AWS's Application Load Balancer", ALBLogFormat.name, nil),
    template("aws-elb", "AWS's Classic Load Balancer", ELBLogFormat.name, nil),
    template(
      "cloudfront", "CloudFront's standard log", W3CLogFormat.name, W3CLogFormat.cloudFront),
    template("iis", "IIS with its default columns", W3CLogFormat.name, W3CLogFormat.iis),
    template(
      "npm-proxy", "Nginx Proxy Manager's proxy hosts", NginxLogFormat.name,
      """
      [$time_local] $upstream_cache_status $upstream_status $status - $request_method $scheme \
      $host "$request_uri" [Client $remote_addr] [Length $body_bytes_sent] [Gzip $gzip_ratio] \
      [Sent-to $server] "$http_user_agent" "$http_referer"
      """),
    template(
      "npm-standard", "Nginx Proxy Manager's other hosts", NginxLogFormat.name,
      """
      [$time_local] $status - $request_method $scheme $host "$request_uri" [Client $remote_addr] \
      [Length $body_bytes_sent] [Gzip $gzip_ratio] "$http_user_agent" "$http_referer"
      """),
    template(
      "npmplus", "NPMplus", NginxLogFormat.name,
      """
      [$time_local] $host $remote_addr $request_time "$request" $status $body_bytes_sent \
      $bytes_sent $http_referer $http_user_agent
      """),
    nginx(
      "bunkerweb", "BunkerWeb",
      """
      $host $remote_addr - $request_id $remote_user [$time_local] "$request" $status \
      $body_bytes_sent "$http_referer" "$http_user_agent"
      """),
    nginx("host-combined", "nginx with the host in front of combined", "$host " + combined),
    template(
      "cpanel", "cPanel's own access_log", ApacheLogFormat.name,
      #"%h %l %u [%{%m/%d/%Y:%H:%M:%S %z}t] "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "#
        + #""%{x}n" "%{X-Forwarded-For}i" %p"#),
    template(
      "zoraxy", "Zoraxy's log", ApacheLogFormat.name,
      "%{%Y/%m/%d %H:%M:%S}t [%{%Y-%m-%d %H:%M:%S}t.%{usec_frac}t] [router:%{router}n] "
        + "[origin:%v] [client: %a] [useragent: %{User-Agent}i] %m %U%q %>s"),
  ]

  private static func template(
    _ name: String, _ summary: String, _ formatName: String, _ template: String?
  ) -> Preset {
    Preset(
      name: name, summary: summary, formatName: formatName,
      description: FormatDescription(template: template))
  }
}
