public import AccessLog

/// A field of a record that an expression or a rule may name.
public enum RequestField: Hashable, Sendable {
  case method, host, route, path, status, throttled, `protocol`
  case clientIP, userAgent, referrer, requestID
  case bytesIn, bytesOut, latencyMilliseconds
  /// The first parameter of that name in the query, decoded.
  case query(String)

  enum ValueType {
    case text, number, truth

    /// As a person calls it.
    var name: String {
      switch self {
      case .text: "text"
      case .number: "number"
      case .truth: "true or false"
      }
    }
  }

  /// The word for it in a rule file, its type and its meaning; `query` stands apart, as it has a
  /// name of its own.
  private static let named: [Entry] = [
    ("method", .method, .text, "In upper case."),
    ("host", .host, .text, "As the client named it."),
    ("route", .route, .text, "The path in which ids became `{id}`."),
    ("path", .path, .text, "As it was logged, without the query."),
    ("status", .status, .number, "The answer's; absent where there was none."),
    ("throttled", .throttled, .truth, "The gateway denied it for its rate."),
    ("protocol", .protocol, .text, "`HTTP/1.1`."),
    ("client_ip", .clientIP, .text, "Who called; see also `cidr`."),
    ("user_agent", .userAgent, .text, "As the client named itself."),
    ("referrer", .referrer, .text, "Where the client says that it came from."),
    ("request_id", .requestID, .text, "The gateway's."),
    ("bytes_in", .bytesIn, .number, "Bytes that came with the request."),
    ("bytes_out", .bytesOut, .number, "Bytes of the answer."),
    ("latency_ms", .latencyMilliseconds, .number, "How long it took, milliseconds."),
  ]

  private typealias Entry = (word: String, field: RequestField, type: ValueType, meaning: String)

  /// Every field but those with a name of their own, for a page of them.
  public static var table: [(word: String, type: String, meaning: String)] {
    named.map { ($0.word, $0.type.name, $0.meaning) }
      + [
        ("query[\"NAME\"]", ValueType.text.name, "The first parameter NAME of the query, decoded.")
      ]
  }

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
