/// What nginx's variables mean, and in which unit they are logged.
/// Source: nginx.org/en/docs/varindex.html, and the documentation of Kong, APISIX and the ingress
/// controller for those that they add.
enum NginxVariables {
  private struct Meaning {
    var slot: FieldSlot
    var unit = FieldUnit.none
    var rank = 0
  }

  /// - Parameter name: with its dollar.
  static func variable(_ name: String, at offset: Int) -> TemplateVariable {
    let bare = String(name.dropFirst())
    var variable = TemplateVariable(name, at: offset)
    variable.shape = shape(of: bare)
    variable.hiding = hiding(of: bare)
    if let meaning = texts[bare] ?? numbers[bare] {
      variable.slot = meaning.slot
      variable.unit = meaning.unit
      variable.rank = meaning.rank
    }
    if bare.hasPrefix("http_") { variable.header = TemplateVariable.headerName(bare) }
    if bare.hasPrefix("arg_") { variable.parameter = String(bare.dropFirst(4)) }
    variable.isUnknown = !isKnown(bare)
    return variable
  }

  /// Of those that nginx and its relatives have; `map` and `set` make others.
  static func nearest(to name: String) -> String? {
    Spelling.nearest(String(name.dropFirst()), among: knownNames).map { "$" + $0 }
  }

  private static func isKnown(_ name: String) -> Bool {
    openPrefixes.contains { name.hasPrefix($0) } || knownNames.contains(name)
  }

  private static func shape(of name: String) -> TemplateVariable.Shape {
    switch name {
    case "time_local": .fixed(TimeStamps.clfCount)
    case "time_iso8601": .fixed(TimeStamps.iso8601Count)
    case "status", "body_bytes_sent", "bytes_sent", "request_length", "connection",
      "connection_requests", "remote_port", "server_port":
      .integer
    case "request_uri", "args", "query_string", "host", "http_host",
      "ssl_server_name":
      .clientWord
    // It is one only where the server's name is; then a port may follow it.
    case "server_name", "remote_addr", "realip_remote_addr", "proxy_protocol_addr": .address
    case _ where trustedNames.contains(name): .trusted
    case "upstream_addr", "upstream_status", "upstream_connect_time", "upstream_header_time",
      "upstream_response_time", "upstream_response_length", "upstream_bytes_received",
      "upstream_bytes_sent", "upstream_first_byte_time", "upstream_session_time":
      .list
    // The client's words, among them decoded paths; the client's and others' with blanks in them;
    // and what a `map` may have made of either.
    default: .client
    }
  }

  /// Words of nginx and of its configuration, in which there is no blank.
  private static let trustedNames = Set(
    """
    ancient_browser binary_remote_addr bytes_received connection_time connections_active \
    connections_reading connections_waiting connections_writing content_length \
    geoip_area_code geoip_city_continent_code geoip_city_country_code \
    geoip_city_country_code3 geoip_country_code geoip_country_code3 geoip_dma_code \
    geoip_latitude geoip_longitude geoip_postal_code geoip_region gzip_ratio hostname http2 \
    http3 https invalid_referer is_args is_request_port limit_conn_status limit_rate \
    limit_req_status modern_browser msec msie_browser nginx_version pid pipe protocol \
    proxy_host proxy_port proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr \
    proxy_protocol_server_port realip_remote_addr realip_remote_port request_completion \
    request_id request_method request_port request_time scheme server_addr server_protocol \
    session_time slice_range spdy ssl_alpn_protocol ssl_cipher ssl_client_fingerprint \
    ssl_client_serial ssl_client_verify ssl_curve ssl_early_data ssl_protocol \
    ssl_server_cert_type ssl_session_id ssl_session_reused ssl_sigalg tcpinfo_rtt \
    tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space uid_got uid_reset uid_set \
    upstream_cache_age upstream_cache_status upstream_last_addr upstream_last_server_name \
    upstream_queue_time proxy_upstream_name proxy_alternative_upstream_name req_id the_real_ip \
    namespace ingress_name service_name service_port kong_request_id upstream_host \
    upstream_scheme apisix_request_id balancer_ip balancer_port route_id service_id remote_ident \
    server
    """.split(separator: " ").map(String.init))

  private static let clientPrefixes = [
    "http_", "cookie_", "arg_", "jwt_", "sent_http_", "upstream_http_",
  ]
  private static let openPrefixes =
    clientPrefixes + [
      "upstream_cookie_", "upstream_trailer_", "sent_trailer_", "proxy_protocol_tlv_",
    ]

  /// Headers, cookies, parameters and claims are secrets, but for headers that say nothing of
  /// who calls.
  private static func hiding(of name: String) -> Hiding {
    if texts[name]?.slot == .address { return .unlessAddress }
    if name.hasPrefix("http_") {
      return Hiding.ofRequestHeader(TemplateVariable.headerName(name))
    }
    // What a `map` made, or a drafted format could not name, may be a key.
    if !isKnown(name) { return .always }
    if ["cookie_", "arg_", "jwt_", "upstream_cookie_"].contains(where: { name.hasPrefix($0) }) {
      return .always
    }
    for prefix in ["sent_http_", "upstream_http_"] where name.hasPrefix(prefix) {
      return Hiding.ofResponseHeader(
        TemplateVariable.headerName(String(name.dropFirst(prefix.count))))
    }
    return .shown
  }

