/// Templates whose variables are `%COMMAND(argument):length%`: Envoy.
struct EnvoyTemplate {
  private(set) var template = Template(escape: .none)

  /// `%START_TIME(%Y-%m-%d)%` taken apart.
  private struct Command {
    var name: String
    var argument: String?
    var spelling: String
    var offset: Int
  }

  init(_ text: String) throws(FormatFault) {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%") else {
        template.append(bytes[index])
        index += 1
        continue
      }
      if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "%") {
        template.append(bytes[index])
        index += 2
        continue
      }
      let command = try Self.command(bytes, &index)
      try template.append(
        try EnvoyVariables.variable(
          command.name, command.argument, spelling: command.spelling, at: command.offset))
    }
    template = template.joiningRequest
    template.stampsAreUTC = !text.contains("_TIME_LOCAL")
  }

  /// The command whose percent sign stands at `index`; moves behind the other one.
  private static func command(
    _ bytes: [UInt8], _ index: inout Int
  ) throws(FormatFault) -> Command {
    let start = index
    var end = start + 1
    while end < bytes.count, bytes[end].isLetter || bytes[end].isDigit || bytes[end] == 0x5f {
      end += 1
    }
    let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
    var argument: String?
    if end < bytes.count, bytes[end] == UInt8(ascii: "(") {
      // The argument may have percent signs and parentheses of its own.
      guard let close = closing(bytes, from: end + 1) else {
        throw FormatFault("'%\(name)(' without ')%'", at: start)
      }
      argument = String(decoding: bytes[end + 1..<close], as: UTF8.self)
      end = close + 1
    }
    if end < bytes.count, bytes[end] == ASCII.colon {
      end += 1
      while end < bytes.count, bytes[end].isDigit { end += 1 }
    }
    guard !name.isEmpty, end < bytes.count, bytes[end] == UInt8(ascii: "%") else {
      throw FormatFault(
        "'%\(name)' is never closed", at: start, suggestion: "%\(name)%, or %% for a percent sign")
    }
    index = end + 1
    return Command(
      name: name, argument: argument,
      spelling: String(decoding: bytes[start...end], as: UTF8.self), offset: start)
  }

  /// The parenthesis behind which the command ends.
  private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + 1 < bytes.count {
      defer { index += 1 }
      guard bytes[index] == UInt8(ascii: ")") else { continue }
      var end = index + 1
      if bytes[end] == ASCII.colon {
        end += 1
        while end < bytes.count, bytes[end].isDigit { end += 1 }
      }
      if end < bytes.count, bytes[end] == UInt8(ascii: "%") { return index }
    }
    return nil
  }
}

extension Template {
  /// With a quoted method, target and protocol as the one request that they are: so a quote in
  /// the target cannot be taken for its end.
  fileprivate var joiningRequest: Template {
    var joined = Template(escape: escape)
    joined.append(literals[0])
    var index = 0
    while index < variables.count {
      let slots = variables[index...].prefix(3).map(\.slot)
      let isRequest =
        slots == [.method, .target, .protocol] && literals[index].last == ASCII.quote
        && literals[index + 1] == [ASCII.space] && literals[index + 2] == [ASCII.space]
        && literals[index + 3].first == ASCII.quote
      let count = isRequest ? 3 : 1
      joined.append(joining: variables[index...].prefix(count), as: .request)
      index += count
      joined.append(literals[index])
    }
    return joined
  }
}

