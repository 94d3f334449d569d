internal import ReadPermission

/// Why an input could not be read at all: its path, what the system said, and what the user can
/// do about it. Faults inside an input that can be read are events (``SegmentFault``), not errors.
public struct IngestError: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// No file has this name, or no file fits this glob.
    case notFound
    /// `open`, `stat` or a directory walk failed with this `errno`.
    case unreadable(errno: Int32)
    /// A read in the middle failed with this `errno`; what came before was delivered.
    case readFailed(errno: Int32)
    /// Neither a file, a folder, a pipe nor standard input.
    case notAFile(kind: String)
    /// Compressed in a way that this build does not read; `filter` is the command that does.
    case unsupported(format: String, filter: String)
    /// A pipe or standard input gives its bytes only once.
    case alreadyRead
    /// More files than ``LogFiles/fileCountMax``.
    case tooManyFiles
  }

  public let path: String
  public let reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension IngestError: CustomStringConvertible {
  public var description: String {
    switch reason {
    case .notFound: "\(path): no such file, folder or match"
    case .unreadable(let code): "\(path): \(SystemCall.message(code))\(remedy(code))"
    case .readFailed(let code): "\(path): reading stopped: \(SystemCall.message(code))"
    case .notAFile(let kind): "\(path): is \(kind), not a log file"
    case .unsupported(let format, let filter): unsupported(format, filter)
    case .alreadyRead: "\(path): a pipe can be read only once"
    case .tooManyFiles: "\(path): more than \(LogFiles.fileCountMax) files; name fewer"
    }
  }

  private func unsupported(_ format: String, _ filter: String) -> String {
    // tar takes the name of its input behind -f, also that of standard input.
    let filter = TarArchive.filter(ofName: path) ?? filter
    let isNamed = path != Segment.standardInput || filter.hasPrefix("tar")
    let input = isNamed ? "\(filter) \(ShellWord.quoted(path))" : filter
    return "\(path): \(format) is not read by this build; use: \(input) | tollwatch replay … -"
  }

  /// The command that makes a file readable, where the obstacle is a permission.
  private func remedy(_ code: Int32) -> String {
    guard ReadPermission.isPermission(code) else { return "" }
    return "; to permit it: \(ReadPermission.command(for: path))"
  }
}
