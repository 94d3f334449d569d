package import AccessLog

/// A field of a record that an expression or a rule may name.
public enum RequestField: Hashable, Sendable {
  case method, host, route, path, status, throttled, `protocol`
  case clientIP, userAgent, referrer, requestID
  case bytesIn, bytesOut, latencyMilliseconds
  case query(String)
}

public struct Expression: Hashable, Sendable {
  public let text: String

  public struct Fault: Error, Hashable, Sendable {
    public var message: String
    public var offset: Int
    public var suggestion: String?
  }

  public init(parsing text: String) throws(Fault) { self.text = text }

  /// Every field that it reads.
  public var fields: [RequestField] { [] }

  package func isTrue(of batch: borrowing RecordBatch, at index: Int) -> Bool { true }
}

extension RequestField {
  package init(parsing text: String) throws(Expression.Fault) { self = .path }
}
