import AccessLog
import AlertStore
import Foundation
import Glibc
import RuleFiles

/// The files that a service's state is: its database, the key that belongs to it, and the lines that
/// its sources listened to.
struct StateFiles {
  let database: String
  let key: String
  let spool: SpoolFolder

  private init(database: String, key: String, spool: String) {
    self.database = database
    self.key = key
    self.spool = SpoolFolder(path: spool)
  }

  /// As the configuration names them.
  init(configurationPath path: String) throws {
    var notes: [String] = []
    let configuration = try ReplayPlan.configuration(ReplayOptions(config: path), notes: &notes)
    guard let store = configuration.store else {
      throw Stop(ExitStatus.configuration, "\(path): names no store")
    }
    self.init(
      database: store,
      key: configuration.fingerprintKey ?? Fingerprints.path(besideDatabase: store),
      spool: configuration.spoolFolder ?? "spool")
  }

  /// As a copy has them.
  private init(folder: String) {
    self.init(
      database: folder + "/tollwatch.sqlite", key: folder + "/fingerprint_key",
      spool: folder + "/spool")
  }

  // MARK: - copying

  /// Into a new folder, which is there whole or not at all.
  func copy(toFolder folder: String) throws {
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw Stop(ExitStatus.usage, "\(folder): is there already; name a new folder")
    }
    try checkKey()
    let unfinished = "\(folder).\(getpid()).tmp"
    let files = StateFiles(folder: unfinished)
    do {
      try FileManager.default.createDirectory(
        atPath: unfinished, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
      try StoreCopy.write(of: database, to: files.database)
      try Self.copyFile(key, to: files.key)
      // After the database: so it has all that the database has read.
      try spool.copy(to: files.spool)
      guard rename(unfinished, folder) == 0 else { throw Self.stop(folder) }
    } catch {
      try? FileManager.default.removeItem(atPath: unfinished)
      throw error is Stop || error is StoreFault
        ? error : Stop(ExitStatus.failed, "\(folder): cannot be made: \(error)")
    }
  }

  /// The database must be of the key, or the copy could not be gone on with.
  private func checkKey() throws {
    let wanted = try AlertReader.open(path: database).fingerprintKeyID()
    let fingerprints = try Fingerprints(path: key, isNamed: true)
    guard wanted == nil || fingerprints.identifier == wanted else {
      throw Stop(
        ExitStatus.configuration,
        "\(key): is not the fingerprint key of \(database), which is \(wanted ?? "")")
    }
  }

  // MARK: - bringing back

  /// Gives where the database is now that was there before, if one was.
  func restore(fromFolder folder: String, replaces: Bool) throws -> String? {
    let copy = StateFiles(folder: folder)
    try copy.checkKey()
    try StoreCopy.check(copy.database)
    return try take(copy, replaces: replaces)
  }

  /// Puts copies of the files in the place of these.
  private func take(_ other: StateFiles, replaces: Bool) throws -> String? {
    let isThere = FileManager.default.fileExists(atPath: database)
    guard replaces || !isThere else {
      throw Stop(ExitStatus.usage, "\(database): is there already; --replace replaces it")
    }
    let isOtherKey = try !isKey(other)
    let hasKey = FileManager.default.fileExists(atPath: key)
    guard replaces || !hasKey || !isOtherKey else {
      throw Stop(ExitStatus.usage, "\(key): is another key already; --replace replaces it")
    }
    let unfinished = "\(database).\(getpid()).tmp"
    try StoreCopy.write(of: other.database, to: unfinished)
    defer { unlink(unfinished) }
    Self.giveToOwnerOfFolder(unfinished)
    let old = isThere ? database + ".replaced-" + Self.stamp : nil
    // The database first: it finds out whether somebody is writing to it.
    try StoreCopy.install(unfinished, at: database, keeping: old)
    if isOtherKey {
      if access(key, F_OK) == 0, rename(key, key + ".replaced-" + Self.stamp) != 0 {
        throw Self.stop(key)
      }
      try Self.copyFile(other.key, to: key)
    }
    if spool.isEmpty { try other.spool.copy(to: spool) }
    return old
  }

  /// False where another one is there, or none.
  private func isKey(_ other: StateFiles) throws -> Bool {
    guard FileManager.default.fileExists(atPath: key) else { return false }
    return try Fingerprints(path: key, isNamed: true).identifier
      == Fingerprints(path: other.key, isNamed: true).identifier
  }

  // MARK: - moving

  /// To the places of `other`, where nothing may be yet.
  func move(to other: StateFiles) throws {
    guard database != other.database else {
      throw Stop(ExitStatus.usage, "\(database): is there already; name two configurations")
    }
    try checkKey()
    // Who runs holds it.
    try AlertStore.open(path: database, createdBy: "").close()
    _ = try other.take(self, replaces: false)
    guard unlink(database) == 0 else { throw Self.stop(database) }
    if key != other.key { unlink(key) }
    if spool.path != other.spool.path { spool.remove() }
  }

  // MARK: - files

  private static func copyFile(_ path: String, to target: String) throws(Stop) {
    guard let bytes = FileManager.default.contents(atPath: path) else { throw stop(path) }
    let file = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw stop(target) }
    defer { close(file) }
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    guard count == bytes.count, fsync(file) == 0 else { throw stop(target) }
    giveToOwnerOfFolder(target)
  }

  /// The service must be able to read what root brings back.
  static func giveToOwnerOfFolder(_ path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    var status = stat()
    guard geteuid() == 0, stat(folder.isEmpty ? "." : folder, &status) == 0 else { return }
    _ = lchown(path, status.st_uid, status.st_gid)
  }

  private static var stamp: String {
    ServiceClock.utc.rfc3339.filter { $0.isNumber }
  }

  static func stop(_ path: String) -> Stop {
    Stop(ExitStatus.failed, "\(path): \(String(cString: strerror(errno)))")
  }
}
