/// One input file of a source: a live log, a rotated one, a pipe, or standard input. It is a
/// name and what the file system said when it was found; nothing is open.
public struct Segment: Sendable {
  /// The path that stands for standard input.
  public static let standardInput = "-"

  public let path: String
  /// Its size on disk in bytes; nil for a pipe, whose end is not known.
  public let byteCount: Int64?
  /// How often it was rotated, by its name: 0 for the live log, and higher is older. A hint, for
  /// segments that hold no time.
  public let rotation: Rotation

  /// What the file system said; nil for standard input.
  let status: FileStatus?
  /// Where a stream's reader waits while only its head was looked at; nil for a file.
  let stream: OpenStream?

  /// Whether its bytes can be read only once.
  public var isStream: Bool { stream != nil }

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
    self.status = path == Self.standardInput ? nil : status
    rotation = path == Self.standardInput ? .live : Rotation(path: path)
    switch status.kind {
    case .regular where path != Self.standardInput:
      byteCount = status.byteCount
      stream = nil
    case .folder: throw IngestError(path: path, reason: .notAFile(kind: "a folder"))
    // A terminal or /dev/null as standard input is what the user asked for.
    case .other(let kind) where path != Self.standardInput:
      throw IngestError(path: path, reason: .notAFile(kind: kind))
    case .regular, .pipe, .other:
      byteCount = nil
      stream = OpenStream()
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

extension Segment: Hashable {
  public static func == (a: Segment, b: Segment) -> Bool { a.path == b.path }

  public func hash(into hasher: inout Hasher) { hasher.combine(path) }
}

extension Segment {
  /// The first decompressed bytes, up to the first fault.
  public func head(byteCountMax: Int) throws(IngestError) -> [UInt8] {
    if let stream { return try stream.peek(self, byteCountMax: byteCountMax) }
    var reader = try SegmentReader(self, chunkBytes: byteCountMax)
    return try reader.peek(byteCountMax)
  }

  /// The last decompressed bytes; all of the segment is read for them.
  public func tail(byteCountMax: Int) throws(IngestError) -> [UInt8] {
    var reader = try SegmentReader(self)
    var tail: [UInt8] = []
    while let event = try reader.next() {
      guard case .chunk(let bytes, _) = event else { continue }
      let missing = byteCountMax - bytes.count
      tail = (missing > 0 ? Array(tail[max(tail.count - missing, 0)...]) : [])
      tail += bytes[max(bytes.count - byteCountMax, 0)...]
    }
    return tail
  }
}
