import Testing

@testable import AccessLog
@testable import Detection

@Suite struct ExpressionNetworkTests {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
    ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false),
    ("::/0", "8.8.8.8", true), ("2001:db8::/32", "2001:db8:1::5", true),
    ("2001:db8::/32", "2001:db9::", false), ("::1", "0:0:0:0:0:0:0:1", true),
    ("10.0.0.0/8", "::ffff:10.1.1.1", true), ("fe80::/10", "fe80::1", true),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true), ("1::8", "1:0:0:0:0:0:0:8", true),
    ("10.0.0.0/8", "10.1.1", false), ("10.0.0.0/8", "", false), ("10.0.0.0/8", "-", false),
  ])
  func `a network holds its addresses`(network: String, address: String, isInside: Bool) throws {
    let bytes = Array(address.utf8)
    let contains = try #require(Network(parsing: network)).contains(bytes.span)
    #expect(contains == isInside)
  }

  @Test(arguments: [
    "", "10", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/",
    "10.0.0.0/a", "1000.0.0.0", "1:2:3", "1::2::3", ":::", "1:2:3:4:5:6:7:8:9", "12345::", "g::",
    "::1/129", "1:", ":1", "1:2:3:4:5:6:7:8::", "::1.2.3", "/8",
  ])
  func `what is no network is refused`(text: String) {
    #expect(Network(parsing: text) == nil)
  }
}
