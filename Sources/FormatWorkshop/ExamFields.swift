/// Asserted fields that a record has no column for, and how a user would ask for each of them:
/// as the source's identity, which may be any variable or path of a line.
enum ExamFields {
  /// Names of the field in the formats that log it.
  static let names: [String: [String]] = [
    "api_context": ["apiContext"],
    "api_key": ["$http_x_api_key", "%{X-Api-Key}i", "api_key", "request.headers.X-Api-Key"],
    "api_key_captured": ["capture.req.hdr(0)"],
    "application": ["applicationName"],
    "application_id": ["applicationId"],
    "application_owner": ["applicationOwner"],
    "bytes_out_total": ["$bytes_sent", "%O"],
    "bytes_total": ["%O"],
    "client_port": [
      "%cp", "$client_port", "request.remote_port", "%DOWNSTREAM_REMOTE_ADDRESS%",
      "downstream_remote_address", "properties.clientPort", "ClientPort", "c-port",
    ],
    "connect_ms": ["%Tc"],
    "frontend": ["%ft"],
    "identity": ["%l"],
    "key_type": ["keyType"],
    "queue_ms": ["%Tw"],
    "raw_request": ["$request", "%r", "%{+Q}r"],
    "request_processing_s": ["$request_processing_time"],
    "request_time_ms": ["%TR"],
    "response_processing_s": ["$response_processing_time"],
    "server": ["%s"],
    "server_port": ["$server_port", "%p"],
    "termination_state": ["%tsc", "%ts"],
    "tls_cipher": ["$ssl_cipher"],
    "tls_protocol": ["$ssl_protocol"],
    "upstream_addr": [
      "$upstream_addr", "$target", "$backend", "$ServiceURL", "%UPSTREAM_HOST%", "upstream_host",
      "properties.serverRouted", "upstream",
    ],
    "upstream_s": ["$target_processing_time", "$backend_processing_time"],
    "upstream_status": [
      "$upstream_status", "$target_status_code", "$backend_status_code", "properties.serverStatus",
      "OriginStatus", "targetResponseCode",
    ],
    "user": ["$remote_user", "%u", "cs-username", "ClientUsername", "user_id", "userName"],
    "user_agent_captured": ["capture.req.hdr(1)"],
    "x_forwarded_for": [
      "$http_x_forwarded_for", "%{X-Forwarded-For}i", "%REQ(X-FORWARDED-FOR)%", "x_forwarded_for",
      "x-forwarded-for",
    ],
  ]

  /// `api_key_absent` and `user_agent_b64` assert what is asserted of `api_key`, `user_agent`.
  static func base(of field: String) -> (name: String, form: Form) {
    if field.hasSuffix("_absent") { return (String(field.dropLast(7)), .absent) }
    if field.hasSuffix("_b64") { return (String(field.dropLast(4)), .base64) }
    return (field, .plain)
  }

  enum Form { case plain, absent, base64 }
}