/// What Envoy's commands mean, and in which unit they are logged.
enum EnvoyVariables {
  static func variable(
    _ command: String, _ argument: String?, spelling: String, at offset: Int
  ) throws(FormatFault) -> TemplateVariable {
    var variable = TemplateVariable(spelling, at: offset)
    switch command {
    case "START_TIME", "START_TIME_LOCAL", "EMIT_TIME", "EMIT_TIME_LOCAL":
      try variable.takeEnvoyStamp(command, argument)
    case "REQ", "REQ_WITHOUT_QUERY":
      guard let argument else { throw needsArgument(command, offset) }
      return header(argument, spelling: spelling, at: offset)
    case "RESP", "TRAILER":
      guard let argument else { throw needsArgument(command, offset) }
      variable = .responseHeader(argument, spelling: spelling, at: offset)
      if argument.lowercased().hasPrefix("x-envoy-upstream-service-time") {
        variable.takeInteger(.upstreamLatency, .milliseconds)
      }
    case "PROTOCOL": variable.take(.protocol)
    case "RESPONSE_CODE": variable.takeInteger(.status)
    case "RESPONSE_FLAGS", "RESPONSE_FLAGS_LONG": variable.take(.throttled, .envoyFlags)
    case "RESPONSE_CODE_DETAILS": variable.take(.throttled, .envoyDetails)
    case "BYTES_RECEIVED": variable.takeInteger(.bytesIn)
    case "BYTES_SENT": variable.takeInteger(.bytesOut)
    case "DURATION": variable.takeInteger(.latency, .milliseconds)
    case "COMMON_DURATION": variable.takeEnvoyDuration(argument)
    case "REQUEST_DURATION", "RESPONSE_DURATION", "RESPONSE_TX_DURATION",
      "DOWNSTREAM_HANDSHAKE_DURATION", "ROUNDTRIP_DURATION", "CONNECTION_ID", "GRPC_STATUS_NUMBER",
      "UPSTREAM_REQUEST_ATTEMPT_COUNT":
      variable.shape = .integer
    case "DOWNSTREAM_REMOTE_ADDRESS", "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
      variable.take(.address)
      variable.hiding = .unlessAddress
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS", "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
      variable.take(.address, rank: 2)
      variable.hiding = .unlessAddress
    case "ROUTE_NAME": variable.take(.route)
    case "UPSTREAM_CLUSTER": variable.take(.api)
    case "UPSTREAM_CLUSTER_RAW": variable.take(.api, rank: 1)
    case "STREAM_ID", "UNIQUE_ID": variable.take(.requestID, rank: 5)
    case "DYNAMIC_METADATA", "FILTER_STATE", "METADATA", "PER_REQUEST_STATE", "QUERY_PARAM":
      variable.shape = .client
      variable.hiding = .always
      if let argument { variable.aliases = [argument] }
    case "PATH": variable.takePath(argument)
    case "QUERY_PARAMS":
      variable.take(.query)
      variable.shape = .clientWord
    case "DOWNSTREAM_PEER_SUBJECT", "DOWNSTREAM_PEER_ISSUER", "DOWNSTREAM_PEER_URI_SAN",
      "DOWNSTREAM_PEER_DNS_SAN", "CEL":
      variable.shape = .client
    case "UPSTREAM_TRANSPORT_FAILURE_REASON", "DOWNSTREAM_TRANSPORT_FAILURE_REASON",
      "CONNECTION_TERMINATION_DETAILS", "LOCAL_REPLY_BODY", "UPSTREAM_PEER_SUBJECT",
      "UPSTREAM_PEER_ISSUER":
      variable.isPhrase = true
    case "REQUESTED_SERVER_NAME": variable.shape = .clientWord
    default:
      variable.isUnknown = !others.contains(command) && !command.contains("STREAM_")
    }
    return variable
  }

  static func nearest(to spelling: String) -> String? {
    let name = String(spelling.dropFirst().prefix { $0 != "(" && $0 != "%" && $0 != ":" })
    return Spelling.nearest(name, among: known + others).map { "%\($0)%" }
  }

  /// `X-ENVOY-ORIGINAL-PATH?:PATH`: the first that the request has.
  private static func header(
    _ argument: String, spelling: String, at offset: Int
  ) -> TemplateVariable {
    let names = argument.split(separator: "?").map { $0.lowercased() }
    var variable = TemplateVariable.requestHeader(
      names.first ?? argument, spelling: spelling, at: offset)
    for name in names {
      switch name {
      case ":method": variable.take(.method)
      case ":path", "x-envoy-original-path": variable.take(.target)
      default: continue
      }
      variable.shape = .clientWord
    }
    // Where one of several is a secret, all of them are.
    if names.contains(where: { Hiding.ofRequestHeader($0) == .always }) {
      variable.hiding = .always
    }
    return variable
  }

  private static func needsArgument(_ command: String, _ offset: Int) -> FormatFault {
    FormatFault(
      "'%\(command)%' does not say which header", at: offset,
      suggestion: "%\(command)(USER-AGENT)%")
  }

