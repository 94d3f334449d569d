import Testing

@testable import AccessLog

struct LinePrefixTests {
  @Test(arguments: [
    "Dec  9 13:01:26 localhost haproxy[28029]: ", "<134>Nov 21 19:51:49 gw nginx: ",
    "<134>Nov 21 19:51:49 haproxy[7]: ", "2015-08-26T02:09:48+02:00 localhost haproxy[14389]: ",
    "<10>1 2024-01-06T06:50:51.739Z 127.0.0.1 apisix 58525 - [token-1@41058 tag=\"apisix\"] ",
    "<134>1 2026-11-21T19:51:49Z gw haproxy 123 - - ",
    "2025-12-31T17:37:40.493035218+01:00 stdout F ", "2025-12-31T17:37:40Z stderr P ",
    "2025-12-31T17:37:40.123Z ",
  ])
  func `what others put in front is told from the line`(prefix: String) {
    #expect(LinePrefix.end(in: Array((prefix + "1.2.3.4 x").utf8).span) == prefix.utf8.count)
  }

  @Test(arguments: ["", "1.2.3.4 - -", "Foo  9 13:01:26 a b: c", "<134>", "<1>1 ", "{}", "<x>y"])
  func `a line without a prefix has none`(line: String) {
    #expect(LinePrefix.end(in: Array(line.utf8).span) == nil)
  }

  @Test
  func `nginx behind syslog is read`() throws {
    let line = "<190>Nov 21 19:51:49 gw nginx: \(combinedLine)"
    let record = try parseNginx(line, combinedTemplate).first()
    #expect(record.address == "127.0.0.1")
    #expect(record.path == "/v1/orders")
  }

  private let combinedTemplate =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent""#
}
