import Glibc

/// What the file system says of a file, for finding out whether it is still the same.
struct FileState: Hashable, Sendable {
  private(set) var byteCount: Int64
  private var device: UInt
  private var inode: UInt
  private var modified: [Int]

  /// Of the file at `path`, or what a symbolic link there leads to; `nil` where there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    byteCount = Int64(status.st_size)
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    modified = [
      status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
    ]
  }

  /// Of the regular file at `path`; whatever else there is, or is not, is a fault of `shown`.
  static func required(at path: String, shown: String) throws(StoreFault) -> FileState {
    guard !shown.isEmpty, !shown.utf8.contains(0) else { throw StoreFault(.notAFile, path: shown) }
    var status = stat()
    guard stat(path, &status) == 0 else {
      let isMissing = errno == ENOENT || errno == ENOTDIR
      throw StoreFault(
        isMissing ? .missing : .inputOutput, path: shown,
        detail: isMissing ? nil : String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreFault(.notAFile, path: shown) }
    guard access(path, R_OK) == 0 else {
      throw StoreFault(.inputOutput, path: shown, detail: String(cString: strerror(errno)))
    }
    return FileState(status)
  }
}
