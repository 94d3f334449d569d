import Foundation
import Glibc

/// Where a running service answers who asks how it is: a socket beside its database. It answers the
/// users who may read that anyway, by the credentials that the kernel vouches for, and takes no
/// orders.
final class ControlSocket {
  /// Becomes readable when somebody asks.
  let descriptor: Int32
  private let path: String

  static func path(besideDatabase database: String) -> String {
    (database as NSString).deletingLastPathComponent + "/control.sock"
  }

  /// Nil where it cannot be made, as where the path is too long; the database tells the same, some
  /// seconds late. The caller holds the database, so that a socket that is there is of the dead.
  init?(besideDatabase database: String) {
    let path = Self.path(besideDatabase: database)
    guard let address = Self.address(path) else { return nil }
    unlink(path)
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    let isBound = Self.with(address) { bind(descriptor, $0, $1) == 0 }
    guard isBound, chmod(path, 0o600) == 0, listen(descriptor, 8) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      return nil
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Answers all who ask now, without waiting for anybody.
  func answer(_ text: () -> String) {
    while true {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else { return }
      defer { close(connection) }
      guard let user = Self.user(of: connection), user == 0 || user == geteuid() else { continue }
      let bytes = Array((text() + "\n").utf8)
      _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }

  /// What the service of the database says now; nil where none runs, or it does not answer in time.
  static func ask(besideDatabase database: String) -> String? {
    guard let address = address(path(besideDatabase: database)) else { return nil }
    let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard connection >= 0 else { return nil }
    defer { close(connection) }
    var wait = timeval(tv_sec: 3, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    guard with(address, { connect(connection, $0, $1) == 0 }) else { return nil }
    var answer: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = recv(connection, &bytes, bytes.count, 0)
      guard count > 0 else { break }
      answer += bytes[..<count]
    }
    guard answer.last == UInt8(ascii: "\n") else { return nil }
    return String(decoding: answer.dropLast(), as: UTF8.self)
  }

  /// As `unix(7)` has it: process, user and group, of when it connected.
  private static func user(of connection: Int32) -> uid_t? {
    var credentials: [UInt32] = [0, 0, 0]
    var length = socklen_t(credentials.count * MemoryLayout<UInt32>.size)
    guard getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else {
      return nil
    }
    return credentials[1]
  }

  private static func address(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  private static func with<Result>(
    _ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}
