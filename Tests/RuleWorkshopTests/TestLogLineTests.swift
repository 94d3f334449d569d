import RuleFiles
import Testing

@testable import RuleWorkshop

@Suite struct TestLogLineTests {
  @Test(arguments: [
    (1_767_571_200_007, "1767571200.007"), (0, "0.000"), (999, "0.999"), (61_500, "61.500"),
  ])
  func `a line has its time in milliseconds`(time: Int64, text: String) {
    let line = TestLogLine(key: "key-1", method: "GET", target: "/v1/a?b=1", status: 404)
    #expect(
      written(line, at: time)
        == #"\#(text) "key-1" "GET /v1/a?b=1 HTTP/1.1" 404 192.0.2.1 "-" - - -"# + "\n")
  }

  @Test func `nothing in a key or a path can end its field or the line`() {
    let line = TestLogLine(key: "a\" \\\n", method: "GET", target: "/é\"", status: 200)
    #expect(
      written(line, at: 0)
        == #"0.000 "a\x22 \x5C\x0A" "GET /\xC3\xA9\x22 HTTP/1.1" 200 192.0.2.1 "-" - - -"# + "\n")
  }

  @Test func `what else a test tells of a request stands in the line`() {
    var details = RuleTest.Details()
    details.clientIP = "2001:db8::7"
    details.userAgent = "curl/8 \"x\""
    (details.latencyMilliseconds, details.bytesIn, details.bytesOut) = (61_007, 12, 3456)
    let line = TestLogLine(key: "k", method: "GET", target: "/", status: 200, details: details)
    #expect(
      written(line, at: 0)
        == #"0.000 "k" "GET / HTTP/1.1" 200 2001:db8::7 "curl/8 \x22x\x22" 61.007 3456 12"# + "\n")
  }

  private func written(_ line: TestLogLine, at time: Int64) -> String {
    var block: [UInt8] = []
    line.append(at: time, to: &block)
    return String(decoding: block, as: UTF8.self)
  }
}
