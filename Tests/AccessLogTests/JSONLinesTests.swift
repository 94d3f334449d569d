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
    let record = try read(#"{"t":1,"remote":{"ip":"2.2.2.2"},"ip":"1.1.1.1"}"#).plain(0)
    #expect(record.address == "1.1.1.1")
    let second = try read(#"{"t":1,"remote":{"ip":"2.2.2.2"},"ip":null}"#).plain(0)
    #expect(second.address == "2.2.2.2")
  }

  @Test
  func `of a key that stands twice the first counts`() throws {
    #expect(try read(#"{"t":1,"status":200,"status":500}"#).plain(0).status == 200)
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
    #expect(try read(#"{"t":1,"x":\#(allowed)}"#).count == 1)
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
    let batch = try read(#"{"t":1,"limited":\#(text)}"#)
    #expect(batch.flags[0].contains(.throttled) == isThrottled)
  }

  @Test
  func `a number of minus one is none`() throws {
    #expect(try read(#"{"t":1,"latencies":{"proxy":-1}}"#).plain(0).upstreamLatency == -1)
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

  @Test(arguments: [
    ([FieldMapping(field: "tme", paths: ["t"])], "no field 'tme'"),
    ([FieldMapping(field: "status", paths: ["s"])], "no field 'time'"),
    ([FieldMapping(field: "time", paths: [])], "no path"),
    ([FieldMapping(field: "time", paths: ["t"], unit: "ms")], "no unit of 'time'"),
    ([FieldMapping(field: "latency", paths: ["l"])], "needs a unit"),
    ([FieldMapping(field: "status", paths: ["l"], unit: "ms")], "has no unit"),
    ([], "needs a map"),
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
