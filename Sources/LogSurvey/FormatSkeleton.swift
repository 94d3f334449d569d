import AccessLog
import Foundation

/// A description of lines that no preset reads, to start from: what a line looks like, written as
/// the format that could have made it. It holds the line's marks and names of fields, and none of
/// its values.
public struct FormatSkeleton: Sendable {
  /// `nginx`, `apache` or `json`.
  public let formatName: String
  /// `nil` for JSON.
  public let template: String?
  /// As a source of a configuration has it.
  public let configuration: [String]
  /// Of the lines that it was made from, so many are records by it.
  public private(set) var matchedCount = 0
  public private(set) var lineCount = 0

  /// Lines that are looked at.
  static let lineCountMax = 200

  /// - Parameter lines: whole lines from the beginning of a log. `nil` where there is none.
  public init?(_ lines: [UInt8]) {
    let all = lines.split(separator: UInt8(ascii: "\n")).prefix(Self.lineCountMax)
    let texts = all.map { String(decoding: $0.prefix(LineBlocks.lineBytesMax), as: UTF8.self) }
    guard let first = texts.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return nil }
    let description: FormatDescription
    if first.hasPrefix("{"), let map = JSONSketch(first) {
      formatName = JSONLines.name
      template = nil
      description = FormatDescription(fields: map.fields)
      configuration = ["format: json", "fields:"] + map.fields.map { "  \(Self.yaml($0))" }
    } else {
      // A text before `=` may be a value's beginning, unless most lines have it.
      let sketch = LineSketch(first) { name in
        let count = texts.count { $0.contains(name) }
        return count > 1 && count * 2 >= texts.count
      }
      formatName = sketch.isApache ? ApacheLogFormat.name : NginxLogFormat.name
      template = sketch.template
      description = FormatDescription(template: sketch.template)
      let quoted = sketch.template.replacing("'", with: "''")
      configuration = ["format: \(formatName)", "log_format: '\(quoted)'"]
    }
    count(lines: all.flatMap { $0 + [UInt8(ascii: "\n")] }, description)
  }

  private mutating func count(lines: [UInt8], _ description: FormatDescription) {
    var batch = RecordBatch(hash: SipHash(key0: 0, key1: 0))
    guard let reader = try? RecordFormats.format(named: formatName)?.reader(for: description)
    else {
      lineCount = lines.count { $0 == UInt8(ascii: "\n") }
      return
    }
    BlockParser(readers: [reader]).parse(lines, into: &batch)
    matchedCount = batch.count
    lineCount = batch.lineCount - batch.blankLineCount
  }

  private static func yaml(_ mapping: FieldMapping) -> String {
    let path = YAMLText.quoted(mapping.paths[0])
    let value = mapping.unit.map { "{field: \(path), unit: \($0)}" } ?? path
    return "\(mapping.field): \(value)"
  }
}

/// A line of text, part by part, as the variables that could have written it.
private struct LineSketch {
  /// nginx has no variable for some ways to write a time.
  private(set) var isApache = false
  private var parts: [Part] = []

  private enum Part {
    case literal(String)
    /// As nginx calls it, without the dollar.
    case variable(String)
    /// What strftime would have written it by.
    case time(String)
    case unknown(Int)
  }

  private var used: Set<String> = []
  private var unknownCount = 0
  private var rest: Substring

  private static let separators: Set<Character> = [
    " ", "\t", "\"", "[", "]", "(", ")", "|", ";", ",",
  ]

  private let isCommon: (String) -> Bool

  /// - Parameter isCommon: whether most lines hold a text.
  init(_ line: String, isCommon: @escaping (String) -> Bool) {
    rest = line[...]
    self.isCommon = isCommon
    while !rest.isEmpty { step() }
    rest = ""
    isApache = parts.contains { if case .time = $0 { true } else { false } }
  }

  var template: String { parts.map(isApache ? Self.apache : Self.nginx).joined() }

