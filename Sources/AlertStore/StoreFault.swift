/// Why the database could not be opened, read or written.
///
/// It holds no value of a row, so it may be printed and logged.
public struct StoreFault: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Reason: Hashable, Sendable {
    /// The path is a symbolic link: whoever may write its folder could aim it at another file.
    case symbolicLink
    /// The path is a folder, a device, a pipe.
    case notAFile
    case notADatabase
    /// A database of another program.
    case foreignApplication
    /// There is nothing to read at the path.
    case missing
    /// It was to be read, and no Tollwatch wrote it.
    case notOurs
    /// What a stopped or running writer left beside it cannot be read from here.
    case unreadableLog
    /// It was written to while it was read without a lock.
    case changed
    /// Written by a later Tollwatch, whose tables this one does not know.
    case newerVersion(found: Int, known: Int)
    /// The fingerprints in it were made with another key, and cannot be compared with these.
    case otherFingerprintKey(stored: String, given: String)
    /// Another writer holds it.
    case inUse
    /// The disk, or the bound of ``StoreSettings/bytesMax``.
    case full
    case readOnly
    case damaged
    case inputOutput
    /// ``AlertStore/close()`` came first.
    case closed
    /// A value that the tables do not take: a mistake of ours.
    case rejected
    case other
  }

  public var reason: Reason
  public var path: String
  /// What the system said, where that helps.
  public var detail: String?

  public init(_ reason: Reason, path: String, detail: String? = nil) {
    self.reason = reason
    self.path = path
    self.detail = detail
  }

  /// Whether it may end without anybody changing what was asked for, as a full disk does.
  public var mayPass: Bool {
    switch reason {
    case .full, .inputOutput, .readOnly: true
    default: false
    }
  }

  public var description: String {
    "\(path): \(sentence)" + (detail.map { " (\($0))" } ?? "")
  }

  private var sentence: String {
    switch reason {
    case .symbolicLink: "is a symbolic link; name the database file itself"
    case .notAFile: "is not a regular file"
    case .notADatabase: "is not an SQLite database"
    case .foreignApplication: "is the database of another program; name a new file"
    case .missing: "there is no such database"
    case .notOurs: "is not a database that Tollwatch wrote"
    case .unreadableLog:
      "has a write-ahead log beside it that cannot be read here; "
        + "copy both to a folder that you may write to"
    case .changed: "was written to while it was read; run the command again"
    case .newerVersion(let found, let known):
      "was written by a later Tollwatch (version \(found) of its tables, this one knows \(known))"
    case .otherFingerprintKey(let stored, let given):
      "holds fingerprints made with key \(stored), this run uses key \(given); "
        + "use that key or name a new file"
    case .inUse: "is in use by another writer"
    case .full: "cannot grow: the disk or the bound set for it is full; nothing was written"
    case .readOnly: "cannot be written"
    case .damaged: "is damaged"
    case .inputOutput: "cannot be read or written"
    case .closed: "was closed"
    case .rejected: "does not take a value; nothing was written"
    case .other: "failed"
    }
  }
}
