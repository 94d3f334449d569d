import Testing

@testable import AccessLog

struct NginxConfigurationTests {
  private static let text = """
    user www-data; # log_format main 'not this one';
    http {
      log_format main '$remote_addr [$time_local] "$request" '
                      '$status "it\\'s; {quoted}"';
      log_format json escape=json
        '{"time":"$time_iso8601","status":$status}';
      access_log /var/log/nginx/access.log main;
    }
    """

  @Test
  func `a statement is found whole, and compiles`() throws {
    let main = try NginxConfiguration.logFormat(named: "main", in: Self.text)
    #expect(main.hasPrefix("log_format main '$remote_addr") && main.hasSuffix("{quoted}\"';"))
    let description = FormatDescription(template: main)
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 "it's; {quoted}""#
    #expect(try parse(Array(line.utf8), "nginx", description).count == 1)
    let json = try NginxConfiguration.logFormat(named: "json", in: Self.text)
    #expect(json.hasPrefix("log_format json escape=json") && json.hasSuffix(";"))
  }

  @Test
  func `a name that is none is answered with those there are`() {
    let fault = #expect(throws: FormatFault.self) {
      try NginxConfiguration.logFormat(named: "jsn", in: Self.text)
    }
    #expect(fault?.message.contains("only main, json") == true)
    #expect(fault?.suggestion == "json")
    #expect(throws: FormatFault.self) { try NginxConfiguration.logFormat(named: "a", in: "x y;") }
  }

  @Test
  func `no cut of a file does harm`() {
    let bytes = Array(Self.text.utf8)
    for count in 0..<bytes.count {
      let text = String(decoding: bytes[..<count], as: UTF8.self)
      _ = try? NginxConfiguration.logFormat(named: "json", in: text)
      _ = try? NginxConfiguration.logFormat(named: "none", in: text)
    }
  }

  @Test
  func `comments between the parts of a pasted statement are none of it`() throws {
    let statement = """
      log_format main '$remote_addr [$time_local] ' # who; when
                      # '$nothing'
                      '"$request" $status'; # the end
      """
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] "GET /a HTTP/1.1" 200"#
    let batch = try parse(Array(line.utf8), "nginx", FormatDescription(template: statement))
    #expect(try batch.first().path == "/a")
    let bare = FormatDescription(template: "#$remote_addr [$time_local] $status")
    let other = "#192.0.2.7 [21/Nov/2026:19:51:49 +0000] 200"
    #expect(try NginxLogFormat.reader(for: bare) is TemplateReader)
    #expect(try parse(Array(" \(other)".utf8), "nginx", bare).count == 0)
  }

  @Test(arguments: ["nginx.conf", "/etc/nginx/formats"])
  func `a path is told how to be named`(path: String) {
    let fault = #expect(throws: FormatFault.self) {
      try NginxLogFormat.reader(for: FormatDescription(template: path))
    }
    #expect(fault?.message.contains("is a path") == true)
    #expect(fault?.suggestion?.contains("{file: \(path), name: main}") == true)
  }
}
