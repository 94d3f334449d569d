import Testing

@testable import AccessLog

private func parseEnvoy(
  _ text: String, _ template: String? = nil, identity: String...
) throws -> RecordBatch {
  try parse(
    Array(text.utf8), "envoy",
    FormatDescription(
      template: template, identity: identity.map { IdentityField(field: $0, isSecret: true) }))
}

struct EnvoyLogFormatTests {
  @Test(arguments: [
    ("%START_TIME", "never closed", 0), ("%START_TIME(%Y", "without ')%'", 0),
    ("%START_TIME% %REQ% x", "does not say which header", 13), ("%PROTOCOL%", "has no time", 0),
    ("%START_TIME% %", "never closed", 13), ("text", "no commands", 0),
    ("%START_TIME(%Y %Q)%", "cannot be read back", 15),
    ("%START_TIME% %REQ(:METHOD)%%REQ(:PATH)%", "nothing stands between", 27),
  ])
  func `a template that cannot be compiled says where and why`(
    template: String, message: String, offset: Int
  ) {
    let fault = #expect(throws: FormatFault.self) {
      try EnvoyLogFormat.reader(for: FormatDescription(template: template))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    #expect(fault?.offset == offset)
  }

  @Test
  func `a command that Envoy does not have is told with the nearest`() throws {
    let description = FormatDescription(template: "%START_TIME% %RESPONSE_COD% %CUSTOM_THING%")
    let unknown = try EnvoyLogFormat.unknownVariables(in: description)
    #expect(unknown.map(\.name) == ["%RESPONSE_COD%", "%CUSTOM_THING%"])
    #expect(unknown.first?.nearest == "%RESPONSE_CODE%")
    #expect(try EnvoyLogFormat.unknownVariables(in: FormatDescription(template: "istio")).isEmpty)
  }

  @Test(
    arguments: [
      ("%START_TIME(%s)%", "1795290709", 0), ("%START_TIME(%s.%3f)%", "1795290709.400", 400),
      ("%START_TIME(%Y/%m/%dT%H:%M:%S%z)%", "2026/11/21T20:51:49+0100", 0),
      ("%START_TIME%", "2026-11-21T19:51:49.400Z", 400),
    ] as [(String, String, Int64)])
  func `a stamp may have any form`(template: String, text: String, milliseconds: Int64) throws {
    let record = try parseEnvoy("\(text) 200", "\(template) %RESPONSE_CODE%").first()
    #expect(record.time == 1_795_290_709_000 + milliseconds)
  }

  @Test(
    arguments: [
      ("DS_RX_BEG:DS_TX_END:ns", 12), ("DS_RX_BEG:DS_TX_END:us", 12_345),
      ("DS_RX_BEG:DS_TX_END:ms", 12_345_000), ("US_TX_BEG:US_RX_END:ms", -1),
    ] as [(String, Int64)])
  func `the time between two moments has the unit that is asked for`(
    argument: String, latency: Int64
  ) throws {
    let record = try parseEnvoy(
      "2026-11-21T19:51:49.400Z 12345 200",
      "%START_TIME% %COMMON_DURATION(\(argument))% %RESPONSE_CODE%"
    ).first()
    #expect(record.latency == latency && record.status == 200)
  }

  @Test(
    arguments: [
      ("%PATH%", "/x?y=1", "/x"), ("%PATH(WQ)%", "/x?y=1", "/x"), ("%PATH(NQ)%", "/x", "/x"),
      ("%DOWNSTREAM_PEER_ISSUER%", "CN=a 200 1,O=b", nil),
      ("%CEL(request.headers['x-a'])%", "a 200 1", nil),
      ("%UPSTREAM_TRANSPORT_FAILURE_REASON%", "TLS error: SSL routines", nil),
      ("%LOCAL_REPLY_BODY%", "no healthy upstream", nil),
    ] as [(String, String, String?)])
  func `a path is one, and words with blanks move no column`(
    command: String, text: String, path: String?
  ) throws {
    let record = try parseEnvoy(
      "[2026-11-21T19:51:49.400Z] 192.0.2.1:5 \(text) 429 2",
      "[%START_TIME%] %DOWNSTREAM_REMOTE_ADDRESS% \(command) %RESPONSE_CODE% %DURATION%"
    ).first()
    #expect(record.status == 429 && record.path == path && record.latency == 2000)
  }

