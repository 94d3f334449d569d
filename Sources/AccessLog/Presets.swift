/// A format that needs no description, by name: what a well-known gateway writes when nobody
/// changed its configuration.
public struct Preset: Sendable {
  public let name: String
  /// Who writes it, for people.
  public let summary: String
  /// The ``RecordFormat`` that reads it.
  public let formatName: String
  public let description: FormatDescription

  /// What a source with this preset reads; with `identity`, its fields take the place of the
  /// preset's own.
  public func description(identity: [IdentityField]?) -> FormatDescription {
    var description = description
    if let identity { description.identity = identity }
    return description
  }

  /// A reader; with `identity`, its fields take the place of the preset's own.
  public func reader(identity: [IdentityField]? = nil) throws(FormatFault) -> any LineReader {
    guard let format = RecordFormats.format(named: formatName) else {
      throw FormatFault("there is no format '\(formatName)'")
    }
    return try format.reader(for: description(identity: identity))
  }
}

/// All presets. To add one, add its line here and a sample to its format.
public enum Presets {
  /// Where two fit equally well, the first is meant.
  public static let all: [Preset] =
    [
      nginx("combined", "nginx, and Apache's combined", combined),
      nginx("main", "the packages of nginx.org", combined + #" "$http_x_forwarded_for""#),
      nginx("common", "Apache's common", common),
      nginx("vhost-combined", "Apache's vhost_combined", "$server_name:$server_port " + combined),
      nginx("ingress-nginx", "the ingress controller of Kubernetes", ingress),
      nginx("kong", "Kong's proxy_access_log", combined + #" kong_request_id: "$kong_request_id""#),
      nginx("apisix", "Apache APISIX's access.log", apisix),
    ] + text + [
      caddy, traefikJSON, kongFileLog, istioJSON, envoyGatewayJSON, apisixJSON, azureAppGateway,
    ]

  public static func preset(named name: String) -> Preset? { all.first { $0.name == name } }

  /// The preset of that name, or a fault that names the nearest one.
  public static func required(_ name: String) throws(FormatFault) -> Preset {
    if let preset = preset(named: name) { return preset }
    let names = all.map(\.name) + RecordFormats.all.map { $0.name }
    throw FormatFault(
      "there is no format or preset '\(name)'", suggestion: Spelling.nearest(name, among: names))
  }

  static let combined = """
    $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent \
    "$http_referer" "$http_user_agent"
    """

  private static let common = """
    $remote_addr $remote_ident $remote_user [$time_local] "$request" $status $body_bytes_sent
    """

  private static let ingress = """
    \(combined) $request_length $request_time [$proxy_upstream_name] \
    [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length \
    $upstream_response_time $upstream_status $req_id
    """

  private static let apisix = """
    $remote_addr - $remote_user [$time_local] $http_host "$request" $status $body_bytes_sent \
    $request_time "$http_referer" "$http_user_agent" $upstream_addr $upstream_status \
    $upstream_response_time "$upstream_scheme://$upstream_host$upstream_uri" "$apisix_request_id"
    """

  static func nginx(_ name: String, _ summary: String, _ template: String) -> Preset {
    Preset(
      name: name, summary: summary, formatName: NginxLogFormat.name,
      description: FormatDescription(
        template: template, identity: [IdentityField(field: "$remote_user", isSecret: false)]))
  }

  private static func json(
    _ name: String, _ summary: String, _ fields: [FieldMapping], identity: [String] = []
  ) -> Preset {
    Preset(
      name: name, summary: summary, formatName: JSONLines.name,
      description: FormatDescription(
        fields: fields, identity: identity.map { IdentityField(field: $0, isSecret: false) }))
  }

  private static func map(
    _ field: String, _ paths: String..., unit: String? = nil
  ) -> FieldMapping {
    FieldMapping(field: field, paths: paths, unit: unit)
  }
}

// MARK: - JSON

extension Presets {
  private static let caddy = json(
    "caddy", "Caddy's access log",
    [
      map("time", "ts", unit: "epoch_s"),
      map("client_ip", "request.client_ip", "request.remote_ip", "request.remote_addr"),
      map("host", "request.host"), map("method", "request.method"), map("target", "request.uri"),
      map("protocol", "request.proto"), map("status", "status"), map("bytes_out", "size"),
      map("bytes_in", "bytes_read"), map("latency", "duration", unit: "s"),
      map("user_agent", "request.headers.User-Agent"),
      map("referrer", "request.headers.Referer"),
    ], identity: ["user_id"])

  private static let traefikJSON = json(
    "traefik-json", "Traefik's access log in JSON",
    [
      map("time", "StartUTC", "StartLocal", "time"), map("client_ip", "ClientHost", "ClientAddr"),
      map("host", "RequestHost", "RequestAddr"), map("method", "RequestMethod"),
      map("target", "RequestPath"), map("protocol", "RequestProtocol"),
      map("status", "DownstreamStatus"), map("bytes_out", "DownstreamContentSize"),
      map("bytes_in", "RequestContentSize"), map("latency", "Duration", unit: "ns"),
      map("upstream_latency", "OriginDuration", unit: "ns"),
      map("user_agent", "request_User-Agent"), map("referrer", "request_Referer"),
      map("request_id", "request_X-Request-Id"), map("route", "RouterName"),
      map("api", "ServiceName"),
    ], identity: ["ClientUsername"])

  private static let kongFileLog = json(
    "kong-file-log", "Kong's file-log, http-log and tcp-log",
    [
      map("time", "started_at", unit: "epoch_ms"), map("client_ip", "client_ip"),
      map("host", "request.headers.host"), map("method", "request.method"),
      map("target", "request.uri", "request.url"), map("status", "response.status"),
      map("bytes_out", "response.size"), map("bytes_in", "request.size"),
      map("latency", "latencies.request", unit: "ms"),
      map("upstream_latency", "latencies.proxy", unit: "ms"),
      map("user_agent", "request.headers.user-agent"),
      map("referrer", "request.headers.referer"), map("request_id", "request.id"),
      map("route", "route.name"), map("api", "service.name"),
    ], identity: ["consumer.username", "consumer.custom_id", "authenticated_entity.id"])

  private static let envoyCommon = [
    map("time", "start_time"), map("client_ip", "downstream_remote_address", "x_forwarded_for"),
    map("method", "method", ":method"), map("protocol", "protocol"),
    map("status", "response_code"), map("bytes_out", "bytes_sent"),
    map("bytes_in", "bytes_received"), map("latency", "duration", unit: "ms"),
    map("route", "route_name"), map("api", "upstream_cluster"),
  ]

  private static let istioJSON = json(
    "istio-json", "Istio's access log in JSON",
    envoyCommon + [
      map("host", "authority"), map("target", "path"), map("user_agent", "user_agent"),
      map("upstream_latency", "upstream_service_time", unit: "ms"),
      map("request_id", "request_id"),
    ])

  private static let envoyGatewayJSON = json(
    "envoy-gateway-json", "Envoy Gateway's access log",
    envoyCommon + [
      map("host", ":authority"), map("target", "x-envoy-origin-path", ":path"),
      map("user_agent", "user-agent"),
      map("upstream_latency", "x-envoy-upstream-service-time", unit: "ms"),
      map("request_id", "x-request-id"),
    ])

  private static let apisixJSON = json(
    "apisix-json", "the loggers of Apache APISIX",
    [
      map("time", "start_time", unit: "epoch_ms"), map("client_ip", "client_ip"),
      map("host", "request.headers.host"), map("method", "request.method"),
      map("target", "request.uri"), map("status", "response.status"),
      map("bytes_out", "response.size"), map("bytes_in", "request.size"),
      map("latency", "latency", unit: "ms"),
      map("upstream_latency", "upstream_latency", unit: "ms"),
      map("user_agent", "request.headers.user-agent"), map("route", "route_id"),
      map("api", "service_id"),
    ], identity: ["consumer.username"])

  private static let azureAppGateway = json(
    "azure-appgw", "the access log of Azure's Application Gateway",
    [
      map("time", "timeStamp", "time"), map("client_ip", "properties.clientIP"),
      map("host", "properties.originalHost", "properties.host"),
      map("method", "properties.httpMethod"),
      map("target", "properties.originalRequestUriWithArgs"),
      map("path", "properties.requestUri"), map("query", "properties.requestQuery"),
      map("protocol", "properties.httpVersion"), map("status", "properties.httpStatus"),
      map("bytes_out", "properties.sentBytes"), map("bytes_in", "properties.receivedBytes"),
      map("latency", "properties.timeTaken", unit: "s"),
      map("upstream_latency", "properties.serverResponseLatency", unit: "s"),
      map("user_agent", "properties.userAgent"), map("request_id", "properties.transactionId"),
      map("route", "properties.ruleName"),
    ])
}