  private mutating func step() {
    if takeTime() || takeRequest() || takeQuoted() { return }
    let character = rest.first ?? " "
    if Self.separators.contains(character) {
      rest.removeFirst()
      return add(literal: String(character))
    }
    let word = rest.prefix { !Self.separators.contains($0) }
    // `status=200`: the name belongs to the format, and the value is looked at next.
    if let pair = word.prefixMatch(of: /[A-Za-z_][A-Za-z0-9_.]*[=:](?=.)/),
      !word.contains("://"), isCommon(String(pair.0))
    {
      rest.removeFirst(pair.0.count)
      return add(literal: String(pair.0))
    }
    rest.removeFirst(word.count)
    add(word: word)
  }

  // MARK: - times and requests

  private mutating func takeTime() -> Bool {
    guard !used.contains("time") else { return false }
    if let found = rest.prefixMatch(of: /\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}/) {
      return take(found.0.count, "time_local", as: "time")
    }
    if let found = rest.prefixMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d/) {
      return take(found.0.count, "time_iso8601", as: "time")
    }
    if let found = rest.prefixMatch(of: /\d{10}\.\d{3}(?=\D|$)/) {
      return take(found.0.count, "msec", as: "time")
    }
    if let found = rest.prefixMatch(of: /\d{4}([-\/])\d\d\1\d\d([ T_])\d\d:\d\d:\d\d/) {
      let (dash, blank) = (found.output.1, found.output.2)
      parts.append(.time("%Y\(dash)%m\(dash)%d\(blank)%H:%M:%S"))
      rest.removeFirst(found.output.0.count)
    } else if let found = rest.prefixMatch(of: /\d\d\/[A-Z][a-z]{2}\/\d{4}([: ])\d\d:\d\d:\d\d/) {
      parts.append(.time("%d/%b/%Y\(found.output.1)%H:%M:%S"))
      rest.removeFirst(found.output.0.count)
    } else {
      return false
    }
    used.insert("time")
    takeFraction()
    return true
  }

  /// The fraction of a second and the zone that stand behind a time.
  private mutating func takeFraction() {
    if let fraction = rest.prefixMatch(of: /([.,])(?:\d{6}|\d{3})(?=\D|$)/) {
      add(literal: String(fraction.output.1))
      parts.append(.time(fraction.output.0.count == 4 ? "msec_frac" : "usec_frac"))
      rest.removeFirst(fraction.output.0.count)
    }
    if let zone = rest.prefixMatch(of: /[ ]?[+-]\d\d:?\d\d/) {
      if rest.first == " " { add(literal: " ") }
      parts.append(.time("%z"))
      rest.removeFirst(zone.output.count)
    } else if rest.first == "Z" {
      add(literal: "Z")
      rest.removeFirst()
    }
  }

  private mutating func takeRequest() -> Bool {
    guard !used.contains("request") else { return false }
    if let found = rest.prefixMatch(of: /[A-Z]{3,9} \S+ HTTP\/\d(?:\.\d)?/) {
      return take(found.0.count, "request", as: "request")
    }
    guard let found = rest.prefixMatch(of: /(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(?=\W)/)
    else { return false }
    return take(found.0.count, "request_method", as: "request")
  }

  private mutating func take(_ count: Int, _ variable: String, as use: String) -> Bool {
    rest.removeFirst(count)
    used.insert(use)
    parts.append(.variable(variable))
    return true
  }

  // MARK: - words

  /// A text in quotes is one field, whatever it holds; a time or a request in them is its own.
  private mutating func takeQuoted() -> Bool {
    guard rest.first == "\"", let end = Self.closingQuote(rest) else { return false }
    let text = rest[rest.index(after: rest.startIndex)..<end]
    let after = rest.index(after: end)
    add(literal: "\"")
    rest = text
    if !text.isEmpty, takeTime() || takeRequest() {
      while !rest.isEmpty { step() }
    } else if text.contains(/^(?:Mozilla|[A-Za-z][A-Za-z0-9_-]*\/\d)/) || text.contains("Gecko") {
      add(Self.free(["http_user_agent"], used))
    } else if text.contains(/^https?:/), used.contains("request") {
      add(Self.free(["http_referer"], used))
    } else {
      add(word: text)
    }
    rest = text.base[after...]
    add(literal: "\"")
    return true
  }

  private static func closingQuote(_ text: Substring) -> Substring.Index? {
    var isEscaped = false
    for index in text.indices.dropFirst() {
      if text[index] == "\"", !isEscaped { return index }
      isEscaped = text[index] == "\\" && !isEscaped
    }
    return nil
  }

  private mutating func add(word: Substring) {
    if word == "-" || word.isEmpty { return addNothing() }
    if let port = word.wholeMatch(of: /(?:\d{1,3}\.){3}\d{1,3}(:)\d{1,5}/) {
      add(Self.free(["remote_addr", "http_x_forwarded_for"], used))
      add(literal: String(port.output.1))
      return add(Self.free(["remote_port"], used))
    }
    // What follows that dash is the user.
    if used.contains("dash"), !used.contains("time"), !used.contains("remote_user") {
      return add("remote_user")
    }
    // A port of the server is no status: it stands before the request, where a status may, too.
    let isPort = word == "443" && !used.contains("request")
    add(isPort ? nil : Self.free(Self.names(of: word), used))
  }

  private static func names(of word: Substring) -> [String] {
    if word.contains(/^(?:\d{1,3}\.){3}\d{1,3}$/)
      || word.contains(/^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*$/)
    {
      return ["remote_addr", "http_x_forwarded_for"]
    }
    if word.contains(/^[1-5]\d\d$/) { return ["status", "body_bytes_sent", "request_length"] }
    if word.contains(/^\d+$/) { return ["body_bytes_sent", "request_length"] }
    if word.contains(/^\d+\.\d+$/) { return ["request_time", "upstream_response_time"] }
    if word.hasPrefix("/") { return ["request_uri"] }
    if word.contains(/^HTTP\/\d/) { return ["server_protocol"] }
    if word.contains(/^[0-9a-fA-F-]{16,64}$/) { return ["request_id"] }
    return []
  }

  /// The first of `names` that was not used yet.
  private static func free(_ names: [String], _ used: Set<String>) -> String? {
    names.first { !used.contains($0) }
  }

  /// After the address the common format has a dash that is always one, then the user.
  private mutating func addNothing() {
    guard used.contains("remote_addr"), !used.contains("time"), !used.contains("remote_user")
    else { return add(nil) }
    if used.insert("dash").inserted { return add(literal: "-") }
    add("remote_user")
  }

  private mutating func add(_ name: String?) {
    guard let name else {
      unknownCount += 1
      return parts.append(.unknown(unknownCount))
    }
    used.insert(name)
    parts.append(.variable(name))
  }

  private mutating func add(literal: String) { parts.append(.literal(literal)) }

  // MARK: - templates

  private static func nginx(_ part: Part) -> String {
    switch part {
    case .literal(let text): text
    case .variable(let name): "$" + name
    case .time: "$time_local"
    case .unknown(let number): "$field_\(number)"
    }
  }

  private static func apache(_ part: Part) -> String {
    switch part {
    case .literal(let text): text
    case .variable(let name): apacheNames[name] ?? "%{\(name)}n"
    case .time(let pattern): "%{\(pattern)}t"
    case .unknown(let number): "%{field_\(number)}n"
    }
  }

  private static let apacheNames = [
    "remote_addr": "%a", "http_x_forwarded_for": "%{X-Forwarded-For}i", "remote_user": "%u",
    "request": "%r", "request_method": "%m", "request_uri": "%U", "status": "%>s",
    "body_bytes_sent": "%b", "request_length": "%I", "http_referer": "%{Referer}i",
    "http_user_agent": "%{User-Agent}i", "server_protocol": "%H", "remote_port": "%{remote}p",
    "time_local": "%t",
  ]
}

