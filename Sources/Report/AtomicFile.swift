import Glibc

/// Files that are there whole or not at all.
public enum AtomicFile {
  /// Why a file could not be written, in the system's words.
  public struct Fault: Error, Hashable, CustomStringConvertible {
    public var description: String
  }

  /// Writes `text` beside `path` and moves it there once all of it is on the disk. What stood
  /// there stays until then; what is no file is not replaced.
  public static func write(_ text: String, to path: String) throws(Fault) {
    try check(path)
    // A link stays a link: what it points to is replaced.
    let target = resolved(path)
    let temporary = "\(target).\(getpid()).tmp"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw systemFault() }
    do throws(Fault) {
      defer { close(descriptor) }
      try write(text, to: descriptor)
      guard fsync(descriptor) == 0 else { throw systemFault() }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let fault = systemFault()
      unlink(temporary)
      throw fault
    }
  }

  /// Whether ``write(_:to:)`` may be expected to succeed, for telling it early.
  public static func check(_ path: String) throws(Fault) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw Fault(description: "it is there and is no file")
    }
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else { throw systemFault() }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func write(_ text: String, to descriptor: Int32) throws(Fault) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count >= 0 { written += count } else if errno != EINTR { throw systemFault() }
    }
  }

  private static func systemFault() -> Fault {
    Fault(description: String(cString: strerror(errno)))
  }
}
