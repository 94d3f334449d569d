internal import Glibc

/// Tells that something happened in some folders, so that nobody needs to look again and again. It
/// may tell too much, and on some file systems too little: whoever uses it looks now and then all
/// the same.
public final class FolderWatch {
  /// Becomes readable when something happened.
  public let descriptor: Int32

  /// Watches the folders of files, folders and globs; nil where the system cannot.
  public init?(_ paths: [String]) {
    let descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return nil }
    let folders = Set(paths + paths.map(LogLook.folder))
    let events = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_ATTRIB)
    var count = 0
    for folder in folders where inotify_add_watch(descriptor, folder, events) >= 0 { count += 1 }
    guard count > 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Forgets what happened.
  public func drain() {
    var bytes = [UInt8](repeating: 0, count: 16 * 1024)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