  @Test
  func `a json_format is a map of keys, in any order, with numbers as numbers`() throws {
    let template =
      #"{"start_time": "%START_TIME%", "code":"%RESPONSE_CODE%","dur":"%DURATION%","req":{"m":"%REQ(:METHOD)%","p":"%REQ(:PATH)%"},"k":"%REQ(X-API-KEY)%","flags":"%RESPONSE_FLAGS%"}"#
    let line =
      #"{"code":503,"dur":12,"flags":"UO,RL","k":"a\"b","req":{"m":"GET","p":"/a?b=c"},"start_time":"2026-11-21T19:51:49.400Z"}"#
    let batch = try parseEnvoy(line, template, identity: "X-API-KEY")
    let record = try batch.first()
    #expect(record.time == 1_795_290_709_400)
    #expect(record.status == 503 && record.latency == 12_000)
    #expect(record.method == "GET" && record.path == "/a" && record.query == "b=c")
    #expect(record.identity == #"a"b"#)
    #expect(batch.flags[0].contains(.throttled))
    let reader = try EnvoyLogFormat.reader(for: FormatDescription(template: template))
    #expect(reader.stampMoment == .requestStart)
    #expect(
      try parseEnvoy(line.replacing(#""a\"b""#, with: "null"), template).first().status == 503)
  }

  @Test
  func `a text_format that looks like JSON is read as it stands`() throws {
    let template = #"{"t":"%START_TIME%","code":%RESPONSE_CODE%,"a":"%REQ(USER-AGENT)%"}"#
    let line = #"{"t":"2026-11-21T19:51:49.400Z","code":200,"a":"x"y"}"#
    #expect(try parseEnvoy(line, template).first().userAgent == #"x"y"#)
  }

  @Test(arguments: [
    ("-", false), ("RL", true), ("DC,RL", true), ("RLSE", true), ("URX", false), ("RLX", false),
  ])
  func `a flag says that a request was throttled`(flags: String, isThrottled: Bool) throws {
    let batch = try parseEnvoy(
      "2026-11-21T19:51:49.400Z 503 \(flags)", "%START_TIME% %RESPONSE_CODE% %RESPONSE_FLAGS%")
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test
  func `fields behind those of the format are counted`() throws {
    let batch = try parseEnvoy(EnvoyLogFormat.samples[1].line + " - outbound|80||x")
    #expect(batch.count == 1 && batch.trailingTextCount == 1)
  }

  @Test
  func `a CONNECT has no target`() throws {
    let line = EnvoyLogFormat.samples[1].line.replacing("- - HTTP/1.1", with: "CONNECT - HTTP/1.1")
    let record = try parseEnvoy(line).first()
    #expect(record.method == "CONNECT" && record.path == nil)
  }

  /// What a client writes into a header is not told from what the gateway writes; a line must be
  /// read as it was meant, or dropped.
  @Test
  func `quotes of a client never give a wrong record`() throws {
    let seed = UInt64.random(in: 0 ..< .max)
    var generator = SeededGenerator(seed: seed)
    let pieces = ["\"", "\" \"", " ", "a", "\" 200 - 0 1 2 3 \"", "-", "HTTP/1.1\" 200 ", "\\"]
    func hostile(_ count: Int) -> String {
      (0..<Int.random(in: 0...count, using: &generator)).map { _ in
        pieces.randomElement(using: &generator)!
      }.joined()
    }
    var readCount = 0
    let parser = try blockParser("envoy")
    var batch = RecordBatch(hash: testHash)
    for _ in 0..<1000 {
      let (agent, target) = (hostile(5), "/" + hostile(2).replacing(" ", with: ""))
      let line = """
        [2026-11-21T19:51:49.400Z] "GET \(target) HTTP/1.1" 503 UF 0 12 2 1 "192.0.2.2" "\(agent)" \
        "id-1" "api.example.test" "127.0.0.1:1"
        """
      parser.parse(Array(line.utf8), into: &batch)
      try #require(batch.count + batch.malformed.count == 1)
      guard batch.count == 1 else { continue }
      readCount += 1
      let record = batch.plain(0)
      let isQuoted = agent.contains("\"") || target.contains("\"")
      // What several ways to read the line dispute is dropped, and nothing where there is one.
      func isRight<Value: Equatable>(_ value: Value?, _ meant: Value?) -> Bool {
        value == meant || isQuoted && value == nil
      }
      #expect(isRight(record.address, "192.0.2.2"), "seed \(seed): \(line)")
      #expect(isRight(record.status, 503), "seed \(seed): \(line)")
      #expect(record.bytesOut == 12 || isQuoted && record.bytesOut == -1, "seed \(seed): \(line)")
      #expect(record.host == "api.example.test", "seed \(seed): \(line)")
      let isAbsent = agent.isEmpty || agent == "-"
      #expect(isRight(record.userAgent, isAbsent ? nil : agent), "seed \(seed): \(line)")
      #expect(isRight(record.path, target), "seed \(seed): \(line)")
    }
    #expect(readCount > 100)
  }
}
