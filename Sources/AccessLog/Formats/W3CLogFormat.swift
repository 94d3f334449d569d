/// Lines of W3C's extended log format: IIS, CloudFront's standard logs, NetScaler.
///
/// Source: w3.org/TR/WD-logfile.html; learn.microsoft.com, IIS logging; docs.aws.amazon.com,
/// CloudFront standard logs. The template is the `#Fields` line. Lines with `#` are comments; one
/// that names other columns is counted as a change, and so are the lines behind it, because they
/// are not what the format says. The unit of `time-taken` follows from the `#Software` line, or the source says it in
/// its map of fields, of which nothing else is taken. Stamps are when the request was done, in UTC unless the source says otherwise.
public enum W3CLogFormat: RecordFormat {
  public static let name = "w3c"

  /// CloudFront's columns, of which older logs have the first ones only.
  static let cloudFront = """
    #Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status \
    cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id \
    x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher \
    x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port \
    time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len \
    sc-range-start sc-range-end
    """

  /// What IIS writes where nobody chose other columns.
  static let iis = """
    #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
    cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken
    """

  public static func reader(
    for description: FormatDescription
  ) throws(FormatFault) -> any LineReader {
    var columns = try W3CColumns(description.template ?? iis)
    try columns.take(description.fields)
    let template = try columns.template()
    let plan = try VariablePlan(
      template, description, timeAdvice: "log the columns date and time, too")
    return W3CReader(
      reader: try TemplateReader(template, plan, description),
      columns: columns.names.map { Array($0.utf8) })
  }

  /// The `#Fields` line that describes the lines behind it, from the beginning of a log; `nil`
  /// where it has none.
  public static func template(inHead head: [UInt8]) -> String? {
    let text = String(decoding: head, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    return lines.first { $0.hasPrefix("#Fields:") }.map(String.init)
  }

  public static let samples: [Sample] = [
    Sample(
      FormatDescription(template: iis),
      "2026-11-21 19:51:49 ::1 GET /forbidden a=b 80 - 192.0.2.7 Mozilla/5.0+(Windows) - 404 0 2 189",
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/forbidden", query: "a=b",
        status: 404, latencyMicroseconds: 189_000, userAgent: "Mozilla/5.0+(Windows)")),
    Sample(
      FormatDescription(template: cloudFront),
      "2026-11-21\t19:51:49\tCDG50-P2\t703\t192.0.2.7\tGET\td1.cloudfront.net\t/test\t000\t-\tcurl/7%20(x)\tq=42\t-\tError\t375WZmnR==\tx.example\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES\tError\tHTTP/2.0\t-\t-\t51754\t0.113\tError\ttext/plain\t20\t-\t-",
      Sample.Expected(
        time: time, address: "192.0.2.7", method: "GET", path: "/test", query: "q=42", status: 0,
        bytesOut: 703, latencyMicroseconds: 113_000, userAgent: "curl/7 (x)")),
    Sample(
      FormatDescription(
        template:
          "#Software: IIS Advanced Logging Module\n#Fields: date time cs-uri-stem cs-uri-query c-ip cs(User-Agent) cs(X-Api-Key) sc-status sc-bytes time-taken",
        identity: [IdentityField(field: "X-Api-Key", isSecret: true)], zone: .fixed(minutes: 60)),
      #"2026-11-21 20:51:49.363 /p - "192.0.2.7" "a ""b"" c" k1 200 12 0.109"#,
      Sample.Expected(
        time: EventTime(milliseconds: time.milliseconds + 363), address: "192.0.2.7", path: "/p",
        status: 200, bytesOut: 12, latencyMicroseconds: 109_000, userAgent: #"a "b" c"#,
        identity: "k1")),
  ]

  private static let time = EventTime(seconds: 1_795_290_709)
}

/// Reads lines of the columns that a `#Fields` line named.
private struct W3CReader: LineReader {
  let reader: TemplateReader
  let columns: [[UInt8]]

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    guard line.count > 0, line[0] != UInt8(ascii: "#") else {
      throw MalformedLine(isOwn(line) ? .comment : .changedColumns, at: 0)
    }
    // A line that went through CSV is quoted as a whole.
    if line[0] == ASCII.quote, line[line.count - 1] == ASCII.quote, line.count > 11,
      line[11] == ASCII.tab
    {
      return try reader.read(line.extracting(0..<line.count - 1), from: 1, into: &fields)
    }
    try reader.read(line, into: &fields)
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    reader.unescape(text, into: &output)
  }

  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] {
    line.count > 0 && line[0] == UInt8(ascii: "#") ? [] : reader.hiddenPlaces(in: line)
  }

  var hasHeaders: Bool { true }

  func reading(only wanted: RecordColumns) -> any LineReader {
    W3CReader(reader: reader.limited(to: wanted), columns: columns)
  }

  func isDescribed(by header: Span<UInt8>) -> Bool { isOwn(header) }

  /// Whether a directive says nothing new of the columns.
  private func isOwn(_ line: Span<UInt8>) -> Bool {
    guard line.has("#Fields:", at: 0, end: line.count) else { return true }
    var at = 8
    for column in columns {
      while at < line.count, isSeparator(line[at]) { at += 1 }
      guard line.has(column.span, at: at) else { return false }
      at += column.count
      guard at == line.count || isSeparator(line[at]) else { return false }
    }
    while at < line.count, isSeparator(line[at]) { at += 1 }
    return at == line.count
  }

  private func isSeparator(_ byte: UInt8) -> Bool { byte == ASCII.space || byte == ASCII.tab }
}

extension W3CLogFormat {
  /// Who writes it and what a source says of it, for the page of formats.
  public static let about = """
    Columns that a `#Fields:` line names: IIS, CloudFront, NetScaler. `log_format` is that line, \
    with `#Software:` before it where the writer has one; without it, the first of the file is \
    taken. Times are UTC unless `timezone` says otherwise. `time-taken` is milliseconds, but of \
    CloudFront and where `#Software:` names NetScaler or IIS Advanced Logging seconds; \
    `fields: {latency: {field: time-taken, unit: s}}` says it for others. Lines behind a `#Fields:` \
    line with other columns are refused until the own ones come again: give the source both, as \
    two formats.
    """
}
