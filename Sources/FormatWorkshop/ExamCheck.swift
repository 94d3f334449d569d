import AccessLog
import Foundation

/// Compares one asserted field with what was read.
struct ExamCheck {
  let row: ExamRow
  let record: ExamRecord

  enum Outcome: Hashable {
    case same
    /// It differs, and no reader of the line could say otherwise: the reason.
    case allowed(String)
    /// What was found, for people.
    case different(String)
    /// Neither a column nor a name by which the format could be asked for it.
    case unavailable
  }

  func compare(_ field: String, _ value: ExamValue) -> Outcome {
    let (name, form) = ExamFields.base(of: field)
    if value == .absent || form == .absent { return presence(name, !(value == .flag(false))) }
    return switch field {
    case "timestamp": time(value)
    case "timestamp_between": timeBetween(value)
    case "target", "target_b64", "url": target(field, value)
    case "latency_ms": duration(record.latency, value)
    case "upstream_ms": duration(record.upstreamLatency, value)
    case "upstream_s": upstreamSeconds(value)
    case "latency_ms_min", "latency_ms_max": bound(field, value)
    case "malformed_request":
      outcome(.flag(record.isNotHTTP) == value, record.isNotHTTP ? "not HTTP" : "a request")
    case "captured_request_headers": captures("req", value)
    case "captured_response_headers": captures("res", value)
    case "throttled": outcome(.flag(record.isThrottled) == value, "\(record.isThrottled)")
    default: other(field, value)
    }
  }

  private func outcome(_ isSame: Bool, _ found: @autoclosure () -> String) -> Outcome {
    isSame ? .same : .different(found())
  }

  // MARK: - Time

  /// A record's times have milliseconds; what a writer gives beyond them is cut or rounded.
  private func time(_ value: ExamValue) -> Outcome {
    guard case .text(let text) = value, let expected = EventTime(rfc3339: text) else {
      return .different("\(record.time.rfc3339), which cannot be compared")
    }
    let difference = abs(expected.milliseconds - record.time.milliseconds)
    return outcome(difference <= 1, record.time.rfc3339)
  }

  /// A stamp of whole seconds stands for all of its second.
  private func timeBetween(_ value: ExamValue) -> Outcome {
    guard case .texts(let texts) = value, texts.count == 2,
      let earliest = EventTime(rfc3339: texts[0]), let latest = EventTime(rfc3339: texts[1])
    else { return .different("\(record.time.rfc3339), which cannot be compared") }
    let first = record.time.milliseconds
    let last = first % 1000 == 0 ? first + 999 : first
    return outcome(
      last >= earliest.milliseconds && first <= latest.milliseconds, record.time.rfc3339)
  }

  // MARK: - Numbers

  /// Milliseconds, as far as microseconds tell them.
  private func duration(_ found: Double?, _ value: ExamValue) -> Outcome {
    guard case .number(let expected) = value, let found else {
      return .different(found.map { "\($0)" } ?? "absent")
    }
    return outcome(abs(found - expected) <= 0.001_000_1, "\(found)")
  }

  private func bound(_ field: String, _ value: ExamValue) -> Outcome {
    guard case .number(let limit) = value, let found = record.latency else {
      return .different("absent")
    }
    if field.hasSuffix("min") { return outcome(found >= limit, "\(found)") }
    if found > limit, found <= limit + Self.abortMillisecondsMax,
      row.tags.contains("client_abort")
    {
      return .allowed("the client went away, and did not see how long the request took")
    }
    return outcome(found <= limit, "\(found)")
  }

  /// How much longer than its client a gateway may stay with a request. More is a wrong unit.
  private static let abortMillisecondsMax = 10_000.0

  /// Only the record's own column counts, which is what everything else goes by; -1 is what a load
  /// balancer logs where no target answered.
  private func upstreamSeconds(_ value: ExamValue) -> Outcome {
    if value == .number(-1) { return presence("upstream_s", true) }
    return duration(record.upstreamLatency.map { $0 / 1000 }, value)
  }

  // MARK: - Absence

  /// Whether the field is absent, as is asserted, or present.
  private func presence(_ name: String, _ isAbsent: Bool) -> Outcome {
    switch name {
    case "timestamp": outcome(!isAbsent, record.time.rfc3339)
    case "latency_ms": presence(of: record.latency, isAbsent)
    case "upstream_ms", "upstream_s": presence(of: record.upstreamLatency, isAbsent)
    case "target", "url": presence("path", isAbsent)
    default: find(name).map { presence(of: $0, isAbsent) } ?? .unavailable
    }
  }

  private func presence(of number: Double?, _ isAbsent: Bool) -> Outcome {
    outcome((number == nil) == isAbsent, number.map { "\($0)" } ?? "absent")
  }

  private func presence(of found: ExamRecord.Found, _ isAbsent: Bool) -> Outcome {
    if isDashAmbiguous, found == .bytes([UInt8(ascii: "-")]) { return .same }
    let isFound = !Self.bytes(found).isEmpty || Self.number(found) != nil
    return outcome(isFound != isAbsent, Self.shown(found))
  }

  // MARK: - Texts

  /// A target is split at its first question mark, and an absolute one loses its scheme and
  /// authority; what a `?` with nothing behind it says is nothing.
  private func target(_ field: String, _ value: ExamValue) -> Outcome {
    guard let path = record.column("path"), let query = record.column("query"),
      let expected = bytes(field, value)
    else { return .unavailable }
    var found = Self.bytes(path)
    if query != .absent { found += [UInt8(ascii: "?")] + Self.bytes(query) }
    for candidate in expected {
      var candidate = Self.withoutAuthority(candidate)
      if candidate.last == UInt8(ascii: "?"), found.last != UInt8(ascii: "?") {
        candidate.removeLast()
      }
      if candidate == found { return .same }
    }
    if field == "url", record.isNotHTTP, row.expected["method"] == nil {
      return .allowed("it is no request, and has no target")
    }
    return difference(found.isEmpty ? .absent : .bytes(found), expected, of: "target")
  }

