import Testing

@testable import AccessLog

struct ApacheConfigurationTests {
  private static let text = """
    # LogFormat "%h" combined
    <VirtualHost *:443>
      LogFormat "%h %t \\"%r\\" %>s" short
      logformat "%v %h %l %u %t \\"%r\\" \\
        %>s %b" split
      LogFormat "%h %l"
      CustomLog logs/access.log short
    </VirtualHost>
    LogFormat "%a %t \\"%r\\" %>s %D" short
    """

  @Test
  func `a nickname names the last statement that has it`() throws {
    let short = try ApacheConfiguration.logFormat(named: "short", in: Self.text)
    #expect(short == #"LogFormat "%a %t \"%r\" %>s %D" short"#)
    let line = #"192.0.2.7 [21/Nov/2026:19:51:49 +0000] "GET / HTTP/1.1" 200 42000"#
    let record = try parse(
      Array(line.utf8), "apache", FormatDescription(template: short)
    ).first()
    #expect(record.latency == 42_000)
    let split = try ApacheConfiguration.logFormat(named: "split", in: Self.text)
    #expect(split.hasPrefix("logformat") && split.contains("%>s %b"))
    _ = try ApacheLogFormat.reader(for: FormatDescription(template: split))
  }

  @Test
  func `a name that is none is answered with those there are`() {
    let fault = #expect(throws: FormatFault.self) {
      try ApacheConfiguration.logFormat(named: "shrt", in: Self.text)
    }
    #expect(fault?.message.contains("only split, short") == true, "\(fault?.message ?? "")")
    #expect(fault?.suggestion == "short")
    let several = #expect(throws: FormatFault.self) {
      try ApacheConfiguration.logFormat(named: nil, in: Self.text)
    }
    #expect(several?.message.contains("several: split, short") == true)
    #expect(throws: FormatFault.self) { try ApacheConfiguration.logFormat(named: nil, in: "") }
  }

  @Test(
    arguments: [
      ("/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf", nil),
      ("/etc/nginx/nginx.conf:main", "/etc/nginx/nginx.conf", "main"),
      ("nginx.conf:main", "nginx.conf", "main"), ("./a:b/c.conf", "./a:b/c.conf", nil),
      ("../conf/httpd.conf:x", "../conf/httpd.conf", "x"), ("/a:", "/a:", nil),
      ("combined", nil, nil), ("$host:$status", nil, nil), ("/%h", nil, nil), ("/a b", nil, nil),
    ] as [(String, String?, String?)])
  func `a path is told from the text of a format`(text: String, path: String?, name: String?) {
    let place = GatewayConfiguration.place(in: text)
    #expect(place?.path == path)
    #expect(place?.name == name)
  }

  @Test
  func `only formats with a file are read from one`() {
    #expect(throws: FormatFault.self) {
      try GatewayConfiguration.logFormat(of: "haproxy", named: nil, in: Self.text)
    }
    #expect(throws: FormatFault.self) {
      try GatewayConfiguration.logFormat(of: "nginx", named: nil, in: Self.text)
    }
  }
}
