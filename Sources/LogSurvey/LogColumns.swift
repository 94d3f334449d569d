/// The columns of a log's lines, named after what all lines together have in them. A column that
/// could be two things stays without a name: a wrong one would be believed.
struct LogColumns {
  private enum Name: Equatable {
    case variable(String)
    case addressAndPort(String)
    case literal(String)
  }

  private let shape: LineShape
  /// By part of the shape; `nil` for literals, and for columns without a name.
  private var names: [Name?]
  /// By part of the shape, without what stands for nothing.
  private var texts: [[Substring]]
  private var used: Set<String> = []

  /// Lines whose shape is looked at.
  private static let shapeCountMax = 50

  init?(_ lines: [String]) {
    guard let shape = Self.commonShape(lines) else { return nil }
    self.shape = shape
    names = shape.parts.map { if case .variable(let name) = $0 { .variable(name) } else { nil } }
    texts = Array(repeating: [], count: shape.parts.count)
    collect(lines)
    for case .variable(let name)? in names { used.insert(name) }
    nameAll()
  }

  /// nginx has no variable for some ways to write a time.
  var isApache: Bool {
    shape.parts.contains { if case .stamp = $0 { true } else { false } }
  }

  /// That of most lines, and of equals that of the first.
  private static func commonShape(_ lines: [String]) -> LineShape? {
    var common: [String: Bool] = [:]
    let isCommon = { (name: String) in
      if let known = common[name] { return known }
      let count = lines.count { $0.contains(name) }
      common[name] = count > 1 && count * 2 >= lines.count
      return common[name] ?? false
    }
    var counts: [(shape: LineShape, count: Int)] = []
    for line in lines.prefix(shapeCountMax) where !line.allSatisfy(\.isWhitespace) {
      let shape = LineShape(line, isCommon: isCommon)
      if let index = counts.firstIndex(where: { $0.shape == shape }) {
        counts[index].count += 1
      } else {
        counts.append((shape, 1))
      }
    }
    let most = counts.map(\.count).max()
    return counts.first { $0.count == most }?.shape
  }

  private mutating func collect(_ lines: [String]) {
    let columns = shape.parts.indices.filter {
      if case .literal = shape.parts[$0] { false } else { true }
    }
    for line in lines {
      guard let values = shape.values(of: line) else { continue }
      for (column, value) in zip(columns, values) where !value.isEmpty && value != "-" {
        texts[column].append(value)
      }
    }
  }

  // MARK: - Names

  private mutating func nameAll() {
    nameAddresses()
    name("upstream_addr") { $0.contains(/^(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}$/) }
    nameUser()
    let hasRequest = used.contains("request")
    if !hasRequest {
      name("request_method") { $0.contains(/^[A-Z]{3,20}$/) }
      name("server_protocol") { $0.contains(/^HTTP\/\d/) }
      name("request_uri", share: 0.9) { $0.hasPrefix("/") }
    }
    name("server_port") { ["80", "443", "8080", "8443"].contains($0) }
    nameStatus()
    nameBytes()
    nameDurations()
    name("request_id") { $0.contains(/^[0-9a-fA-F-]{16,64}$/) }
    name("http_referer", share: 0.8) { $0.contains(/^https?:/) }
    name("http_user_agent", share: 0.5) {
      $0.contains(/^(?:Mozilla|[A-Za-z][A-Za-z0-9_-]*\/\d)/) && !$0.hasPrefix("HTTP/")
    }
    nameHost()
  }

