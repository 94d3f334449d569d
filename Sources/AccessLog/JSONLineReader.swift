/// Reads one JSON object a line in one pass, without building a tree.
///
/// It is tolerant where writers are careless: a byte order mark, bytes that are not UTF-8, raw
/// control characters, `\x22` in strings. A line that is no object, or whose brackets do not
/// match, is refused.
struct JSONLineReader: LineReader {
  static let depthMax = 64
  /// Bytes that a collector may put before the object.
  static let prefixBytesMax = 1024

  let map: JSONFieldMap
  private let queryIdentities: [VariablePlan.QueryIdentity]
  /// Numbers come from a template that left them out or wrote a list: `"urt":,`,
  /// `"urt":0.001, 0.002`.
  let hasBareValues: Bool
  /// A collector puts its own words before the object: syslog, the container runtime, log4j.
  let hasPrefix: Bool
  /// A line that says nothing of a request is no record.
  private let needsRequest: Bool
  /// Each place in the map has a rank of its own, so that two values of one rank are of one key.
  private let refusesDoubles: Bool
  /// `\u00e9` is a byte and no scalar.
  private let escapesBytes: Bool
  let stampMoment: StampMoment
  private let zone: LocalZone
  private let referenceDay: Int?
  /// How the time is spelled, where the map says so.
  private let timeParts: [TimePattern.Part]

