import AccessLog
import Crypto
import Detection
import Foundation
import Glibc
import RuleFiles

/// The installation's secret, and what is made with it: names for keys that must not be shown,
/// and the hash of tables that hold log text.
struct Fingerprints: Sendable {
  private static let keyByteCount = 32

  /// With the key in it: preparing it takes as long as authenticating a short message.
  private let prepared: HMAC<SHA256>
  /// The file that it is kept in; `nil` where nothing keeps it.
  let path: String?

  init(key: [UInt8], path: String? = nil) {
    prepared = HMAC<SHA256>(key: SymmetricKey(data: key))
    self.path = path
  }

  /// A secret that nothing keeps.
  static func ofThisRun() -> Fingerprints { Fingerprints(key: randomKey()) }

  private static func randomKey() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<keyByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// Reads the file, or makes it where it is missing; one that the user named must be there.
  init(path: String, isNamed: Bool = false) throws(Stop) {
    if let bytes = try Self.read(path) {
      self.init(key: bytes, path: path)
    } else if isNamed {
      throw Stop(ExitStatus.noInput, "\(path): there is no such file")
    } else {
      self.init(key: try Self.create(path, Self.randomKey()), path: path)
    }
  }

  /// The key that belongs to a database lies beside it. A new database takes the user's key, so
  /// that a registry drafted before or after fits it, as a copy, so that it can be read elsewhere.
  /// A user without one is given this one; where that cannot be written, it is done without.
  init(besideDatabase database: String) throws(Stop) {
    let path = Self.path(besideDatabase: database)
    if let bytes = try Self.read(path) {
      self.init(key: bytes, path: path)
    } else {
      let new = Self.randomKey()
      let users = (try? Self.read(Self.usersPath)) ?? (try? Self.create(Self.usersPath, new)) ?? new
      self.init(key: try Self.create(path, users), path: path)
    }
  }

  /// The key that such a run would use, if it is there; nothing is made.
  static func existing(told: String?, database: String?) -> Fingerprints? {
    let paths =
      told.map { [$0] }
      ?? [database.map(path(besideDatabase:)), usersPath]
      .compactMap(\.self)
    for path in paths {
      if let key = try? read(path) { return Fingerprints(key: key, path: path) }
    }
    return nil
  }

  /// `key:` and 16 hexadecimal digits of HMAC-SHA-256 (RFC 2104).
  func name(for secret: [UInt8]) -> String { "key:" + digits(of: secret, count: 8) }

  /// Tells two secrets apart without telling either.
  var identifier: String { digits(of: Array("tollwatch key identifier".utf8), count: 4) }

  /// For tables of log text and hashes of lines.
  var tableHash: SipHash {
    let code = authenticate(Array("tollwatch table hash".utf8))
    func word(_ start: Int) -> UInt64 {
      code[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    return SipHash(key0: word(0), key1: word(8))
  }

  /// Keeps the log text in a snapshot from whoever reads the database without the key.
  var seal: SnapshotSeal {
    let key = SymmetricKey(data: authenticate(Array("tollwatch snapshot seal".utf8)))
    return SnapshotSeal(
      close: { (try? ChaChaPoly.seal($0, using: key).combined).map(Array.init) ?? [] },
      open: { bytes in
        (try? ChaChaPoly.open(ChaChaPoly.SealedBox(combined: bytes), using: key)).map(Array.init)
      })
  }

  private func authenticate(_ message: [UInt8]) -> [UInt8] {
    var code = prepared
    code.update(data: message)
    return Array(code.finalize())
  }

  private func digits(of message: [UInt8], count: Int) -> String {
    var text: [UInt8] = []
    for byte in authenticate(message).prefix(count) {
      text.append(Self.hexadecimal[Int(byte >> 4)])
      text.append(Self.hexadecimal[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let hexadecimal = Array("0123456789abcdef".utf8)

  // MARK: - the file

  /// A key file is 64 digits and a line end; more is something else.
  private static let fileBytesMax = 256

  /// The key in the file; nil where there is no file. A file that is there and cannot be read
  /// is never replaced: it may hold the secret behind every fingerprint made so far.
  private static func read(_ path: String) throws(Stop) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw unusable(path, "cannot be read") }
      return nil
    }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: fileBytesMax)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { throw unusable(path, "cannot be read") }
    return try decode(bytes.prefix(count), path)
  }

  /// Sixty-four hexadecimal digits, so that the file can be copied by hand.
  private static func decode(_ text: ArraySlice<UInt8>, _ path: String) throws(Stop) -> [UInt8] {
    let digits = text.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    let spaceCount = text.count { $0 == 0x20 || (9...13).contains($0) }
    guard digits.count == 2 * keyByteCount, digits.count + spaceCount == text.count else {
      throw Stop(
        ExitStatus.configuration,
        "\(path): not a fingerprint key: 64 hexadecimal digits are expected")
    }
    return (0..<keyByteCount).map { UInt8(digits[2 * $0] * 16 + digits[2 * $0 + 1]) }
  }

  /// Writes `bytes` as a new file, and gives them, or what another run wrote meanwhile.
  private static func create(_ path: String, _ bytes: [UInt8]) throws(Stop) -> [UInt8] {
    let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
    let folder = ConfigurationPath.folder(of: path)
    if !folder.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    // The one file that cannot be made again: it is there whole or not at all, and on the disk
    // before anything is made with it.
    let temporary = "\(path).\(getpid()).tmp"
    defer { unlink(temporary) }
    try write(text, to: temporary, for: path)
    // Exclusive: of two first runs at once, one makes the key and the other reads it.
    if link(temporary, path) != 0 {
      if errno == EEXIST, let bytes = try read(path) { return bytes }
      throw unusable(path, "cannot be made")
    }
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor >= 0 {
      fsync(descriptor)
      Glibc.close(descriptor)
    }
    return bytes
  }

  private static func write(
    _ text: String, to temporary: String, for path: String
  ) throws(Stop) {
    unlink(temporary)
    let descriptor = open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw unusable(path, "cannot be made") }
    defer { Glibc.close(descriptor) }
    guard Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count,
      fsync(descriptor) == 0
    else { throw unusable(path, "cannot be written") }
  }

  private static func unusable(_ path: String, _ what: String) -> Stop {
    Stop(
      ExitStatus.failed,
      "\(path): the fingerprint key \(what): \(String(cString: strerror(errno)))")
  }

  static func path(besideDatabase database: String) -> String {
    let folder = ConfigurationPath.folder(of: database)
    return folder.isEmpty ? "fingerprint_key" : folder + "/fingerprint_key"
  }

  /// With the user's state. Where `HOME` says otherwise than the system's list of users, it is
  /// right.
  static var usersPath: String {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let state = value("STATE_DIRECTORY") { return state + "/fingerprint_key" }
    let state = value("XDG_STATE_HOME") ?? (value("HOME") ?? NSHomeDirectory()) + "/.local/state"
    return state + "/tollwatch/fingerprint_key"
  }
}