  /// Some ask for the address itself.
  private mutating func nameHost() {
    let isName = { (text: Substring) in
      text.contains(/^(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?$/)
    }
    let hosts = columns.filter {
      has($0, 1) { isName($0) || Self.isAddress($0) } && texts[$0].contains(where: isName)
    }
    if let first = hosts.first { set(first, "host") }
  }

  /// Gives the name to the first column of which so many texts fit.
  private mutating func name(
    _ variable: String, share: Double = 1, where fits: (Substring) -> Bool
  ) {
    guard !used.contains(variable), let column = columns.first(where: { has($0, share, fits) })
    else { return }
    set(column, variable)
  }

  private mutating func set(_ column: Int, _ variable: String) {
    names[column] = .variable(variable)
    used.insert(variable)
  }

  /// Columns without a name that have a text in some line.
  private var columns: [Int] {
    shape.parts.indices.filter {
      shape.parts[$0] == .column && names[$0] == nil && !texts[$0].isEmpty
    }
  }

  private func has(_ column: Int, _ share: Double, _ fits: (Substring) -> Bool) -> Bool {
    let count = texts[column].count(where: fits)
    return count > 0 && Double(count) >= share * Double(texts[column].count)
  }

  private mutating func nameAddresses() {
    for column in columns {
      let isList = has(column, 1) { $0.split(separator: ", ").allSatisfy(Self.isAddress) }
      let hasPort = has(column, 1) { $0.contains(/^(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}$/) }
      guard isList || hasPort else { continue }
      if hasPort, used.contains("remote_addr") { continue }
      let isSingle = has(column, 1) { !$0.contains(",") }
      let free = ["remote_addr", "http_x_forwarded_for"].first {
        !used.contains($0) && (isSingle || $0 != "remote_addr")
      }
      guard let free else { continue }
      set(column, free)
      if hasPort { names[column] = .addressAndPort(free) }
    }
  }

  private static func isAddress(_ text: Substring) -> Bool {
    text.contains(/^(?:\d{1,3}\.){3}\d{1,3}$/)
      || text.contains(/^[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*$/)
  }

  /// After the address the common format has a dash that is always one, then the user.
  private mutating func nameUser() {
    guard let address = names.firstIndex(of: .variable("remote_addr")),
      let time = shape.parts.firstIndex(where: Self.isTime), address < time
    else { return }
    let between = (address..<time).filter { shape.parts[$0] == .column && names[$0] == nil }
    guard between.count == 2, texts[between[0]].isEmpty else { return }
    names[between[0]] = .literal("-")
    set(between[1], "remote_user")
  }

  private static func isTime(_ part: LineShape.Part) -> Bool {
    switch part {
    case .stamp, .variable("time_local"), .variable("time_iso8601"), .variable("msec"): true
    default: false
    }
  }

  private static let usualStatuses: Set<Substring> = [
    "101", "200", "201", "202", "204", "206", "301", "302", "303", "304", "307", "308", "400",
    "401", "403", "404", "405", "406", "408", "409", "410", "411", "412", "413", "414", "415",
    "416", "421", "422", "425", "426", "429", "444", "499", "500", "501", "502", "503", "504",
  ]

  /// The column with the most of the usual numbers, and of equals that nearest to the request.
  private mutating func nameStatus() {
    let candidates = columns.filter {
      has($0, 1) { $0.contains(/^[1-5]\d\d$/) } && has($0, 0.8, Self.usualStatuses.contains)
    }
    let requests = names.indices.filter { Self.isOfRequest(names[$0]) }
    let distance = { (column: Int) in requests.map { abs($0 - column) }.min() ?? 0 }
    let best = candidates.min {
      let (left, right) = (usualShare($0), usualShare($1))
      return left != right ? left > right : distance($0) < distance($1)
    }
    if let best { set(best, "status") }
  }

  private func usualShare(_ column: Int) -> Double {
    Double(texts[column].count(where: Self.usualStatuses.contains)) / Double(texts[column].count)
  }

  private static func isOfRequest(_ name: Name?) -> Bool {
    ["request", "request_method", "request_uri"].contains {
      name == .variable($0)
    }
  }

  /// The number behind the status, or the only one: of several any could be it.
  private mutating func nameBytes() {
    let numbers = columns.filter { has($0, 1) { $0.allSatisfy(\.isASCIIDigit) } }
    let behind = names.firstIndex(of: .variable("status")).map { $0 + 2 }
    if let column = numbers.first(where: { $0 == behind }) ?? numbers.first,
      column == behind || numbers.count == 1
    {
      set(column, "body_bytes_sent")
    }
  }

  /// The time of the whole request is nowhere below that of the part of it.
  private mutating func nameDurations() {
    let decimals = columns.filter { has($0, 1) { $0.contains(/^\d{1,4}\.\d+$/) } }.prefix(2)
    guard let first = decimals.first, let second = decimals.last else { return }
    guard second != first else { return set(first, "request_time") }
    let isSwapped = sum(second) > sum(first)
    set(isSwapped ? second : first, "request_time")
    set(isSwapped ? first : second, "upstream_response_time")
  }

  private func sum(_ column: Int) -> Double {
    texts[column].reduce(0) { $0 + (Double($1) ?? 0) }
  }

  // MARK: - The template

  var template: String {
    var unknownCount = 0
    return shape.parts.indices.map { index in
      switch (shape.parts[index], names[index]) {
      case (.literal(let text), _), (_, .literal(let text)): return text
      case (.stamp(let apache), _): return isApache ? apache : "$time_local"
      case (_, .variable(let name)): return spelt(name)
      case (_, .addressAndPort(let name)): return spelt(name) + ":" + spelt("remote_port")
      case (_, nil):
        unknownCount += 1
        return spelt("field_\(unknownCount)")
      }
    }.joined()
  }

  private func spelt(_ name: String) -> String {
    isApache ? Self.apacheNames[name] ?? "%{\(name)}n" : "$" + name
  }

  private static let apacheNames = [
    "remote_addr": "%a", "http_x_forwarded_for": "%{X-Forwarded-For}i", "remote_user": "%u",
    "request": "%r", "request_method": "%m", "request_uri": "%U", "status": "%>s",
    "body_bytes_sent": "%b", "http_referer": "%{Referer}i", "http_user_agent": "%{User-Agent}i",
    "server_protocol": "%H", "remote_port": "%{remote}p", "server_port": "%p", "host": "%V",
    "time_local": "%t",
  ]
}

extension Character {
  fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
