internal import Glibc

/// Small questions to the system that several files of this module ask.
enum SystemCall {
  /// What the system says about an `errno`.
  static func message(_ code: Int32) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }

  /// What lies at `path`, symbolic links followed.
  static func status(of path: String) throws(IngestError) -> FileStatus {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      let reason: IngestError.Reason =
        code == ENOENT || code == ENOTDIR ? .notFound : .unreadable(errno: code)
      throw IngestError(path: path, reason: reason)
    }
    return FileStatus(status)
  }
}

/// The part of `stat` that this module looks at.
struct FileStatus: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case regular
    case folder
    case pipe
    case other(String)
  }

  /// Two names of one file have the same identity while both exist; it must not be stored,
  /// because a file system gives a freed number to the next file.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  let kind: Kind
  let byteCount: Int64
  let identity: Identity
  /// When it was last written to: seconds and nanoseconds.
  let modified: [Int]

  init(_ status: stat) {
    modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
    byteCount = Int64(status.st_size)
    identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFIFO: .pipe
      case S_IFSOCK: .other("a socket")
      case S_IFCHR, S_IFBLK: .other("a device")
      default: .other("a special file")
      }
  }
}