  private static let texts: [String: Meaning] = [
    "remote_addr": Meaning(slot: .address),
    "the_real_ip": Meaning(slot: .address, rank: 1),
    "proxy_protocol_addr": Meaning(slot: .address, rank: 2),
    "http_x_real_ip": Meaning(slot: .address, rank: 3),
    "http_x_forwarded_for": Meaning(slot: .address, rank: 4),
    "proxy_add_x_forwarded_for": Meaning(slot: .address, rank: 5),
    // What connected: a balancer, where the others name who is behind it.
    "realip_remote_addr": Meaning(slot: .address, rank: 6),
    "request": Meaning(slot: .request),
    "request_method": Meaning(slot: .method),
    "request_uri": Meaning(slot: .target),
    "uri": Meaning(slot: .path),
    "document_uri": Meaning(slot: .path, rank: 1),
    "args": Meaning(slot: .query),
    "query_string": Meaning(slot: .query, rank: 1),
    "http_referer": Meaning(slot: .referrer),
    "http_user_agent": Meaning(slot: .userAgent),
    "host": Meaning(slot: .host),
    "http_host": Meaning(slot: .host, rank: 1),
    "server_name": Meaning(slot: .host, rank: 2),
    "server_protocol": Meaning(slot: .protocol),
    "request_id": Meaning(slot: .requestID),
    "req_id": Meaning(slot: .requestID, rank: 1),
    "kong_request_id": Meaning(slot: .requestID, rank: 2),
    "apisix_request_id": Meaning(slot: .requestID, rank: 3),
    "http_x_request_id": Meaning(slot: .requestID, rank: 4),
    "proxy_upstream_name": Meaning(slot: .route),
  ]

  private static let numbers: [String: Meaning] = [
    "msec": Meaning(slot: .time, unit: .epochSeconds),
    "time_iso8601": Meaning(slot: .time, unit: .rfc3339, rank: 1),
    "time_local": Meaning(slot: .time, unit: .clf, rank: 2),
    "status": Meaning(slot: .status),
    "body_bytes_sent": Meaning(slot: .bytesOut),
    "bytes_sent": Meaning(slot: .bytesOut, rank: 1),
    "request_length": Meaning(slot: .bytesIn),
    "request_time": Meaning(slot: .latency, unit: .seconds),
    "upstream_response_time": Meaning(slot: .upstreamLatency, unit: .seconds),
    "limit_req_status": Meaning(slot: .throttled, unit: .limitStatus),
    "limit_conn_status": Meaning(slot: .throttled, unit: .limitStatus),
  ]

  /// All that nginx documents, and what the gateways built on it add.
  static let knownNames = """
    ancient_browser args binary_remote_addr body_bytes_sent bytes_received bytes_sent \
    connection connection_requests connection_time connections_active connections_reading \
    connections_waiting connections_writing content_length content_type date_gmt date_local \
    document_root document_uri fastcgi_path_info fastcgi_script_name geoip_area_code geoip_city \
    geoip_city_continent_code geoip_city_country_code geoip_city_country_name \
    geoip_country_code geoip_country_name geoip_latitude geoip_longitude geoip_org \
    geoip_postal_code geoip_region gzip_ratio host hostname http2 http3 https invalid_referer \
    is_args is_request_port limit_conn_status limit_rate limit_req_status memcached_key \
    modern_browser msec msie_browser nginx_version ocsp_status pid pipe protocol \
    proxy_add_x_forwarded_for proxy_host proxy_port proxy_protocol_addr proxy_protocol_port \
    proxy_protocol_server_addr proxy_protocol_server_port query_string realip_remote_addr \
    realip_remote_port realpath_root remote_addr remote_port remote_user request request_body \
    request_body_file request_completion request_filename request_id request_length \
    request_method request_port request_time request_uri scheme secure_link server_addr \
    server_name server_port server_protocol session_time slice_range spdy ssl_alpn_protocol \
    ssl_cipher ssl_ciphers ssl_client_cert ssl_client_escaped_cert ssl_client_fingerprint \
    ssl_client_i_dn ssl_client_i_dn_legacy ssl_client_raw_cert ssl_client_s_dn \
    ssl_client_s_dn_legacy ssl_client_serial ssl_client_v_end ssl_client_v_remain \
    ssl_client_v_start ssl_client_verify ssl_curve ssl_curves ssl_early_data \
    ssl_preread_alpn_protocols ssl_preread_protocol ssl_preread_server_name ssl_protocol \
    ssl_server_cert_type ssl_server_name ssl_session_id ssl_session_reused ssl_sigalg status \
    tcpinfo_rtt tcpinfo_rttvar tcpinfo_snd_cwnd tcpinfo_rcv_space time_iso8601 time_local uid_got \
    uid_reset uid_set upstream_addr upstream_bytes_received upstream_bytes_sent \
    upstream_cache_age upstream_cache_key upstream_cache_last_modified upstream_cache_status \
    upstream_connect_time upstream_first_byte_time upstream_header_time upstream_last_addr \
    upstream_last_server_name upstream_queue_time upstream_response_length \
    upstream_response_time upstream_session_time upstream_status uri \
    proxy_upstream_name proxy_alternative_upstream_name req_id the_real_ip namespace \
    ingress_name service_name service_port kong_request_id upstream_host upstream_scheme \
    upstream_uri apisix_request_id balancer_ip balancer_port route_id service_id consumer_name \
    remote_ident server
    """.split(separator: " ").map(String.init)
}
