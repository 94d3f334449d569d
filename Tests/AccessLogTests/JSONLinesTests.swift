import Testing

@testable import AccessLog

struct JSONLinesTests {
  private static let map = [
    FieldMapping(field: "time", paths: ["t"], unit: "epoch_s"),
    FieldMapping(field: "client_ip", paths: ["ip", "remote.ip"]),
    FieldMapping(field: "target", paths: ["uri"]),
    FieldMapping(field: "method", paths: ["method"]),
    FieldMapping(field: "status", paths: ["status"]),
    FieldMapping(field: "throttled", paths: ["limited"]),
    FieldMapping(field: "user_agent", paths: ["headers.User-Agent"]),
    FieldMapping(field: "upstream_latency", paths: ["latencies.proxy"], unit: "ms"),
  ]

  private func read(_ line: String, identity: [String] = []) throws -> RecordBatch {
    try parse(
      Array(line.utf8), "json",
      FormatDescription(
        fields: Self.map, identity: identity.map { IdentityField(field: $0, isSecret: true) }))
  }

  @Test
  func `alternatives count in their order, not in that of the line`() throws {
    let record = try read(#"{"t":1,"status":0,"remote":{"ip":"2.2.2.2"},"ip":"1.1.1.1"}"#).plain(0)
    #expect(record.address == "1.1.1.1")
    let second = try read(#"{"t":1,"status":0,"remote":{"ip":"2.2.2.2"},"ip":null}"#).plain(0)
    #expect(second.address == "2.2.2.2")
  }

  @Test
  func `a key of the map that stands twice is refused`() throws {
    for line in [
      #"{"t":1,"status":200,"status":500}"#, #"{"t":1,"t":2,"status":500}"#,
      #"{"t":1,"status":2,"headers":{"User-Agent":"a"},"headers":{"User-Agent":"b"}}"#,
    ] {
      #expect(try read(line).malformed.map(\.fault.reason) == [.doubledKey])
    }
    #expect(try read(#"{"t":1,"status":200,"x":1,"x":2,"ip":"-","ip":"1.1.1.1"}"#).count == 1)
  }

  @Test(
    arguments: [
      ("{", 1), ("", nil), ("[]", 0), (#"{"t":1"#, 6), (#"{"t":1}x"#, 7), (#"{"t" 1}"#, 5),
      (#"{t:1}"#, 1), (#"{"t":1,}"#, 7), (#"{"t":[1,2}"#, 9), (#"{"t":tru}"#, 5),
      (#"{"t":"x}"#, 8), (#"{"t":1]"#, 6), (#"{"t":}"#, 5), (#"null"#, 0), (#"{"a":1,,"b":2}"#, 7),
    ] as [(String, Int?)])
  func `what is not JSON is refused with its place`(line: String, offset: Int?) throws {
    let batch = try read(line)
    #expect(batch.count == 0)
    #expect(batch.malformed.map(\.fault.offset) == (offset.map { [$0] } ?? []))
    if offset != nil { #expect(batch.malformed[0].fault.reason == .syntax) }
  }

  @Test
  func `nesting is bounded`() throws {
    let deep = String(repeating: "[", count: 100_000)
    let batch = try read(#"{"x":"# + deep.prefix(60_000))
    #expect(batch.malformed.map(\.fault.reason) == [.tooDeep])
    let allowed = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    #expect(try read(#"{"t":1,"status":200,"x":\#(allowed)}"#).count == 1)
  }

  @Test
  func `a line without a time is no record`() throws {
    #expect(try read("{}").malformed.map(\.fault.reason) == [.noTime])
    #expect(try read(#"{"t":"x"}"#).malformed.map(\.fault.reason) == [.badTime])
  }

  @Test(arguments: [
    ("true", true), ("false", false), ("\"true\"", true), ("1", true), ("0", false),
  ])
  func `the gateway may say itself that it throttled`(text: String, isThrottled: Bool) throws {
    let batch = try read(#"{"t":1,"status":0,"limited":\#(text)}"#)
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test
  func `a number of minus one is none`() throws {
    #expect(
      try read(#"{"t":1,"status":0,"latencies":{"proxy":-1}}"#).plain(0).upstreamLatency == -1)
  }

  @Test
  func `an identity in the query is found`() throws {
    let record = try read(
      #"{"t":1,"method":"GET","uri":"\/a?key=x%20y"}"#, identity: ["a.b", "$arg_key"]
    ).plain(0)
    #expect(record.identity == "x y")
    #expect(record.path == "/a")
  }

  @Test
  func `a dot in a key is written with a backslash`() throws {
    let fields = [
      FieldMapping(field: "time", paths: [#"a\.b.t"#]), FieldMapping(field: "status", paths: ["s"]),
    ]
    let batch = try parse(
      Array(#"{"a.b":{"t":"2026-11-21T19:51:49Z"},"s":"201"}"#.utf8), "json",
      FormatDescription(fields: fields))
    #expect(batch.plain(0).status == 201)
  }

  @Test(
    arguments: [
      (#""2026-11-21T19:51:49.123456789Z""#, 1_795_290_709_123),
      (#""2026-11-21T20:51:49.1+0100""#, 1_795_290_709_100),
      (#""2026-11-21 20:51:49""#, 1_795_290_709_000),
      (#""21/Nov/2026:19:51:49 +0000""#, 1_795_290_709_000),
      (#""11/21/2026 8:51:49 PM""#, 1_795_290_709_000),
      (#""2026/11/21 20:51:49""#, 1_795_290_709_000),
      (#""1/2/1971 12:00:00 AM""#, 31_618_800_000), ("1795290709.5", 1_795_290_709_500),
      (#""1795290709""#, 1_795_290_709_000), ("1.7952907095e9", 1_795_290_709_500),
    ] as [(String, Int64)])
  func `an instant says by its form what it is, and numbers have the map's unit`(
    text: String, milliseconds: Int64
  ) throws {
    var description = FormatDescription(fields: Self.map)
    description.zone = .fixed(minutes: 60)
    let batch = try parse(Array(#"{"t":\#(text),"status":200}"#.utf8), "json", description)
    #expect(batch.times.map(\.milliseconds) == [milliseconds], "\(batch.malformed)")
  }

  @Test(
    arguments: [
      ("1795290709400", 1_795_290_709_400), ("1795290709400.25", 1_795_290_709_400),
      ("1795290709400123", 1_795_290_709_400), ("1795290709400123456", 1_795_290_709_400),
      (#""2026/11/21 19:51:49.400""#, 1_795_290_709_400),
      (#""2026/11/21 19:51:49.400123456""#, 1_795_290_709_400),
      ("1.7952907094e+09", 1_795_290_709_400), ("1.7952907094e+12", 1_795_290_709_400),
    ] as [(String, Int64)])
  func `every time_format of Caddy is read`(text: String, milliseconds: Int64) throws {
    let caddy = try #require(Presets.preset(named: "caddy"))
    let line = #"{"ts":\#(text),"request":{"remote_ip":"192.0.2.7","method":"GET"},"status":200}"#
    let batch = try parse(Array(line.utf8), "json", caddy.description)
    #expect(batch.times.map(\.milliseconds) == [milliseconds], "\(batch.malformed)")
  }

  @Test
  func `a list of records is told as what it is`() throws {
    let record = #"{"t":"2026-11-21T19:51:49Z","status":200}"#
    let batch = try read("[\(record), \(record)]")
    #expect(batch.malformed.map(\.fault.reason) == [.list])
    #expect(try read("[gateway] \(record)").count == 1)
  }

  @Test(arguments: [
    #""11/31/2026 8:51:49 PM""#, #""11/21/2026 13:51:49 PM""#, #""11/21/2026 0:51:49 AM""#,
    #""11/21/2026""#, #""2026-13-01T00:00:00Z""#, "1e99", "-5", #""99999999999999999999""#,
    #""11/21/2026 8:51""#, #""2026/11/21 24:00:00""#, "true",
  ])
  func `an instant that is none is refused`(text: String) throws {
    let batch = try read(#"{"t":\#(text),"status":200}"#)
    #expect(batch.malformed.map(\.fault.reason) == [.badTime])
  }

  @Test(
    arguments: [
      ("5", 5000), ("\"5\"", 5000), ("5.5", 5500), ("\"0.05s\"", 50_000), ("\"1.5ms\"", 1500),
      ("\"312µs\"", 312), ("\"1m0.5s\"", 60_500_000), ("\"80ns\"", 0), ("\"0s\"", 0), ("-1", -1),
      ("\"\"", -1), ("null", -1), ("\"-\"", -1), ("\"0.001, 0.002\"", 3),
    ] as [(String, Int64)])
  func `a duration has the map's unit, or its own`(text: String, microseconds: Int64) throws {
    let batch = try read(#"{"t":1,"status":0,"latencies":{"proxy":\#(text)}}"#)
    try #require(batch.count == 1, "\(batch.malformed)")
    #expect(batch.plain(0).upstreamLatency == microseconds)
  }

  @Test(arguments: ["\"1.5xs\"", "\"ms\"", "\"1ms2\"", "true", "1e30"])
  func `a duration that is none is refused`(text: String) throws {
    let batch = try read(#"{"t":1,"status":0,"latencies":{"proxy":\#(text)}}"#)
    #expect(batch.malformed.map(\.fault.reason) == [.notANumber], "\(batch.count)")
  }

  @Test(arguments: [
    ("RL", true), ("UF,RL", true), ("RL,UF", true), ("URL", false), ("R,L", false), ("-", false),
  ])
  func `a mark stands alone or between commas`(text: String, isThrottled: Bool) throws {
    let fields =
      Self.map.filter { $0.field != "throttled" } + [
        FieldMapping(field: "throttled", paths: ["f", "g"], values: ["RL", "limited"])
      ]
    for line in [
      #"{"t":1,"status":0,"f":"\#(text)","g":"x"}"#, #"{"g":"\#(text)","t":1,"status":0}"#,
    ] {
      let batch = try parse(Array(line.utf8), "json", FormatDescription(fields: fields))
      #expect(batch.flags[0].contains(.throttled) == isThrottled)
    }
  }

  @Test
  func `what stands for nothing is the description's to say`() throws {
    let line = #"{"t":1,"status":0,"ip":"-","headers":{"User-Agent":"N/A"},"uri":"/"}"#
    for (absent, address, agent) in [
      (["-"], nil, "N/A"), (["-", "N/A"], nil, nil), ([], "-", "N/A"),
    ] as [([String], String?, String?)] {
      let description = FormatDescription(fields: Self.map, absentTexts: absent)
      let record = try parse(Array(line.utf8), "json", description).plain(0)
      #expect(record.address == address)
      #expect(record.userAgent == agent)
    }
  }

  @Test(
    arguments: [
      "\u{feff}", " ", "2025-12-31T17:37:40.493+01:00 stdout F ", "<190>Nov 21 19:51:49 h nginx: ",
      "<10>1 2026-01-06T06:50:51Z h a 5 - [t@1 tag=\"{x}\"] ", "app_1  | ", "@cee: ",
      "INFO {main} - properties :",
    ])
  func `what a collector puts before the object is skipped`(prefix: String) throws {
    let line = prefix + #"{"t":1,"status":200,"uri":"/a","method":"GET"}"#
    let batch = try read(line)
    try #require(batch.count == 1, "\(batch.malformed)")
    #expect(batch.plain(0).path == "/a")
    guard prefix.utf8.count > 3 else { return }
    let strict = FormatDescription(fields: Self.map, skipsPrefix: false)
    #expect(try parse(Array(line.utf8), "json", strict).malformed.map(\.fault.reason) == [.syntax])
  }

  @Test
  func `a prefix is bounded, and what follows the object is no prefix`() throws {
    let object = #"{"t":1,"status":200}"#
    let long = String(repeating: "x", count: JSONLineReader.prefixBytesMax)
    #expect(try read(long.dropLast() + object).count == 1)
    #expect(try read(long + object).malformed.map(\.fault.reason) == [.syntax])
    #expect(try read(object + " x").malformed.map(\.fault.reason) == [.syntax])
  }

  @Test
  func `a line of another part of the gateway is no record`() throws {
    let batch = try read(#"{"t":1,"level":"info","msg":"reloaded"}"#)
    #expect(batch.malformed.map(\.fault.reason) == [.missingField])
  }

  @Test
  func `the preface of HTTP 2 is no request`() throws {
    let preface = try read(#"{"t":1,"status":200,"method":"PRI","uri":"*"}"#)
    #expect(preface.flags[0].contains(.notHTTP))
    let options = try read(#"{"t":1,"method":"OPTIONS","uri":"*"}"#)
    #expect(!options.flags[0].contains(.notHTTP))
  }

  @Test(arguments: [("/pets/{id}", "/pets/{id}"), ("GET /pets", "/pets"), ("$default", nil)])
  func `a route stands for a path that is not logged`(route: String, path: String?) throws {
    let fields = Self.map + [FieldMapping(field: "route", paths: ["route"])]
    let line = #"{"t":1,"status":200,"method":"GET","route":"\#(route)"}"#
    let record = try parse(Array(line.utf8), "json", FormatDescription(fields: fields)).plain(0)
    #expect(record.path == path)
  }

  @Test
  func `strings end where they end, at every length and with every escape`() throws {
    for length in 0..<40 {
      for tail in ["", #"\""#, #"\\"#, #"\\\""#, #"\x22"#, "é", "]}"] {
        let text = String(repeating: "a", count: length) + tail
        let line =
          #"{"skip":{"a":["\#(text)",{"b":"\#(text)"}]},"uri":"/\#(text)","method":"GET","t":1}"#
        let batch = try read(line)
        try #require(batch.count == 1, "\(line)")
        var expected: [UInt8] = []
        TextEscapes.decode(Array(text.utf8).span, into: &expected)
        #expect(batch.plain(0).path == "/" + String(decoding: expected, as: UTF8.self), "\(line)")
      }
    }
  }

  @Test(arguments: [
    #"{"x":[1,2},"t":1}"#, #"{"x":{"a":[},"t":1}"#, #"{"x":{"a":"b"],"t":1}"#, #"{"x":["#,
  ])
  func `brackets of what nobody wants must match as well`(line: String) throws {
    #expect(try read(line).malformed.map(\.fault.reason) == [.syntax])
  }

  @Test
  func `keys that share length and ends are told apart`() throws {
    let names = (0..<26).map { "k\(Character(UnicodeScalar(97 + UInt8($0))))xxxxxxz" }
    let fields =
      [FieldMapping(field: "time", paths: ["t"], unit: "epoch_s")]
      + [FieldMapping(field: "user_agent", paths: names)]
    for (index, name) in names.enumerated() {
      let line = #"{"t":1,"\#(name)":"v\#(index)","k-xxxxxxz":"no"}"#
      let record = try parse(Array(line.utf8), "json", FormatDescription(fields: fields)).plain(0)
      #expect(record.userAgent == "v\(index)")
    }
  }

  @Test(arguments: [
    ([FieldMapping(field: "tme", paths: ["t"])], "no field 'tme'"),
    ([FieldMapping(field: "status", paths: ["s"])], "no field 'time'"),
    ([FieldMapping(field: "time", paths: [])], "no path"),
    ([FieldMapping(field: "time", paths: ["t"], unit: "ms")], "no unit of 'time'"),
    ([FieldMapping(field: "latency", paths: ["l"])], "needs a unit"),
    ([FieldMapping(field: "status", paths: ["l"], unit: "ms")], "has no unit"),
    ([], "needs a map"),
    (
      [
        FieldMapping(field: "time", paths: ["t"]),
        FieldMapping(field: "host", paths: ["h"], values: ["x"]),
      ],
      "only 'throttled' has values"
    ),
  ])
  func `a wrong map says what is wrong`(fields: [FieldMapping], message: String) {
    let fault = #expect(throws: FormatFault.self) {
      try JSONLines.reader(for: FormatDescription(fields: fields))
    }
    #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
  }

  @Test
  func `every field that a map may name is known`() throws {
    for field in JSONLines.fieldNames where field != "time" {
      let unit = field.hasSuffix("latency") ? "ms" : nil
      _ = try JSONLines.reader(
        for: FormatDescription(fields: [
          FieldMapping(field: "time", paths: ["t"]),
          FieldMapping(field: field, paths: ["x"], unit: unit),
        ]))
    }
  }
}