  private static let known = """
    START_TIME REQ RESP TRAILER PROTOCOL RESPONSE_CODE RESPONSE_FLAGS BYTES_RECEIVED BYTES_SENT \
    DURATION COMMON_DURATION REQUEST_DURATION RESPONSE_DURATION RESPONSE_TX_DURATION DOWNSTREAM_REMOTE_ADDRESS \
    DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS \
    DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT ROUTE_NAME UPSTREAM_CLUSTER \
    UPSTREAM_CLUSTER_RAW STREAM_ID DYNAMIC_METADATA FILTER_STATE METADATA REQUESTED_SERVER_NAME
    """.split(separator: " ").map(String.init)

  /// Those that say nothing a record has.
  private static let others = """
    RESPONSE_CODE_DETAILS RESPONSE_FLAGS_LONG CONNECTION_TERMINATION_DETAILS \
    REQUEST_HEADERS_BYTES RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES UPSTREAM_HOST \
    UPSTREAM_HOST_NAME UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS \
    UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_LOCAL_PORT UPSTREAM_REMOTE_ADDRESS \
    UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT UPSTREAM_REMOTE_PORT UPSTREAM_TRANSPORT_FAILURE_REASON \
    UPSTREAM_PROTOCOL UPSTREAM_METADATA UPSTREAM_PEER_SUBJECT UPSTREAM_TLS_VERSION \
    UPSTREAM_TLS_CIPHER UPSTREAM_WIRE_BYTES_SENT UPSTREAM_WIRE_BYTES_RECEIVED \
    UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_CONNECTION_ID \
    UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_FILTER_STATE DOWNSTREAM_LOCAL_ADDRESS \
    DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_PORT DOWNSTREAM_REMOTE_PORT \
    DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_TLS_VERSION DOWNSTREAM_TLS_CIPHER \
    DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_ISSUER \
    DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256 \
    DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_LOCAL_SUBJECT \
    DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_WIRE_BYTES_SENT \
    DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_HEADER_BYTES_RECEIVED \
    DOWNSTREAM_TRANSPORT_FAILURE_REASON VIRTUAL_CLUSTER_NAME GRPC_STATUS CLUSTER_METADATA \
    HOSTNAME ENVIRONMENT TRACE_ID PATH QUERY_PARAMS ACCESS_LOG_TYPE LOCAL_REPLY_BODY TLS_JA3_FINGERPRINT \
    TLS_JA4_FINGERPRINT JA3_FINGERPRINT JA4_FINGERPRINT CEL ROUTE_METADATA
    """.split(separator: " ").map(String.init)
}

extension TemplateVariable {
  /// `WQ`, or nothing, is with the query, `NQ` without; `ORIG` behind a colon is the path before
  /// Envoy wrote it anew.
  fileprivate mutating func takePath(_ argument: String?) {
    let isBare = argument?.hasPrefix("NQ") == true
    let isCurrent = argument?.hasSuffix(":PATH") == true
    take(isBare ? .path : .target, rank: isCurrent ? 1 : 0)
    shape = .clientWord
  }

  /// `DS_RX_BEG:DS_TX_END:us`: between any two moments, of which these two are the request's
  /// first and the answer's last byte; in milliseconds, microseconds or nanoseconds.
  fileprivate mutating func takeEnvoyDuration(_ argument: String?) {
    shape = .integer
    let words = argument?.split(separator: ":") ?? []
    guard words.count == 3, words[0] == "DS_RX_BEG", words[1] == "DS_TX_END" else { return }
    switch words[2] {
    case "ms": takeInteger(.latency, .milliseconds, rank: 1)
    case "us": takeInteger(.latency, .microseconds, rank: 1)
    case "ns": takeInteger(.latency, .nanoseconds, rank: 1)
    default: break
    }
  }

  /// Without an argument it is `2016-04-15T20:17:00.310Z`.
  fileprivate mutating func takeEnvoyStamp(
    _ command: String, _ argument: String?
  ) throws(FormatFault) {
    let isStart = command.hasPrefix("START")
    moment = isStart ? .requestStart : .requestEnd
    let rank = isStart ? 0 : 10
    guard let argument, !argument.isEmpty else {
      guard command.hasSuffix("LOCAL") else {
        take(.time, .rfc3339, rank: rank)
        shape = .fixed(24)
        return
      }
      return takeTime(TimePattern(known: "%Y-%m-%dT%H:%M:%S.%3f%z"), rank: rank)
    }
    takeTime(try TimePattern(argument, at: offset + command.utf8.count + 2), rank: rank)
  }
}
