internal import Glibc

/// An open file, owned: it is closed exactly once, when its owner goes. Standard input is
/// borrowed from the process and stays open.
struct FileDescriptor: ~Copyable {
  let path: String
  /// Whether ``seek(to:)`` works: in a file, not in a pipe.
  let isSeekable: Bool
  private let number: Int32
  private let isOwned: Bool

  /// Opens `path` for reading. A pipe waits here for its writer.
  init(reading path: String) throws(IngestError) {
    var number: Int32
    repeat {
      number = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    } while number < 0 && errno == EINTR
    guard number >= 0 else {
      throw IngestError(path: path, reason: .unreadable(errno: errno))
    }
    self.path = path
    self.number = number
    isOwned = true
    isSeekable = lseek(number, 0, SEEK_CUR) == 0
  }

  private init(standardInput path: String) {
    self.path = path
    number = STDIN_FILENO
    isOwned = false
    // Even if it is a file: it may begin in the middle, where somebody else has left it.
    isSeekable = false
  }

  static func standardInput() -> FileDescriptor {
    FileDescriptor(standardInput: Segment.standardInput)
  }

  deinit {
    if isOwned { close(number) }
  }

  func status() throws(IngestError) -> FileStatus {
    var status = stat()
    guard fstat(number, &status) == 0 else {
      throw IngestError(path: path, reason: .unreadable(errno: errno))
    }
    return FileStatus(status)
  }

  /// Tells the kernel to read ahead; a refusal costs nothing.
  func adviseSequential() {
    _ = posix_fadvise(number, 0, 0, POSIX_FADV_SEQUENTIAL)
  }

  func seek(to offset: Int64) {
    precondition(isSeekable && lseek(number, Int(offset), SEEK_SET) == offset)
  }

  /// Whether a read would return at once, with bytes or with the end.
  func isReady() -> Bool {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    return poll(&request, 1, 0) != 0
  }

  /// Reads what is there, at most `buffer.count` bytes; 0 means the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(IngestError) -> Int {
    while true {
      let count = Glibc.read(number, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw IngestError(path: path, reason: .readFailed(errno: errno)) }
    }
  }

  /// Bytes at a place of their own; fewer at the end of the file.
  func bytes(at offset: Int64, count: Int) throws(IngestError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        pread(number, buffer.baseAddress! + filled, count - filled, Int(offset) + filled)
      }
      if read == 0 { break }
      if read > 0 {
        filled += read
      } else if errno != EINTR {
        throw IngestError(path: path, reason: .readFailed(errno: errno))
      }
    }
    return Array(bytes.prefix(filled))
  }
}
