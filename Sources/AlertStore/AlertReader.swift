import Detection
import GRDB

/// A database of alerts as people read it: nothing is written, neither in it nor beside it.
///
/// While a writer runs the reader sees what was committed when a call began, and keeps nobody
/// waiting. A database that nobody writes to is read as the one file that it is, also in a
/// folder that is read-only; should a writer come meanwhile, the call that cannot be trusted any
/// more ends with ``StoreFault/Reason/changed``.
public final class AlertReader: Sendable {
  public let path: String
  /// How many steps of migration the database has seen: one of an older Tollwatch lacks tables.
  let version: Int
  private let queue: DatabaseQueue
  /// The file as it was when it was opened without locks; nil where SQLite's locks protect it.
  private let unlocked: FileState?

  /// Opens the database at `path` for reading; a symbolic link to it will do.
  public static func open(path: String) throws(StoreFault) -> AlertReader {
    try AlertReader(path)
  }

  private init(_ given: String) throws(StoreFault) {
    let path = given.hasPrefix("/") ? given : "./" + given
    let state = try FileState.required(at: path, shown: given)
    self.path = given
    let (queue, isLocked) = try Self.connect(path, shown: given)
    self.queue = queue
    unlocked = isLocked ? nil : state
    version = try StoreFault.catching(at: given) {
      try queue.unsafeRead { db in try Self.checkOwner(db, given) }
    }
  }

  deinit { try? queue.close() }

  /// Whatever `body` throws passes through; what SQLite says becomes a ``StoreFault``.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    var own: (any Error)?
    let result: Result?
    do throws(StoreFault) {
      result = try StoreFault.catching(at: path) {
        try queue.read { db in
          do {
            return try body(db)
          } catch let error as DatabaseError {
            throw error
          } catch {
            own = error
            return nil
          }
        }
      }
    } catch {
      // A file that changed while it was read without locks looks damaged.
      try checkUnchanged()
      throw error
    }
    try checkUnchanged()
    if let own { throw own }
    guard let result else { throw StoreFault(.other, path: path) }
    return result
  }

  /// Copies all pages to `other`.
  func backup(to other: DatabaseQueue) throws {
    try queue.backup(to: other)
    try checkUnchanged()
  }

  /// What was read without locks is right if the file is still the same.
  private func checkUnchanged() throws(StoreFault) {
    guard let unlocked, FileState(path) != unlocked else { return }
    throw StoreFault(.changed, path: path)
  }

  // MARK: - opening

  /// A write-ahead log beside the file belongs to a writer, running or dead, and must be read
  /// with it. Without one the file is all there is: SQLite is told not to look for more, because
  /// it would leave files behind, and fail where it may not.
  private static func connect(
    _ path: String, shown: String
  ) throws(StoreFault) -> (DatabaseQueue, isLocked: Bool) {
    let log = FileState(path + "-wal")
    guard log != nil || FileState(path + "-journal") != nil else {
      return (try open(immutable(path), shown), false)
    }
    do throws(StoreFault) {
      return (try open(path, shown), true)
    } catch {
      guard [.inputOutput, .readOnly].contains(error.reason) else { throw error }
      guard log?.byteCount == 0 else {
        throw StoreFault(.unreadableLog, path: shown, detail: error.detail)
      }
      return (try open(immutable(path), shown), false)
    }
  }

  private static func open(_ name: String, _ shown: String) throws(StoreFault) -> DatabaseQueue {
    try StoreFault.catching(at: shown) {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(5)
      configuration.prepareDatabase { db in
        db.add(function: touchesFunction)
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      }
      let queue = try DatabaseQueue(path: name, configuration: configuration)
      // The first read finds out whether the write-ahead log can be read.
      _ = try queue.unsafeRead { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
      return queue
    }
  }

  /// Whether of two networks one holds the other.
  static let touches = "tollwatch_touches"

  private static let touchesFunction = DatabaseFunction(touches, argumentCount: 2, pure: true) {
    guard let a = String.fromDatabaseValue($0[0]).flatMap(Network.init(parsing:)),
      let b = String.fromDatabaseValue($0[1]).flatMap(Network.init(parsing:))
    else { return false }
    return a.contains(b) || b.contains(a)
  }

  /// The path as a URI that tells SQLite to take no lock and make no file
  /// (https://www.sqlite.org/uri.html, "immutable").
  private static func immutable(_ path: String) -> String {
    var name = "file:"
    for byte in path.utf8 {
      let isPlain = byte < 0x80 && !"%?#\\".utf8.contains(byte) && byte > 0x20
      let digits = String(byte, radix: 16)
      name += isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.count < 2 ? "0" : "") + digits
    }
    return name + "?mode=ro&immutable=1"
  }

  /// The number of migrations that the database has seen.
  private static func checkOwner(_ db: Database, _ path: String) throws -> Int {
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == Migrations.applicationID, version > 0 else {
      throw StoreFault(.notOurs, path: path)
    }
    guard version <= Migrations.all.count else {
      throw StoreFault(.newerVersion(found: version, known: Migrations.all.count), path: path)
    }
    return version
  }
}
