import Testing

@testable import RuleFiles

@Suite struct ListenAddressTests {
  private static let right: [(String, ListenAddress)] = [
    ("stdin", .standardInput), ("fifo:/run/x", .pipe(path: "/run/x")),
    ("unix:/run/x.sock", .unixDatagrams(path: "/run/x.sock")),
    ("unix-stream:/run/x.sock", .unixStream(path: "/run/x.sock")),
    ("udp:127.0.0.1:5514", .udp(host: "127.0.0.1", port: 5514)),
    ("udp:127.9.8.7:1", .udp(host: "127.9.8.7", port: 1)),
    ("tcp:[::1]:65535", .tcp(host: "::1", port: 65535)),
  ]

  @Test(arguments: right)
  func `an address of this machine is understood`(text: String, address: ListenAddress) {
    #expect(ListenAddress(text) == address)
  }

  @Test(arguments: [
    "", "stdin:", "unix:x", "unix:", "udp:0.0.0.0:5514", "udp:10.0.0.1:5514", "tcp:localhost:1",
    "tcp:127.0.0.1:0", "tcp:127.0.0.1:65536", "tcp:127.0.0:1", "tcp:[::]:5", "http://127.0.0.1:80",
    "udp:127.0.0.1", "udp:127.0.0.1.5:1", "udp:127.0.0.x:1",
  ])
  func `what others could reach, or is none, is refused`(text: String) {
    #expect(ListenAddress(text) == nil)
  }
}
