/// What nginx's variables mean, and in which unit they are logged.
struct NginxVariables {
  /// What stands in the place of a variable, as far as its end can be told from it.
  enum Shape {
    /// `18/Jul/2025:14:14:47 -0400`
    case fixed(Int)
    /// Digits, or a dash.
    case integer
    /// Text whose bytes the gateway chooses: it never has the literal that follows.
    case trusted
    /// Text whose bytes the client chooses.
    case client
  }

  struct Meaning {
    var slot: FieldSlot
    var unit = FieldUnit.none
    /// Of several variables for one field the one with the lowest rank is read.
    var rank = 0
  }

  static func shape(of name: String) -> Shape {
    switch name {
    case "time_local": .fixed(TimeStamps.clfCount)
    case "time_iso8601": .fixed(TimeStamps.iso8601Count)
    case "status", "body_bytes_sent", "bytes_sent", "request_length", "connection",
      "connection_requests", "remote_port", "server_port":
      .integer
    case _ where isClientControlled(name): .client
    default: .trusted
    }
  }

  static func meaning(of name: String) -> Meaning? {
    if let meaning = texts[name] { return meaning }
    return numbers[name]
  }

  private static func isClientControlled(_ name: String) -> Bool {
    let prefixes = ["http_", "cookie_", "arg_", "jwt_", "sent_http_", "upstream_http_"]
    if prefixes.contains(where: { name.hasPrefix($0) }) { return true }
    return [
      "remote_user", "request", "request_uri", "uri", "document_uri", "args", "query_string",
      "host", "request_method", "request_body", "ssl_server_name", "ssl_client_s_dn",
    ].contains(name)
  }

  private static let texts: [String: Meaning] = [
    "remote_addr": Meaning(slot: .address),
    "the_real_ip": Meaning(slot: .address, rank: 1),
    "realip_remote_addr": Meaning(slot: .address, rank: 2),
    "proxy_protocol_addr": Meaning(slot: .address, rank: 3),
    "http_x_real_ip": Meaning(slot: .address, rank: 4),
    "http_x_forwarded_for": Meaning(slot: .address, rank: 5),
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
  ]
}
