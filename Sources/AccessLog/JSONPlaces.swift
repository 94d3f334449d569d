/// Walks a JSON line for what evidence must not show: values under keys that speak of secrets,
/// and texts that nobody mapped and that look like tokens.
struct JSONPlaces {
  private let reader: JSONLineReader
  private var scan = JSONLineReader.Scan()
  private(set) var places: [HiddenPlace] = []

  /// Where the line ends too early the places found so far count.
  init(_ reader: JSONLineReader, _ line: Span<UInt8>) {
    self.reader = reader
    do throws(MalformedLine) {
      try reader.skipToObject(line, &scan)
      try value(line, node: 0, isSecret: false)
    } catch {
      return
    }
  }

  private mutating func value(
    _ line: Span<UInt8>, node: Int, isSecret: Bool
  ) throws(MalformedLine) {
    reader.skipSpace(line, &scan)
    guard scan.at < line.count else { throw MalformedLine(.syntax, at: scan.at) }
    switch line[scan.at] {
    case UInt8(ascii: "{"): try object(line, node: node, isSecret: isSecret)
    case UInt8(ascii: "["): try array(line, node: node, isSecret: isSecret)
    case ASCII.quote:
      hide(try reader.readString(line, &scan), line, node: node, isSecret: isSecret)
    default:
      let range = try reader.readBare(line, &scan)
      // A number under `headers_size` is a size, but a template may leave out the quotes.
      if let place = reader.map.hiding(node)?.place(range, of: line) { places.append(place) }
    }
  }

  private mutating func object(
    _ line: Span<UInt8>, node: Int, isSecret: Bool
  ) throws(MalformedLine) {
    try reader.enter(&scan)
    reader.skipSpace(line, &scan)
    if try reader.take(UInt8(ascii: "}"), line, &scan) { return reader.leave(&scan) }
    while true {
      let key = try reader.readString(line, &scan)
      reader.skipSpace(line, &scan)
      guard try reader.take(ASCII.colon, line, &scan) else {
        throw MalformedLine(.syntax, at: scan.at)
      }
      let child = node < 0 ? -1 : reader.map.child(of: node, line, key)
      let isSecretKey = isSecret || SecretPlaces.isSecretKey(line.extracting(key))
      try value(line, node: child, isSecret: isSecretKey)
      reader.skipSpace(line, &scan)
      if try reader.take(UInt8(ascii: "}"), line, &scan) { return reader.leave(&scan) }
      guard try reader.take(ASCII.comma, line, &scan) else {
        throw MalformedLine(.syntax, at: scan.at)
      }
      reader.skipSpace(line, &scan)
    }
  }

  private mutating func array(
    _ line: Span<UInt8>, node: Int, isSecret: Bool
  ) throws(MalformedLine) {
    try reader.enter(&scan)
    reader.skipSpace(line, &scan)
    if try reader.take(UInt8(ascii: "]"), line, &scan) { return reader.leave(&scan) }
    var node = node
    var isSecret = isSecret
    while true {
      try value(line, node: node, isSecret: isSecret)
      // Only the first element is the field; a second key is as secret as the first.
      if let hiding = reader.map.hiding(node), hiding == .always { isSecret = true }
      node = -1
      reader.skipSpace(line, &scan)
      if try reader.take(UInt8(ascii: "]"), line, &scan) { return reader.leave(&scan) }
      guard try reader.take(ASCII.comma, line, &scan) else {
        throw MalformedLine(.syntax, at: scan.at)
      }
    }
  }

  private mutating func hide(
    _ range: Range<Int>, _ line: Span<UInt8>, node: Int, isSecret: Bool
  ) {
    var hiding = isSecret ? Hiding.always : .shown
    if let told = reader.map.hiding(node) {
      hiding = told
    } else if hiding == .shown, looksLikeToken(line.extracting(range)) {
      hiding = .always
    }
    if let place = hiding.place(range, of: line) { places.append(place) }
  }

  /// Sixteen bytes or more, of letters and digits mixed; no time, address, path or URL.
  private func looksLikeToken(_ text: Span<UInt8>) -> Bool {
    guard text.count >= IDShape.tokenBytesMin else { return false }
    var plain: [UInt8] = []
    reader.unescape(text, into: &plain)
    let text = plain.span
    guard text.count >= IDShape.tokenBytesMin, text[0] != ASCII.slash,
      text.firstIndex(of: ASCII.space, from: 0) == nil,
      plain.contains(where: \.isLetter), plain.contains(where: \.isDigit),
      !AddressText.isList(text), TimeStamps.rfc3339(text) == nil
    else { return false }
    return !text.indices.contains { text.has("://", at: $0, end: text.count) }
  }
}

extension JSONLineReader {
  func hiddenPlaces(in line: Span<UInt8>) -> [HiddenPlace] { JSONPlaces(self, line).places }
}