  init(
    _ map: JSONFieldMap, queryIdentities: [VariablePlan.QueryIdentity] = [],
    hasBareValues: Bool = false, hasPrefix: Bool = true,
    needsRequest: Bool = false, refusesDoubles: Bool = false, escapesBytes: Bool = false,
    stampMoment: StampMoment = .requestEnd,
    zone: LocalZone = .utc, timePattern: TimePattern? = nil, referenceDay: Int? = nil
  ) {
    var map = map
    map.makeTables()
    self.map = map
    self.queryIdentities = queryIdentities
    self.hasBareValues = hasBareValues
    self.hasPrefix = hasPrefix
    self.needsRequest = needsRequest
    self.refusesDoubles = refusesDoubles
    self.escapesBytes = escapesBytes
    self.stampMoment = stampMoment
    self.zone = zone
    self.referenceDay = referenceDay
    timeParts = timePattern?.parts ?? []
  }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    var scan = Scan()
    try skipToObject(line, &scan)
    try readObject(line, &scan, node: 0, into: &fields)
    skipSpace(line, &scan)
    guard scan.at == line.count else { throw MalformedLine(.syntax, at: scan.at) }
    try finish(line, into: &fields)
  }

  /// Ends a line of which all values were read.
  func finish(
    _ line: Span<UInt8>, into fields: inout RecordFields
  ) throws(MalformedLine) {
    fields.completeRequest(line)
    if fields.isWallClock { fields.placeTime(in: zone) }
    if needsRequest, fields.saysNothingOfARequest, fields.time != nil {
      throw MalformedLine(.missingField, at: 0)
    }
    for identity in queryIdentities {
      fields.setIdentity(identity.slot, fromQueryParameter: identity.name.span, line)
    }
  }

  func unescape(_ text: Span<UInt8>, into output: inout [UInt8]) {
    TextEscapes.decode(text, escapesBytes: escapesBytes, into: &output)
  }

  /// How far the line is read, and how good the values found so far are.
  struct Scan {
    var at = 0
    var depth = 0
    /// The string that was read last has a backslash.
    var isEscaped = false
    /// By slot; 255 where nothing was found yet.
    var ranks: [32 of UInt8] = .init(repeating: 255)
  }

  // MARK: - Objects and arrays

  private func readObject(
    _ line: Span<UInt8>, _ scan: inout Scan, node: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    try enter(&scan)
    skipSpace(line, &scan)
    if try take(UInt8(ascii: "}"), line, &scan) { return leave(&scan) }
    while true {
      let key = try readString(line, &scan)
      skipSpace(line, &scan)
      guard try take(ASCII.colon, line, &scan) else { throw MalformedLine(.syntax, at: scan.at) }
      let child = map.child(of: node, line, key)
      try readValue(line, &scan, node: child, into: &fields)
      skipSpace(line, &scan)
      if try take(ASCII.comma, line, &scan) {
        skipSpace(line, &scan)
      } else {
        guard try take(UInt8(ascii: "}"), line, &scan) else {
          throw MalformedLine(.syntax, at: scan.at)
        }
        return leave(&scan)
      }
    }
  }

  /// Only the first element can mean anything: Caddy logs each header as a list.
  private func readArray(
    _ line: Span<UInt8>, _ scan: inout Scan, node: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    try enter(&scan)
    skipSpace(line, &scan)
    if try take(UInt8(ascii: "]"), line, &scan) { return leave(&scan) }
    var node = node
    while true {
      try readValue(line, &scan, node: node, into: &fields)
      node = -1
      skipSpace(line, &scan)
      if try take(UInt8(ascii: "]"), line, &scan) { return leave(&scan) }
      guard try take(ASCII.comma, line, &scan) else { throw MalformedLine(.syntax, at: scan.at) }
    }
  }

  @inline(__always)
  private func readValue(
    _ line: Span<UInt8>, _ scan: inout Scan, node: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    skipSpace(line, &scan)
    guard scan.at < line.count else { throw MalformedLine(.syntax, at: scan.at) }
    switch line[scan.at] {
    case ASCII.quote:
      let range = try readString(line, &scan)
      if node >= 0 { try set(node, range, isString: true, line, &scan, into: &fields) }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if node < 0 {
        try skipContainer(line, &scan)
      } else if line[scan.at] == UInt8(ascii: "{") {
        try readObject(line, &scan, node: node, into: &fields)
      } else {
        try readArray(line, &scan, node: node, into: &fields)
      }
    default:
      let range = try readBare(line, &scan)
      if node >= 0 { try set(node, range, isString: false, line, &scan, into: &fields) }
    }
  }

  /// Moves past an object or a list that nobody wants: only its strings and brackets count.
  private func skipContainer(
    _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) {
    // One bit a level, the innermost lowest: set for an object. There are 64 levels at most.
    var kinds: UInt64 = 0
    var depth = scan.depth
    var at = scan.at
    while at < line.count {
      let byte = line[at]
      if byte == ASCII.quote {
        at = line.endOfQuoted(from: at + 1, isEscaped: &scan.isEscaped)
      } else if byte | 0x20 == UInt8(ascii: "{") {
        depth += 1
        if depth > Self.depthMax { throw MalformedLine(.tooDeep, at: at) }
        kinds = kinds << 1 | (byte == UInt8(ascii: "{") ? 1 : 0)
      } else if byte | 0x20 == UInt8(ascii: "}") {
        guard kinds & 1 == (byte == UInt8(ascii: "}") ? 1 : 0) else {
          throw MalformedLine(.syntax, at: at)
        }
        kinds >>= 1
        depth -= 1
        if depth == scan.depth {
          scan.at = at + 1
          return
        }
      }
      at += 1
    }
    throw MalformedLine(.syntax, at: line.count)
  }

  func enter(_ scan: inout Scan) throws(MalformedLine) {
    scan.at += 1
    scan.depth += 1
    if scan.depth > Self.depthMax { throw MalformedLine(.tooDeep, at: scan.at) }
  }

  func leave(_ scan: inout Scan) { scan.depth -= 1 }

  // MARK: - Fields

  /// Fills the fields that want the value of `node`. Of a key that stands twice in the object of
  /// a template the first counts; elsewhere it is refused, because a writer that escapes nothing
  /// lets the client write the other one.
  func set(
    _ node: Int, _ range: Range<Int>, isString: Bool, _ line: Span<UInt8>, _ scan: inout Scan,
    into fields: inout RecordFields
  ) throws(MalformedLine) {
    var index = map.firstLeaf(of: node)
    guard index >= 0, !range.isEmpty, isString || !isNull(line, range), !isAbsent(line, range)
    else { return }
    let isEscaped = isString && scan.isEscaped
    let isDash = range.count == 1 && line[range.lowerBound] == ASCII.dash
    let leaves = map.leaves.span
    while index >= 0 {
      let use = leaves[index].use
      let rank = leaves[index].rank
      let place = index
      index = leaves[index].next
      let slot = Int(use.slot.rawValue)
      if rank == scan.ranks[slot], refusesDoubles {
        throw MalformedLine(.doubledKey, at: range.lowerBound)
      }
      if rank >= scan.ranks[slot] || isDash && use.dashIsAbsent { continue }
      switch leaves[place].form {
      case .plain: try fields.set(use, range, of: line, isEscaped: isEscaped)
      case .address: try fields.setAddress(use, range, of: line, isEscaped: isEscaped)
      case .mark:
        // Of several marks one is enough.
        if isMark(line, range, leaves[place].words) { fields.isThrottled = true }
        continue
      case .time: try fields.set(.time, use, range, of: line)
      case .timePattern: fields.time = try time(range, line)
      case .duration: try fields.set(.duration, use, range, of: line)
      }
      scan.ranks[slot] = rank
    }
  }

  /// The instant that is spelled as the map says.
  private func time(
    _ range: Range<Int>, _ line: Span<UInt8>
  ) throws(MalformedLine) -> EventTime {
    var times = TimeParts()
    guard times.read(timeParts.span, line, from: range.lowerBound) == range.upperBound,
      let time = times.time(zone: zone, referenceDay: referenceDay)
    else { throw MalformedLine(.badTime, at: range.lowerBound) }
    return time
  }

  @inline(__always)
  private func isAbsent(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    if map.absentWords.isEmpty { return false }
    return map.words.contains(line, range, among: map.absentWords)
  }

  /// Whether one of the parts between commas is one of the words: Envoy writes `UF,RL`.
  private func isMark(_ line: Span<UInt8>, _ range: Range<Int>, _ words: Range<Int>) -> Bool {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = line.firstIndex(of: ASCII.comma, in: start..<range.upperBound) ?? range.upperBound
      if map.words.contains(line, start..<end, among: words) { return true }
      start = end + 1
    }
    return false
  }

  func isNull(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count == 4 && line.has("null", at: range.lowerBound, end: range.upperBound)
  }
}
