public import AccessLog

/// A field of a record that an expression or a rule may name.
public enum RequestField: Hashable, Sendable {
  case method, host, route, path, status, throttled, `protocol`
  case clientIP, userAgent, referrer, requestID
  case bytesIn, bytesOut, latencyMilliseconds
  /// The first parameter of that name in the query, decoded.
  case query(String)

  enum ValueType { case text, number, truth }

  /// The word for it in a rule file, and its type; `query` stands apart, as it has a name of
  /// its own.
  private static let named: [(word: String, field: RequestField, type: ValueType)] = [
    ("method", .method, .text), ("host", .host, .text), ("route", .route, .text),
    ("path", .path, .text), ("status", .status, .number), ("throttled", .throttled, .truth),
    ("protocol", .protocol, .text), ("client_ip", .clientIP, .text),
    ("user_agent", .userAgent, .text), ("referrer", .referrer, .text),
    ("request_id", .requestID, .text), ("bytes_in", .bytesIn, .number),
    ("bytes_out", .bytesOut, .number), ("latency_ms", .latencyMilliseconds, .number),
  ]

  static var words: [String] { named.map(\.word) + ["query"] }

  init?(word: String) {
    guard let entry = Self.named.first(where: { $0.word == word }) else { return nil }
    self = entry.field
  }

  /// Reads one field and nothing else: `path`, `query["sku"]`.
  package init(parsing text: String) throws(Expression.Fault) {
    var parser = try ExpressionParser(text)
    self = try parser.wholeField()
  }

  /// As a rule file writes it.
  public var word: String {
    if case .query(let name) = self { return "query[\"\(name)\"]" }
    return Self.named.first { $0.field == self }?.word ?? ""
  }

  var type: ValueType { Self.named.first { $0.field == self }?.type ?? .text }

  /// Few different values, shared by many requests.
  var isPartOfClass: Bool {
    switch self {
    case .method, .route, .status, .throttled: true
    default: false
    }
  }

  /// What must be filled for it; path, query and address always are.
  public var columns: RecordColumns {
    switch self {
    case .host: .host
    case .protocol: .protocol
    case .userAgent: .userAgent
    case .referrer: .referrer
    case .requestID: .requestID
    case .bytesIn, .bytesOut: .bytes
    case .latencyMilliseconds: .latency
    case .method, .route, .path, .status, .throttled, .clientIP, .query: []
    }
  }
}