/// The first object of a log, as a map of what its values look like.
private struct JSONSketch {
  private(set) var fields: [FieldMapping] = []

  private static let depthMax = 4
  private static let pathCountMax = 200

  private var values: [(path: String, value: Any)] = []

  init?(_ line: String) {
    guard let root = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    else { return nil }
    collect(root, under: "", depth: 0)
    add("time", named: /time|ts|date|start|stamp/) { Self.timeUnit($0) != nil }
    if !has("time") { add("time", named: /./) { Self.timeUnit($0) != nil } }
    add("client_ip", named: /ip|addr|client|remote|peer/) {
      ($0 as? String)?.contains(/^(?:[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:.*)$/) == true
    }
    add("method", named: /./) {
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].contains($0 as? String)
    }
    add("target", named: /uri|url|path|target|resource/) { ($0 as? String)?.hasPrefix("/") == true }
    add("status", named: /status|code/) {
      Self.number($0).map { (100...599).contains($0) } == true
    }
    add("bytes_out", named: /bytes|size|length/) { Self.number($0) != nil }
    add("latency", named: /latency|duration|elapsed|took|request_time|response_time/) {
      Self.number($0) != nil
    }
    add("user_agent", named: /agent/) { $0 is String }
    add("request_id", named: /request.?id|trace.?id|correlation/) { $0 is String }
  }

