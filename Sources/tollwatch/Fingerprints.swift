import AccessLog
import Crypto
import Foundation

/// The installation's secret, and what is made with it: names for keys that must not be shown,
/// and the hash of tables that hold log text.
struct Fingerprints: Sendable {
  private static let keyByteCount = 32

  private let key: SymmetricKey

  init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// Reads the file, or makes it where it is missing.
  init(path: String) throws(Stop) {
    if let data = FileManager.default.contents(atPath: path) {
      self.init(key: try Self.decode(data, path))
    } else {
      self.init(key: try Self.create(path))
    }
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

  private func authenticate(_ message: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
  }

  private func digits(of message: [UInt8], count: Int) -> String {
    authenticate(message).prefix(count).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  // MARK: - the file

  /// Sixty-four hexadecimal digits, so that the file can be copied by hand.
  private static func decode(_ data: Data, _ path: String) throws(Stop) -> [UInt8] {
    let digits = String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { offset -> UInt8? in
      let start = digits.index(digits.startIndex, offsetBy: offset)
      return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)
    }
    guard bytes.count == keyByteCount, digits.count == 2 * keyByteCount else {
      throw Stop(
        ExitStatus.configuration,
        "\(path): not a fingerprint key: 64 hexadecimal digits are expected")
    }
    return bytes
  }

  private static func create(_ path: String) throws(Stop) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<keyByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let text =
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty {
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    let wasMade = FileManager.default.createFile(
      atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard wasMade else {
      throw Stop(ExitStatus.failed, "\(path): the fingerprint key cannot be written")
    }
    return bytes
  }

  /// Where the key is kept: as told, else beside the database, else with the user's state.
  static func path(told: String?, database: String?) -> String {
    if let told { return told }
    if let database {
      let folder = (database as NSString).deletingLastPathComponent
      return folder.isEmpty ? "fingerprint_key" : folder + "/fingerprint_key"
    }
    let environment = ProcessInfo.processInfo.environment
    if let state = environment["STATE_DIRECTORY"], !state.isEmpty {
      return state + "/fingerprint_key"
    }
    let state =
      environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? NSHomeDirectory() + "/.local/state"
    return state + "/tollwatch/fingerprint_key"
  }
}
