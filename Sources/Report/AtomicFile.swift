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
    // Addresses and lines of a log are not for everybody; a file that was there keeps its mode.
    var old = stat()
    let mode = stat(target, &old) == 0 ? old.st_mode & 0o777 : 0o600
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw systemFault() }
    do throws(Fault) {
      defer { close(descriptor) }
      fchmod(descriptor, mode)
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
    let target = resolved(path)
    let end = target.lastIndex(of: "/")
    let folder = end.map { $0 == target.startIndex ? "/" : String(target[..<$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else { throw systemFault() }
  }

  /// Where the bytes go: links are followed, also one whose target is not there yet.
  private static func resolved(_ path: String, depth: Int = 0) -> String {
    if let real = realpath(path, nil) {
      defer { free(real) }
      return String(cString: real)
    }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &buffer, Int(PATH_MAX))
    guard count > 0, depth < 40 else { return path }
    let link = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    return resolved(link.hasPrefix("/") ? link : folder + link, depth: depth + 1)
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
