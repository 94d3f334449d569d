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
  private let hasBareValues: Bool
  /// A collector puts its own words before the object: syslog, the container runtime, log4j.
  private let hasPrefix: Bool
  /// A line that says nothing of a request is no record.
  private let needsRequest: Bool
  /// Each place in the map has a rank of its own, so that two values of one rank are of one key.
  private let refusesDoubles: Bool
  let stampMoment: StampMoment
  private let zone: LocalZone
  private let referenceDay: Int?
  /// How the time is spelled, where the map says so.
  private let timeParts: [TimePattern.Part]

  init(
    _ map: JSONFieldMap, queryIdentities: [VariablePlan.QueryIdentity] = [],
    hasBareValues: Bool = false, hasPrefix: Bool = true,
    needsRequest: Bool = false, refusesDoubles: Bool = false,
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
    TextEscapes.decode(text, into: &output)
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

  private func isNull(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count == 4 && line.has("null", at: range.lowerBound, end: range.upperBound)
  }
}

// MARK: - Tokens

extension JSONLineReader {
  /// The object begins at the line's first byte, but for blanks, a byte order mark, and what a
  /// collector put before it if the source says that one does.
  func skipToObject(_ line: Span<UInt8>, _ scan: inout Scan) throws(MalformedLine) {
    if line.count > 0, line[0] == UInt8(ascii: "{") { return }
    if line.count >= 3, line[0] == 0xef, line[1] == 0xbb, line[2] == 0xbf { scan.at = 3 }
    skipSpace(line, &scan)
    if scan.at < line.count, line[scan.at] == UInt8(ascii: "{") { return }
    if isListOfObjects(line, scan.at) { throw MalformedLine(.list, at: scan.at) }
    let end = min(line.count, Self.prefixBytesMax)
    guard hasPrefix, scan.at < end else { throw MalformedLine(.syntax, at: scan.at) }
    var from = scan.at
    while let brace = line.firstIndex(of: UInt8(ascii: "{"), in: from..<end) {
      from = brace + 1
      if isObjectStart(line, from) {
        scan.at = brace
        return
      }
    }
    throw MalformedLine(.syntax, at: scan.at)
  }

  /// What loggers that send over HTTP write for several records.
  private func isListOfObjects(_ line: Span<UInt8>, _ start: Int) -> Bool {
    guard start < line.count, line[start] == UInt8(ascii: "[") else { return false }
    var at = start + 1
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && line[at] == UInt8(ascii: "{") && isObjectStart(line, at + 1)
  }

  /// A key or the end follows the brace, so that it is none of a prefix's own.
  private func isObjectStart(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var at = start
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && (line[at] == ASCII.quote || line[at] == UInt8(ascii: "}"))
  }

  @inline(__always)
  func skipSpace(_ line: Span<UInt8>, _ scan: inout Scan) {
    if scan.at < line.count, line[scan.at] > ASCII.space { return }
    skipSpaces(line, &scan)
  }

  private func skipSpaces(_ line: Span<UInt8>, _ scan: inout Scan) {
    while scan.at < line.count, isSpace(line[scan.at]) { scan.at += 1 }
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.carriageReturn
  }

  /// Moves past `byte` if it is next.
  @inline(__always)
  func take(
    _ byte: UInt8, _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Bool {
    guard scan.at < line.count else { throw MalformedLine(.syntax, at: scan.at) }
    guard line[scan.at] == byte else { return false }
    scan.at += 1
    return true
  }

  /// The inside of the string that begins here.
  @inline(__always)
  func readString(
    _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Range<Int> {
    guard try take(ASCII.quote, line, &scan) else { throw MalformedLine(.syntax, at: scan.at) }
    let start = scan.at
    let end = line.endOfQuoted(from: start, isEscaped: &scan.isEscaped)
    guard end < line.count else { throw MalformedLine(.syntax, at: line.count) }
    scan.at = end + 1
    return start..<end
  }

  /// A value without quotes.
  @inline(__always)
  func readBare(_ line: Span<UInt8>, _ scan: inout Scan) throws(MalformedLine) -> Range<Int> {
    hasBareValues ? bareValue(line, &scan) : try readWord(line, &scan)
  }

  /// A number, `true`, `false` or `null`.
  private func readWord(
    _ line: Span<UInt8>, _ scan: inout Scan
  ) throws(MalformedLine) -> Range<Int> {
    let start = scan.at
    while scan.at < line.count, Self.isWordByte(line[scan.at]) { scan.at += 1 }
    let range = start..<scan.at
    guard !range.isEmpty else { throw MalformedLine(.syntax, at: start) }
    let isName = line[start].isLetter
    guard
      !isName || isNull(line, range) || line.has("true", at: start, end: range.upperBound)
        || line.has("false", at: start, end: range.upperBound)
    else { throw MalformedLine(.syntax, at: start) }
    return range
  }

  /// Whatever a template put where a value belongs: up to the brace, or to a comma behind which
  /// a key begins.
  private func bareValue(_ line: Span<UInt8>, _ scan: inout Scan) -> Range<Int> {
    let start = scan.at
    while scan.at < line.count, line[scan.at] != UInt8(ascii: "}"),
      line[scan.at] != UInt8(ascii: "]")
    {
      if line[scan.at] == ASCII.comma, isFollowedByKey(line, scan.at + 1) { break }
      scan.at += 1
    }
    var end = scan.at
    while end > start, isSpace(line[end - 1]) { end -= 1 }
    return start..<end
  }

  private func isFollowedByKey(_ line: Span<UInt8>, _ start: Int) -> Bool {
    var at = start
    while at < line.count, isSpace(line[at]) { at += 1 }
    return at < line.count && line[at] == ASCII.quote
  }

  @inline(__always)
  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte.isDigit || byte.isLetter || byte == ASCII.dash || byte == ASCII.dot
      || byte == UInt8(ascii: "+")
  }
}

extension Span<UInt8> {
  /// The offset of the quote that ends the string whose inside begins at `start`; the count of
  /// the span where none does. Reads eight bytes at a time, because most strings are short.
  @inline(__always)
  fileprivate func endOfQuoted(from start: Int, isEscaped: inout Bool) -> Int {
    var at = start
    isEscaped = false
    while true {
      while at + 8 <= count {
        let hits = Self.quotesAndBackslashes(word(at: at))
        if hits != 0 {
          at += hits.trailingZeroBitCount >> 3
          break
        }
        at += 8
      }
      while at < count, self[at] != ASCII.quote, self[at] != ASCII.backslash { at += 1 }
      guard at < count, self[at] == ASCII.backslash else { return Swift.min(at, count) }
      isEscaped = true
      at += 2
    }
  }

  /// The high bit of each byte of `word` that is a quote or a backslash. Above the first such
  /// byte others may be marked too, which is why only the lowest mark counts.
  @inline(__always)
  private static func quotesAndBackslashes(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = word ^ (ones &* UInt64(ASCII.quote))
    let backslashes = word ^ (ones &* UInt64(ASCII.backslash))
    return ((quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes)
      & 0x8080_8080_8080_8080
  }
}
