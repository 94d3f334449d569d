import Glibc
import Synchronization

/// The database file before SQLite sees it: made with the rights of its owner alone, never
/// reached through a symbolic link, and held by one writer.
///
/// The lock is an advisory one on the file itself (`flock`), apart from those of SQLite: readers
/// are not kept out, and nothing is left behind when a process dies.
final class StoreFile: Sendable {
  /// As SQLite gets it: never one of its own words, such as `:memory:` or `file:…`.
  let path: String
  private let identity: Identity
  /// `nil` once it was given back.
  private let descriptor: Mutex<Int32?>

  private struct Identity: Hashable {
    var device: UInt
    var inode: UInt

    init(_ status: stat) {
      device = UInt(status.st_dev)
      inode = UInt(status.st_ino)
    }
  }

  private static let headerBytes = 100

  /// Files open in this process. A second descriptor of one of them must never be made: when it
  /// closes, the system drops the locks that SQLite holds through the first.
  private static let held = Mutex<Set<Identity>>([])

  init(path given: String) throws(StoreFault) {
    guard !given.isEmpty, !given.utf8.contains(0) else { throw StoreFault(.notAFile, path: given) }
    path = given.hasPrefix("/") ? given : "./" + given
    if let status = try Self.status(of: path) {
      let isFree = Self.held.withLock { !$0.contains(Identity(status)) }
      guard isFree else { throw StoreFault(.inUse, path: path) }
    }
    let descriptor = Glibc.open(
      path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.fault(errno, path) }
    self.descriptor = Mutex(descriptor)
    do throws(StoreFault) {
      identity = try Self.lock(descriptor, path)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    _ = Self.held.withLock { [identity] in $0.insert(identity) }
  }

  deinit { release() }

  /// Lets the next writer in; must come after SQLite closed its own descriptors.
  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor else { return }
      descriptor = nil
      _ = Self.held.withLock { $0.remove(identity) }
      Glibc.close(open)
    }
  }

  /// Whether the path still leads to the file that was checked and locked.
  func checkUnmoved() throws(StoreFault) {
    guard let status = try Self.status(of: path), Identity(status) == identity else {
      throw StoreFault(.inUse, path: path, detail: "it was replaced while it was opened")
    }
  }

  private static func lock(_ descriptor: Int32, _ path: String) throws(StoreFault) -> Identity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw fault(errno, path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StoreFault(.notAFile, path: path) }
    // SQLite takes a file of one byte for an empty one, and would write over it.
    guard status.st_size == 0 || status.st_size >= headerBytes else {
      throw StoreFault(.notADatabase, path: path)
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw fault(errno, path) }
    return Identity(status)
  }

  /// Of the file at `path`, which must be a regular one; `nil` where there is none.
  private static func status(of path: String) throws(StoreFault) -> stat? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw fault(errno, path)
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return status
    case S_IFLNK: throw StoreFault(.symbolicLink, path: path)
    default: throw StoreFault(.notAFile, path: path)
    }
  }

  private static func fault(_ code: Int32, _ path: String) -> StoreFault {
    let reason: StoreFault.Reason =
      switch code {
      case ELOOP: .symbolicLink
      case EWOULDBLOCK: .inUse
      case EISDIR: .notAFile
      case EACCES, EPERM, EROFS: .readOnly
      case ENOSPC, EDQUOT: .full
      default: .inputOutput
      }
    return StoreFault(reason, path: path, detail: String(cString: strerror(code)))
  }
}
