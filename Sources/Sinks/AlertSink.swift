public import Detection

/// Where alerts go.
///
/// To add one: write a new file in this folder named after it, and add its line to
/// ``AlertSinks/all``. A sink delivers in the order in which it was given alerts, counts what
/// it could not deliver, and never traps because its target is gone.
public protocol AlertSink: Sendable {
  /// The word that names it in a configuration.
  static var name: String { get }

  var counts: SinkCounts { get }

  /// Takes the revisions in their order. They may wait in a bounded buffer until ``flush()``.
  mutating func deliver(_ alerts: [Alert]) async throws(SinkFault)

  /// Delivers what waits.
  mutating func flush() async throws(SinkFault)
}

public enum AlertSinks {
  public static let all: [any AlertSink.Type] = [
    StandardOutput.self
  ]
}

/// What a sink did with the alerts that it was given.
public struct SinkCounts: Hashable, Sendable {
  /// Handed over whole.
  public var delivered = 0
  /// Given to the sink after its target had failed, or lost on the way.
  public var undelivered = 0
  public var bytesWritten: Int64 = 0

  public init(delivered: Int = 0, undelivered: Int = 0, bytesWritten: Int64 = 0) {
    self.delivered = delivered
    self.undelivered = undelivered
    self.bytesWritten = bytesWritten
  }
}

/// Why a target takes no more.
public enum SinkFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The reader went away, as `head` does: a reason to stop, not an error to report.
  case closed
  /// The system's words.
  case failed(String)

  public var description: String {
    switch self {
    case .closed: "the reader of the alerts is gone"
    case .failed(let words): "alerts cannot be written: \(words)"
    }
  }
}
