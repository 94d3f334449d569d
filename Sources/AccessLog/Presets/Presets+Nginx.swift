/// nginx, and gateways whose text log is nginx's own.
extension Presets {
  static let nginx: [Preset] = [
    nginx(
      "combined", "nginx, and Apache's combined", combined, documentation: nginxPage,
      note: "Holds no latency and no API key: add $request_time and the key's header."),
    nginx(
      "main", "the packages of nginx.org", combined + #" "$http_x_forwarded_for""#,
      documentation: nginxPage),
    nginx(
      "common", "Apache's common",
      """
      $remote_addr $remote_ident $remote_user [$time_local] "$request" $status $body_bytes_sent
      """, documentation: "https://httpd.apache.org/docs/current/logs.html#common"),
    nginx(
      "vhost-combined", "Apache's vhost_combined", "$server_name:$server_port " + combined,
      documentation: "https://httpd.apache.org/docs/current/mod/mod_log_config.html"),
    nginx(
      "ingress-nginx", "the ingress controller of Kubernetes",
      """
      \(combined) $request_length $request_time [$proxy_upstream_name] \
      [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length \
      $upstream_response_time $upstream_status $req_id
      """,
      documentation:
        "https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/"),
  ]

  static let combined = """
    $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent \
    "$http_referer" "$http_user_agent"
    """

  private static let nginxPage =
    "https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format"

  static let kongText = [
    nginx(
      "kong", "Kong's proxy_access_log", combined + #" kong_request_id: "$kong_request_id""#,
      documentation: "https://developer.konghq.com/gateway/nginx-directives/",
      note: "Names no consumer; the file-log plugin does.")
  ]

  static let apisixText = [
    nginx(
      "apisix", "Apache APISIX's access.log",
      """
      $remote_addr - $remote_user [$time_local] $http_host "$request" $status \
      $body_bytes_sent $request_time "$http_referer" "$http_user_agent" $upstream_addr \
      $upstream_status $upstream_response_time \
      "$upstream_scheme://$upstream_host$upstream_uri" "$apisix_request_id"
      """, documentation: "https://apisix.apache.org/docs/apisix/customize-nginx-configuration/",
      note: "Names no consumer; the logger plugins do.")
  ]
}
