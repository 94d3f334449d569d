/// Reads one JSON object a line in one pass, without building a tree.
///
/// It is tolerant where writers are careless: bytes that are not UTF-8, raw control characters,
/// `\x22` in strings. A line that is no object, or whose brackets do not match, is refused.
struct JSONLineReader: LineReader {
  static let depthMax = 64

  let map: JSONFieldMap
  private let queryIdentities: [VariablePlan.QueryIdentity]
  /// Numbers come from a template that left them out or wrote a list: `"urt":,`,
  /// `"urt":0.001, 0.002`.
  private let hasBareValues: Bool

  init(
    _ map: JSONFieldMap, queryIdentities: [VariablePlan.QueryIdentity] = [],
    hasBareValues: Bool = false
  ) {
    self.map = map
    self.queryIdentities = queryIdentities
    self.hasBareValues = hasBareValues
  }

  func read(_ line: Span<UInt8>, into fields: inout RecordFields) throws(MalformedLine) {
    var scan = Scan()
    skipSpace(line, &scan)
    guard scan.at < line.count, line[scan.at] == UInt8(ascii: "{") else {
      throw MalformedLine(.syntax, at: scan.at)
    }
    try readObject(line, &scan, node: 0, into: &fields)
    skipSpace(line, &scan)
    guard scan.at == line.count else { throw MalformedLine(.syntax, at: scan.at) }
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
      let child = node < 0 ? -1 : self.child(of: node, line, key)
      try readValue(line, &scan, node: child, into: &fields)
      skipSpace(line, &scan)
      if try take(UInt8(ascii: "}"), line, &scan) { return leave(&scan) }
      guard try take(ASCII.comma, line, &scan) else { throw MalformedLine(.syntax, at: scan.at) }
      skipSpace(line, &scan)
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

  private func readValue(
    _ line: Span<UInt8>, _ scan: inout Scan, node: Int, into fields: inout RecordFields
  ) throws(MalformedLine) {
    skipSpace(line, &scan)
    guard scan.at < line.count else { throw MalformedLine(.syntax, at: scan.at) }
    switch line[scan.at] {
    case UInt8(ascii: "{"): try readObject(line, &scan, node: node, into: &fields)
    case UInt8(ascii: "["): try readArray(line, &scan, node: node, into: &fields)
    case ASCII.quote:
      let range = try readString(line, &scan)
      if node >= 0 { try set(node, range, isString: true, line, &scan, into: &fields) }
    default:
      let range = try readBare(line, &scan)
      if node >= 0 { try set(node, range, isString: false, line, &scan, into: &fields) }
    }
  }

  func enter(_ scan: inout Scan) throws(MalformedLine) {
    scan.at += 1
    scan.depth += 1
    if scan.depth > Self.depthMax { throw MalformedLine(.tooDeep, at: scan.at) }
  }

  func leave(_ scan: inout Scan) { scan.depth -= 1 }
}

// MARK: - Tokens

extension JSONLineReader {
  @inline(__always)
  func skipSpace(_ line: Span<UInt8>, _ scan: inout Scan) {
    while scan.at < line.count, line[scan.at] <= ASCII.space, isSpace(line[scan.at]) {
      scan.at += 1
    }
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
    var from = start
    while let quote = line.firstIndex(of: ASCII.quote, from: from) {
      var index = quote
      while index > start, line[index - 1] == ASCII.backslash { index -= 1 }
      if (quote - index) % 2 == 0 {
        scan.at = quote + 1
        return start..<quote
      }
      from = quote + 1
    }
    throw MalformedLine(.syntax, at: line.count)
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

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte.isDigit || byte.isLetter || byte == ASCII.dash || byte == ASCII.dot
      || byte == UInt8(ascii: "+")
  }

  private func isNull(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.count == 4 && line.has("null", at: range.lowerBound, end: range.upperBound)
  }
}

// MARK: - Fields

extension JSONLineReader {
  /// The child of `node` by that key; -1 where nobody wants it.
  @inline(__always)
  func child(of node: Int, _ line: Span<UInt8>, _ key: Range<Int>) -> Int {
    let nodes = map.nodes.span
    let keys = map.keys.span
    var child = nodes[node].firstChild
    while child >= 0 {
      let wanted = nodes[child]
      if wanted.keyCount == key.count,
        line.has(
          keys.extracting(wanted.keyStart..<wanted.keyStart + wanted.keyCount), at: key.lowerBound)
      {
        return child
      }
      child = wanted.nextSibling
    }
    return -1
  }

  /// Fills the fields that want the value of `node`. Of a key that stands twice the first
  /// counts.
  private func set(
    _ node: Int, _ range: Range<Int>, isString: Bool, _ line: Span<UInt8>, _ scan: inout Scan,
    into fields: inout RecordFields
  ) throws(MalformedLine) {
    let nodes = map.nodes.span
    let leaves = map.leaves.span
    var index = nodes[node].firstLeaf
    guard index >= 0, !range.isEmpty, isString || !isNull(line, range) else { return }
    let isEscaped = isString && line.firstIndex(of: ASCII.backslash, in: range) != nil
    while index >= 0 {
      let leaf = leaves[index]
      index = leaf.next
      let slot = Int(leaf.use.slot.rawValue)
      let isDash = range.count == 1 && line[range.lowerBound] == ASCII.dash
      if leaf.rank >= scan.ranks[slot] || isDash && leaf.use.dashIsAbsent { continue }
      try fields.set(leaf.use, range, of: line, isEscaped: isEscaped)
      scan.ranks[slot] = leaf.rank
    }
  }
}
