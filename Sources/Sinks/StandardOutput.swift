public import Detection
import Glibc

/// Alerts on standard output, or another open descriptor: one JSON object a line, or blocks of
/// text for people.
///
/// What was given is written when 64 KiB have gathered, and at ``flush()``. An alert counts as
/// delivered when its last byte was taken.
public struct StandardOutput: AlertSink {
  public static let name = "stdout"

  public enum Form: Sendable {
    case jsonLines
    case text(AlertText)
  }

  public private(set) var counts = SinkCounts()
  private let descriptor: Int32
  private let form: Form
  private var buffer: [UInt8] = []
  private var told = ToldEvidence()
  /// Where each waiting alert ends in `buffer`.
  private var ends: [Int] = []
  private var fault: SinkFault?

  private static let bufferBytesMax = 64 << 10

  /// A reader that goes away must not end the process: `SIGPIPE` is ignored from here on.
  public init(_ form: Form, descriptor: Int32 = 1) {
    self.form = form
    self.descriptor = descriptor
    signal(SIGPIPE, SIG_IGN)
  }

  /// Whether `descriptor` is a terminal, for which text is meant.
  public static func isTerminal(_ descriptor: Int32 = 1) -> Bool {
    isatty(descriptor) == 1
  }

  public mutating func deliver(_ alerts: [Alert]) throws(SinkFault) {
    for index in alerts.indices {
      if let fault {
        counts.undelivered += alerts.count - index
        throw fault
      }
      append(alerts[index])
      ends.append(buffer.count)
      guard buffer.count >= Self.bufferBytesMax else { continue }
      do throws(SinkFault) {
        try flush()
      } catch {
        counts.undelivered += alerts.count - index - 1
        throw error
      }
    }
  }

  public mutating func flush() throws(SinkFault) {
    if let fault { throw fault }
    let (written, fault) = Self.write(buffer, to: descriptor)
    counts.bytesWritten += Int64(written)
    let delivered = ends.count { $0 <= written }
    counts.delivered += delivered
    counts.undelivered += ends.count - delivered
    buffer.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    guard let fault else { return }
    // The target may have half a line: nothing can follow it.
    self.fault = fault
    throw fault
  }

  private mutating func append(_ alert: Alert) {
    switch form {
    case .jsonLines:
      alert.writeJSON(into: &buffer)
      buffer.append(UInt8(ascii: "\n"))
    case .text(let text):
      text.write(told.leavingNew(of: alert), into: &buffer)
    }
  }

  /// Writes all of `bytes`, however little the target takes at a time.
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> (Int, SinkFault?) {
    bytes.withUnsafeBytes { raw in
      var written = 0
      while written < raw.count {
        let count = Glibc.write(descriptor, raw.baseAddress! + written, raw.count - written)
        if count >= 0 {
          written += count
          continue
        }
        switch errno {
        case EINTR: continue
        case EAGAIN: waitUntilWritable(descriptor)
        case EPIPE: return (written, .closed)
        default: return (written, .failed(String(cString: strerror(errno))))
        }
      }
      return (written, nil)
    }
  }

  /// A descriptor that another program made non-blocking is waited for; a reader that went
  /// away ends the wait too.
  private static func waitUntilWritable(_ descriptor: Int32) {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&request, 1, -1)
  }
}
