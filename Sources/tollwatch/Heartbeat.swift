import Glibc

/// A file whose time of change says that a service is alive and can write its database, so that
/// somebody else notices when it is not.
enum Heartbeat {
  /// False where it cannot be touched.
  static func touch(_ path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
    guard file >= 0 else { return false }
    defer { close(file) }
    return futimens(file, nil) == 0
  }
}
