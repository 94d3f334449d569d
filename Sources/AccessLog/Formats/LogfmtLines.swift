/// Lines of `key=value` pairs, as Tyk's text log, Heroku's router and many programs in Go write
/// them, with a map that says which key is which field.
///
/// Source: github.com/sirupsen/logrus, text_formatter.go: a value with other bytes than letters,
/// digits and `-._/@^+` is quoted as Go quotes, with `\"` and `\\`; brandur.org/logfmt. Words that
/// are no pairs are passed over, so that what syslog or a container runtime puts before a line
/// does no harm. A key of the map that stands twice is refused: one of the two would be the
/// client's.
public enum LogfmtLines: RecordFormat {
  public static let name = "logfmt"
  public static let about = """
    Lines of `key=value` pairs: Tyk's text log, Heroku's router, programs in Go. `fields` says which \
    key is which field, as for `json`; a key is taken whole, with its dots. Values may stand in \
    quotes, with `\\"` and `\\\\` in them. A time that is neither RFC 3339 nor a number has its \
    spelling as `unit`; without a year in it the source needs `year`, without a zone `timezone`.
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    LogfmtReader(values: try JSONLines.reader(for: description) { [Array($0.utf8)] })
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(
        fields: [
          FieldMapping(field: "time", paths: ["time"], unit: "%b %d %H:%M:%S"),
          FieldMapping(field: "client_ip", paths: ["client_ip"]),
          FieldMapping(field: "method", paths: ["method"]),
          FieldMapping(field: "path", paths: ["path"]),
          FieldMapping(field: "status", paths: ["status"]),
          FieldMapping(field: "latency", paths: ["latency_total"], unit: "ms"),
          FieldMapping(field: "user_agent", paths: ["user_agent"]),
        ], identity: [IdentityField(field: "api_key", isSecret: false)],
        referenceDay: 20_778),
      #"time="Nov 21 19:51:49" level=info api_key=k1 client_ip="2001:db8::1" latency_total=62 method=GET path=/get prefix=access-log status=200 user_agent="a \"b\" status=500""#,
      Sample.Expected(
        time: time, address: "2001:db8::1", method: "GET", path: "/get", status: 200,
        latencyMicroseconds: 62_000, userAgent: #"a "b" status=500"#, identity: "k1")),
    Sample(
      FormatDescription(
        fields: [
          FieldMapping(field: "time", paths: ["ts"]),
          FieldMapping(field: "client_ip", paths: ["fwd"]),
          FieldMapping(field: "method", paths: ["method"]),
          FieldMapping(field: "target", paths: ["path"]),
          FieldMapping(field: "host", paths: ["host"]),
          FieldMapping(field: "status", paths: ["status"]),
          FieldMapping(field: "bytes_out", paths: ["bytes"]),
          FieldMapping(field: "latency", paths: ["service"], unit: "ms"),
        ]),
      #"Nov 21 19:51:49 gw app[7]: ts=2026-11-21T19:51:49Z at=info method=GET path="/a?b=c" host=api.test fwd="192.0.2.7" dyno=web.1 service=18ms status=200 bytes=13 flag"#,
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/a", query: "b=c", status: 200,
        bytesOut: 13, latencyMicroseconds: 18_000, host: "api.test")),
    Sample(
      FormatDescription(
        fields: [
          FieldMapping(field: "time", paths: ["ts"], unit: "epoch_s"),
          FieldMapping(field: "request", paths: ["http.request"]),
          FieldMapping(field: "status", paths: ["http.status"]),
        ]),
      #"ts=1795290709.0 caller= http.request="GET /x\\y?z HTTP/1.1" http.status=404 err="not found""#,
      Sample.Expected(time: time, method: "GET", path: #"/x\y"#, query: "z", status: 404)),
  ]

  private static let time = EventTime(seconds: 1_795_290_709)
}

/// Reads the pairs of a line in one pass, each value as that of a JSON object of one level.
private struct LogfmtReader: LineReader {
  let values: JSONLineReader

  var stampMoment: StampMoment { values.stampMoment }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    var scan = JSONLineReader.Scan()
    while let pair = try pair(line, &scan.at) {
      let node = values.map.child(of: 0, line, pair.key)
      guard node >= 0 else { continue }
      scan.isEscaped = pair.isEscaped
      try values.set(node, pair.value, isString: pair.isQuoted, line, &scan, into: &fields)
    }
    try values.finish(line, into: &fields)
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    TextEscapes.decode(text, into: &output)
  }

  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] {
    var places: [HiddenPlace] = []
    var at = 0
    while let pair = try? pair(line, &at) {
      let node = values.map.child(of: 0, line, pair.key)
      let told = values.map.hiding(node)
      let isSecret = SecretPlaces.isSecretKey(line.extracting(pair.key))
      let hiding = told ?? (isSecret ? .always : .shown)
      if let place = hiding.place(pair.value, of: line) { places.append(place) }
    }
    return places
  }

  private struct Pair {
    var key: Range<Int>
    var value: Range<Int>
    var isQuoted = false
    var isEscaped = false
  }

  /// The next pair from `at` on; `nil` at the end of the line.
  private func pair(_ line: Span<UInt8>, _ at: inout Int) throws(MalformedLine) -> Pair? {
    while at < line.count {
      let start = at
      while at < line.count, !Self.isBlank(line[at]), line[at] != Self.equals {
        // A quote that no pair has opened belongs to nothing that this format describes.
        if line[at] == ASCII.quote { throw MalformedLine(.syntax, at: at) }
        at += 1
      }
      let key = start..<at
      guard at < line.count, line[at] == Self.equals else {
        at += 1
        continue
      }
      at += 1
      guard !key.isEmpty else { throw MalformedLine(.syntax, at: start) }
      if at < line.count, line[at] == ASCII.quote { return try quoted(key, line, &at) }
      let value = at
      while at < line.count, !Self.isBlank(line[at]) {
        if line[at] == ASCII.quote { throw MalformedLine(.syntax, at: at) }
        at += 1
      }
      return Pair(key: key, value: value..<at)
    }
    return nil
  }

  /// A value in quotes, behind which the pair ends.
  private func quoted(
    _ key: Range<Int>, _ line: Span<UInt8>, _ at: inout Int
  ) throws(MalformedLine) -> Pair {
    let start = at + 1
    at = start
    var isEscaped = false
    while at < line.count, line[at] != ASCII.quote {
      if line[at] == ASCII.backslash {
        isEscaped = true
        at += 1
      }
      at += 1
    }
    guard at < line.count else { throw MalformedLine(.missingField, at: line.count) }
    let value = start..<at
    at += 1
    guard at == line.count || Self.isBlank(line[at]) else { throw MalformedLine(.syntax, at: at) }
    return Pair(key: key, value: value, isQuoted: true, isEscaped: isEscaped)
  }

  private static let equals = UInt8(ascii: "=")

  private static func isBlank(_ byte: UInt8) -> Bool { byte == ASCII.space || byte == ASCII.tab }
}
