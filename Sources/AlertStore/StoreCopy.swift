import GRDB
import Glibc

/// Copies of a database as a whole: made while a service writes to it, put in its place while none
/// does.
public enum StoreCopy {
  /// Writes what the database at `path` holds at this moment to a new file at `target`, readable by
  /// its owner alone, and makes sure that it can be read.
  public static func write(of path: String, to target: String) throws(StoreFault) {
    let reader = try AlertReader.open(path: path)
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw StoreFault(.inputOutput, path: target, detail: String(cString: strerror(errno)))
    }
    close(descriptor)
    do {
      try reader.copy(to: target)
      try check(target)
    } catch {
      unlink(target)
      throw (error as? StoreFault) ?? StoreFault(.other, path: target)
    }
  }

  /// Whether the database is whole; all of it is read.
  public static func check(_ path: String) throws(StoreFault) {
    let reader = try AlertReader.open(path: path)
    let words: String?
    do {
      words = try reader.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
    } catch { throw (error as? StoreFault) ?? StoreFault(.other, path: path) }
    guard words == "ok" else { throw StoreFault(.damaged, path: path, detail: words) }
  }

  /// Puts `file`, which lies beside it, in the place of the database at `path`, to which nobody may
  /// be writing. What was there is then at `old`; nil where nothing was.
  public static func install(
    _ file: String, at path: String, keeping old: String?
  ) throws(StoreFault) {
    if let old {
      // Whoever holds it is writing. Closing moves the write-ahead log into it, which would else be
      // taken for one of the new database.
      let store = try AlertStore.open(path: path, createdBy: "")
      try store.close()
      for ending in ["-wal", "-shm"] { unlink(path + ending) }
      guard rename(path, old) == 0 else { throw fault(path) }
    }
    guard rename(file, path) == 0 else { throw fault(path) }
  }

  private static func fault(_ path: String) -> StoreFault {
    StoreFault(.inputOutput, path: path, detail: String(cString: strerror(errno)))
  }
}

extension AlertReader {
  /// All pages as they are at one moment, into the empty file at `target`.
  fileprivate func copy(to target: String) throws {
    try StoreFault.catching(at: target) {
      let queue = try DatabaseQueue(path: target)
      try backup(to: queue)
      // One file, without a write-ahead log beside it, that a medium for reading only will hold.
      try queue.writeWithoutTransaction { db in
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
    }
  }
}
