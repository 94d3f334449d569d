import AccessLog
import Detection
import Foundation
import Glibc

/// Where a running service answers who asks how it is, and takes marks: a socket beside its
/// database. It answers the users who may write that anyway, by the credentials that the kernel
/// vouches for. Who asks sends a line: nothing or `mark NAME MILLISECONDS`.
final class ControlSocket {
  /// Becomes readable when somebody asks.
  let descriptor: Int32
  private let path: String
  /// Marks that somebody waits for to be kept.
  private var waiting: [Request] = []
  /// Those of them that were handed over.
  private var taken: [Request] = []

  private struct Request {
    var mark: Mark
    var connection: Int32
  }

  /// Marks that wait at a time; who comes later is sent away.
  private static let waitingCountMax = 64
  /// Who is answered at one look; the others wait for the next one.
  private static let answeredCountMax = 8
  /// How long a line may take that was asked for.
  private static let requestMilliseconds: Int32 = 100
  private static let requestBytesMax = 256
  /// What is answered to a mark that is kept.
  static let kept = "kept"

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
    for request in waiting + taken { close(request.connection) }
    close(descriptor)
    unlink(path)
  }

  /// Answers who asks now, and keeps those who bring a mark for ``takeMarks()``.
  func answer(_ text: () -> String) {
    for _ in 0..<Self.answeredCountMax {
      let connection = accept(descriptor, nil, nil)
      guard connection >= 0 else { return }
      guard let user = Self.user(of: connection), user == 0 || user == geteuid() else {
        close(connection)
        continue
      }
      let line = Self.line(from: connection)
      if let mark = Self.mark(in: line), waiting.count + taken.count < Self.waitingCountMax {
        waiting.append(Request(mark: mark, connection: connection))
      } else {
        Self.reply(line.isEmpty ? text() : "not understood", to: connection)
      }
    }
  }

  /// The marks that somebody waits for; who gave up has none.
  func takeMarks() -> [Mark] {
    var marks: [Mark] = []
    for request in waiting {
      guard Self.isThere(request.connection) else {
        close(request.connection)
        continue
      }
      marks.append(request.mark)
      taken.append(request)
    }
    waiting = []
    return marks
  }

  /// Tells those whose marks were taken that they are kept.
  func confirmMarks() {
    for request in taken { Self.reply(Self.kept, to: request.connection) }
    taken = []
  }

  private static func mark(in line: String) -> Mark? {
    let words = line.split(separator: " ")
    guard words.count == 3, words[0] == "mark", Mark.isLegal(name: String(words[1])),
      let time = Int64(words[2])
    else { return nil }
    return Mark(name: String(words[1]), time: EventTime(milliseconds: time))
  }

  /// What was sent, without its end; half a line is not understood. A user of the service who sends
  /// slowly holds it up no longer than this.
  private static func line(from connection: Int32) -> String {
    var request = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
    var bytes = [UInt8](repeating: 0, count: requestBytesMax)
    guard poll(&request, 1, requestMilliseconds) > 0 else { return "" }
    let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    let sent = bytes.prefix(max(0, count))
    guard sent.isEmpty || sent.last == UInt8(ascii: "\n") else { return "half a line" }
    return String(decoding: sent, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  private static func isThere(_ connection: Int32) -> Bool {
    var byte: UInt8 = 0
    return recv(connection, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) != 0
  }

  private static func reply(_ text: String, to connection: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    close(connection)
  }

  /// Asks the service of the database to keep a mark; nil where none runs.
  static func set(_ mark: Mark, besideDatabase database: String) -> Bool? {
    let line = "mark \(mark.name) \(mark.time.milliseconds)"
    return ask(line, besideDatabase: database, waitSeconds: 60).map { $0 == kept }
  }

  /// What the service of the database says now to `line`; nil where none runs, or it does not answer
  /// in time.
  static func ask(
    _ line: String = "", besideDatabase database: String, waitSeconds: Int = 3
  ) -> String? {
    guard let address = address(path(besideDatabase: database)) else { return nil }
    let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard connection >= 0 else { return nil }
    defer { close(connection) }
    var wait = timeval(tv_sec: waitSeconds, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    guard with(address, { connect(connection, $0, $1) == 0 }) else { return nil }
    let request = Array((line + "\n").utf8)
    _ = send(connection, request, request.count, Int32(MSG_NOSIGNAL))
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