  /// HAProxy's captures, with bars between them; each is asked for by itself.
  private func captures(_ side: String, _ value: ExamValue) -> Outcome {
    guard case .text(let text) = value else { return .unavailable }
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      guard let found = record.identity(anyOf: ["capture.\(side).hdr(\(index))"]) else {
        return .unavailable
      }
      guard Self.bytes(found) == Array(part.utf8) else { return .different(Self.shown(found)) }
    }
    return .same
  }

  private static func withoutAuthority(_ target: [UInt8]) -> [UInt8] {
    let text = target.map { $0 < 0x80 ? Character(UnicodeScalar($0)) : "x" }
    guard target.first != UInt8(ascii: "/"), let colon = text.firstIndex(of: ":"),
      text[colon...].starts(with: "://"), text[..<colon].allSatisfy({ $0 != "?" })
    else { return target }
    let rest = target[(colon + 3)...]
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
    guard let end else { return [UInt8(ascii: "/")] }
    return (target[end] == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]) + target[end...]
  }

  private func other(_ field: String, _ value: ExamValue) -> Outcome {
    let (name, _) = ExamFields.base(of: field)
    guard let found = find(name) else { return .unavailable }
    if case .number(let expected) = value {
      return outcome(Self.number(found) == expected, Self.shown(found))
    }
    guard let expected = bytes(field, value) else { return .unavailable }
    if isDashAmbiguous, found == .absent, expected.contains([UInt8(ascii: "-")]) { return .same }
    let bytes = Self.bytes(found)
    if expected.contains(bytes) || name == "host" && isHost(bytes, expected) { return .same }
    return difference(found, expected, of: name)
  }

  /// What differs, unless the line itself does not have what is asserted.
  private func difference(
    _ found: ExamRecord.Found, _ expected: [[UInt8]], of name: String
  ) -> Outcome {
    let bytes = Self.bytes(found)
    if isCut(bytes, expected) { return .allowed("the writer cut it after \(bytes.count) bytes") }
    if found == .absent, Self.requestParts.contains(name), isLeftOut {
      return .allowed("the writer left it out")
    }
    return .different(Self.shown(found))
  }

  private static let requestParts: Set = ["method", "target", "protocol"]

  /// By writer, the tags of requests of which it does not log a part. HAProxy writes `<BADREQ>` of
  /// a request that never ended, and cuts a line with a long one.
  private static let leftOut: [String: Set<String>] = ["haproxy": ["half_request", "t_long"]]

  private var isLeftOut: Bool {
    let writer = String(row.format.prefix { $0 != "/" })
    return !row.isPeer && !row.tags.isDisjoint(with: Self.leftOut[writer] ?? [])
  }

  /// Writers with a limit cut a long text: what is found is its beginning, and the line does not
  /// have the rest.
  private func isCut(_ found: [UInt8], _ expected: [[UInt8]]) -> Bool {
    found.count >= Self.cutBytesMin
      && expected.contains { $0.count > row.line.count && $0.starts(with: found) }
  }

  /// No writer cuts a text that is shorter than this.
  private static let cutBytesMin = 200

  /// A dash was sent, which in a text format is also how the writer says that there was none.
  private var isDashAmbiguous: Bool {
    row.tags.contains("dash_is_ambiguous") || row.tags.contains("ua_dash")
  }

  /// A column of the record, or else what the line gives when it is asked for the field.
  private func find(_ name: String) -> ExamRecord.Found? {
    if name == "bytes_out_total" || name == "bytes_total" {
      let total = ExamFields.names[name].flatMap { record.identity(anyOf: $0) }
      return total ?? record.column("bytes")
    }
    if let column = record.column(name) { return column }
    guard let found = ExamFields.names[name].flatMap({ record.identity(anyOf: $0) }) else {
      return nil
    }
    guard name == "client_port", case .bytes(let bytes) = found else { return found }
    return .bytes(Array(bytes[((bytes.lastIndex(of: UInt8(ascii: ":")) ?? -1) + 1)...]))
  }

  /// The bytes that are asserted: those of the text, and for a peer, which compares text as it
  /// was logged, what the text stands for.
  private func bytes(_ field: String, _ value: ExamValue) -> [[UInt8]]? {
    guard case .text(let text) = value else { return nil }
    if field.hasSuffix("_b64") { return Data(base64Encoded: text).map { [Array($0)] } }
    // The bytes are asserted beside the text, which cannot hold them all.
    if let exact = row.expected[field + "_b64"] { return bytes(field + "_b64", exact) }
    return row.isPeer ? [Array(text.utf8), record.unescaped(text)] : [Array(text.utf8)]
  }

  /// Some peers leave the port of an absolute URL out.
  private func isHost(_ found: [UInt8], _ expected: [[UInt8]]) -> Bool {
    guard row.isPeer, let colon = found.lastIndex(of: UInt8(ascii: ":")) else { return false }
    return expected.contains(Array(found[..<colon]))
  }

  private static func bytes(_ found: ExamRecord.Found) -> [UInt8] {
    if case .bytes(let bytes) = found { bytes } else { [] }
  }

  private static func number(_ found: ExamRecord.Found) -> Double? {
    switch found {
    case .absent: nil
    case .number(let number): number
    case .bytes(let bytes): Double(String(decoding: bytes, as: UTF8.self))
    }
  }

  private static func shown(_ found: ExamRecord.Found) -> String {
    switch found {
    case .absent: "absent"
    case .number(let number): "\(Int64(number))"
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self).debugDescription
    }
  }
}