  private func has(_ field: String) -> Bool { fields.contains { $0.field == field } }

  private mutating func collect(_ object: [String: Any], under prefix: String, depth: Int) {
    for (key, value) in object.sorted(by: { $0.key < $1.key }) {
      // What is no plain name may be anything that a client sent.
      guard values.count < Self.pathCountMax, key.contains(/^[@A-Za-z_][A-Za-z0-9_@-]{0,63}$/)
      else { continue }
      if let inner = value as? [String: Any], depth < Self.depthMax {
        collect(inner, under: prefix + key + ".", depth: depth + 1)
      } else {
        values.append((prefix + key, value))
      }
    }
  }

  private mutating func add(
    _ field: String, named name: some RegexComponent, if fits: (Any) -> Bool
  ) {
    let taken = Set(fields.flatMap(\.paths))
    let found = values.first {
      !taken.contains($0.path) && $0.path.lowercased().contains(name) && fits($0.value)
    }
    guard let found else { return }
    fields.append(
      FieldMapping(field: field, paths: [found.path], unit: Self.unit(of: field, found)))
  }

  private static func unit(of field: String, _ found: (path: String, value: Any)) -> String? {
    switch field {
    case "time": return timeUnit(found.value).flatMap { $0.isEmpty ? nil : $0 }
    case "latency":
      let path = found.path.lowercased()
      if path.hasSuffix("us") || path.hasSuffix("micros") { return "us" }
      return path.hasSuffix("ms") || path.hasSuffix("millis") ? "ms" : "s"
    default: return nil
    }
  }

  /// The unit of an instant; empty where a text says it itself, `nil` where it is none.
  private static func timeUnit(_ value: Any) -> String? {
    if let text = value as? String {
      if text.contains(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/) { return "" }
      return text.contains(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:/) ? "" : nil
    }
    guard let number = number(value) else { return nil }
    switch number {
    case 1e9..<1e11: return "epoch_s"
    case 1e12..<1e14: return "epoch_ms"
    case 1e15..<1e17: return "epoch_us"
    case 1e18..<1e20: return "epoch_ns"
    default: return nil
    }
  }

  private static func number(_ value: Any) -> Double? {
    (value as? NSNumber)?.doubleValue ?? (value as? String).flatMap(Double.init)
  }
}
