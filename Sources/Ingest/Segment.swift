/// One input file of a source: a live log, a rotated one, a pipe, or standard input. It is a
/// name and what the file system said when it was found; nothing is open.
public struct Segment: Hashable, Sendable {
  /// The path that stands for standard input.
  public static let standardInput = "-"

  public let path: String
  /// Its size on disk in bytes; nil for a pipe, whose end is not known.
  public let byteCount: Int64?
  /// How often it was rotated, by its name: 0 for the live log, and higher is older. A hint, for
  /// segments that hold no time.
  public let rotation: Rotation

  /// Whether its bytes can be read only once.
  public var isStream: Bool { byteCount == nil }

  /// Finds what is at `path`. Refuses what is neither a file nor a pipe.
  public init(path: String) throws(IngestError) {
    if path == Self.standardInput {
      try self.init(path: path, status: FileDescriptor.standardInput().status())
    } else {
      try self.init(path: path, status: SystemCall.status(of: path))
    }
  }

  init(path: String, status: FileStatus) throws(IngestError) {
    self.path = path
    rotation = path == Self.standardInput ? .live : Rotation(path: path)
    byteCount =
      switch status.kind {
      case .regular: path == Self.standardInput ? nil : status.byteCount
      case .pipe: nil
      case .folder: throw IngestError(path: path, reason: .notAFile(kind: "a folder"))
      case .other(let kind):
        // A terminal or /dev/null as standard input is what the user asked for.
        if path == Self.standardInput {
          nil
        } else {
          throw IngestError(path: path, reason: .notAFile(kind: kind))
        }
      }
  }

  func openFile() throws(IngestError) -> FileDescriptor {
    if path == Self.standardInput { return .standardInput() }
    let file = try FileDescriptor(reading: path)
    // What was a file when it was listed may have become a device since.
    _ = try Segment(path: path, status: file.status())
    file.adviseSequential()
    return file
  }
}
