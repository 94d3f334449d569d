import AccessLog
import Foundation
import Glibc
import Testing

@testable import Detection
@testable import tollwatch

/// Who asks a service, and who brings it a mark.
@Suite struct ControlSocketTests {
  private let folder: TemporaryFolder
  private let socket: ControlSocket

  init() throws {
    folder = try TemporaryFolder()
    socket = try #require(ControlSocket(besideDatabase: folder.path + "/alerts.sqlite"))
  }

  /// A connection over which `text` was sent.
  private func caller(_ text: String) throws -> Int32 {
    let connection = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array((folder.path + "/control.sock").utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let connected = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(connected == 0)
    try #require(send(connection, text, text.utf8.count, 0) == text.utf8.count)
    return connection
  }

  /// What was answered so far; nil where the connection is open and nothing came.
  private func answer(to connection: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = recv(connection, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test func `a mark is confirmed once it was taken, and not before`() throws {
    let first = try caller("mark deploy 1000\n")
    socket.answer { "fine" }
    #expect(socket.takeMarks() == [Mark(name: "deploy", time: EventTime(milliseconds: 1000))])
    // While the first is being kept another one comes.
    let second = try caller("mark sale 2000\n")
    socket.answer { "fine" }
    socket.confirmMarks()
    #expect(answer(to: first) == "kept\n" && answer(to: second) == nil)
    #expect(socket.takeMarks().map(\.name) == ["sale"])
    socket.confirmMarks()
    #expect(answer(to: second) == "kept\n")
    close(first)
    close(second)
  }

  @Test func `who gave up has set no mark, and no descriptor is closed twice`() throws {
    let gone = try caller("mark deploy 1000\n")
    socket.answer { "fine" }
    close(gone)
    #expect(socket.takeMarks().isEmpty)
    // It has the number of the connection that was closed.
    let other = dup(0)
    socket.confirmMarks()
    #expect(fcntl(other, F_GETFD) >= 0)
    close(other)
  }

  @Test(arguments: [
    ("\n", "fine\n"), ("mark deploy 10", "not understood\n"),
    ("mark Deploy 10\n", "not understood\n"),
    ("mark deploy soon\n", "not understood\n"), ("hello\n", "not understood\n"),
  ])
  func `only a whole line is understood`(line: String, answered: String) throws {
    let connection = try caller(line)
    socket.answer { "fine" }
    #expect(answer(to: connection) == answered && socket.takeMarks().isEmpty)
    close(connection)
  }
}
