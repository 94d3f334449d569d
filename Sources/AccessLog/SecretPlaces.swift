/// Where a line holds what nobody should read, by the look of it.
enum SecretPlaces {
  /// The range to replace, where one begins at `at` or behind a word that begins there.
  static func value(in line: Span<UInt8>, at: Int, isParameter: Bool) -> Range<Int>? {
    if let value = segment(in: line, at: at) { return value }
    if let value = webToken(in: line, at: at) { return value }
    if isParameter { return parameter(in: line, at: at) }
    guard isWordStart(line, at) else { return nil }
    return authorization(in: line, at: at) ?? userInfo(in: line, at: at)
      ?? namedValue(in: line, at: at)
  }

  /// Whether the value is a segment of a path, and not a value with a name.
  static func isSegment(_ line: Span<UInt8>, _ value: Range<Int>) -> Bool {
    value.lowerBound > 0 && line[value.lowerBound - 1] == ASCII.slash
  }

  /// `name=value` of a query; a parameter without a value, if it looks like a token.
  private static func parameter(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    var end = at
    while end < line.count, !endsValue(line[end]), line[end] != UInt8(ascii: "=") { end += 1 }
    if end < line.count, line[end] == UInt8(ascii: "=") {
      let start = end + 1
      end = start
      while end < line.count, !endsValue(line[end]) { end += 1 }
      return end > start ? start..<end : nil
    }
    guard end - at >= IDShape.tokenBytesMin, IDShape.isID(line.extracting(at..<end)) else {
      return nil
    }
    return at..<end
  }

  /// A segment of at least sixteen bytes that looks like an id or a token.
  private static func segment(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    guard at > 0, line[at - 1] == ASCII.slash else { return nil }
    var end = at
    while end < line.count, !endsSegment(line[end]) { end += 1 }
    guard end - at >= IDShape.tokenBytesMin, IDShape.isID(line.extracting(at..<end)) else {
      return nil
    }
    return at..<end
  }

  /// A JSON Web Token, wherever it stands.
  private static func webToken(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    guard line.has("eyJ", at: at, end: line.count) else { return nil }
    var end = at
    while end < line.count, isTokenByte(line[end]) || line[end] == ASCII.dot { end += 1 }
    return end - at >= IDShape.tokenBytesMin ? at..<end : nil
  }

  /// What follows `Bearer`, `Basic` and their like.
  private static func authorization(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    for scheme in schemes where hasWord(scheme, line, at) {
      var start = at + scheme.count
      guard start < line.count, isGap(line[start]) else { continue }
      while start < line.count, isGap(line[start]) { start += 1 }
      var end = start
      while end < line.count, !endsCredential(line[end]) { end += 1 }
      if end > start { return start..<end }
    }
    return nil
  }

  /// `user:password` of a URL.
  private static func userInfo(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    guard at >= 3, line.has("://", at: at - 3, end: line.count) else { return nil }
    var end = at
    while end < line.count, !endsSegment(line[end]), line[end] != UInt8(ascii: "@") { end += 1 }
    guard end > at, end < line.count, line[end] == UInt8(ascii: "@") else { return nil }
    return at..<end
  }

  /// The value of a field whose name speaks of a secret: `key="…"`, `"api_key":"…"`.
  private static func namedValue(in line: Span<UInt8>, at: Int) -> Range<Int>? {
    var end = at
    while end < line.count, end - at < 64, isTokenByte(line[end]) { end += 1 }
    guard end < line.count, isSecretName(line.extracting(at..<end)) else { return nil }
    var start = end
    while start < line.count, start - end < 8, isAssignment(line[start]) { start += 1 }
    guard start > end, containsAssignment(line, end..<start) else { return nil }
    // `Authorization: Basic …`: what follows the scheme is the secret.
    if let credential = authorization(in: line, at: start) { return credential }
    let isQuoted = line[start - 1] == ASCII.quote
    var stop = start
    while stop < line.count {
      if isQuoted ? isClosingQuote(line, stop, from: start) : endsCredential(line[stop]) { break }
      stop += 1
    }
    let isAbsent = stop == start || stop - start == 1 && line[start] == ASCII.dash
    return isAbsent ? nil : start..<stop
  }

  // MARK: - Bytes

  private static let authority = Array("authority".utf8)
  private static let schemes = ["bearer", "basic", "digest", "token", "apikey"].map {
    Array($0.utf8)
  }
  private static let secretNames = [
    "key", "token", "secret", "passw", "auth", "cookie", "session", "jwt", "signature",
    "credential",
  ].map { Array($0.utf8) }

  /// Whether what stands under the key of a JSON object is a secret: also headers, and
  /// parameters of queries that were taken apart.
  static func isSecretKey(_ name: Span<UInt8>) -> Bool {
    isSecretName(name)
      || secretGroups.contains { group in
        (0..<name.count).contains { hasWord(group, name, $0) }
      }
  }

  private static let secretGroups = ["header", "querystring", "claim"].map { Array($0.utf8) }

  private static func isSecretName(_ name: Span<UInt8>) -> Bool {
    guard name.count > 0 else { return false }
    // Hosts, not keys.
    if hasWord(authority, name, 0) { return false }
    return secretNames.contains { secret in
      (0..<name.count).contains { hasWord(secret, name, $0) }
    }
  }

  /// Whether `word`, in lower case, stands at `at` in any case.
  private static func hasWord(_ word: [UInt8], _ line: Span<UInt8>, _ at: Int) -> Bool {
    guard at + word.count <= line.count else { return false }
    for index in word.indices where line[at + index] | 0x20 != word[index] { return false }
    return true
  }

  private static func isWordStart(_ line: Span<UInt8>, _ at: Int) -> Bool {
    at == 0 || !isTokenByte(line[at - 1])
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == ASCII.dash || byte == UInt8(ascii: "_")
  }

  private static func isGap(_ byte: UInt8) -> Bool {
    byte == ASCII.space || byte == ASCII.tab || byte == ASCII.colon || byte == UInt8(ascii: "+")
  }

  private static func isAssignment(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "=") || byte == ASCII.colon || byte == ASCII.quote
      || byte == ASCII.space || byte == UInt8(ascii: "[")
  }

  private static func containsAssignment(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.contains { line[$0] == UInt8(ascii: "=") || line[$0] == ASCII.colon }
  }

  private static func isClosingQuote(_ line: Span<UInt8>, _ at: Int, from start: Int) -> Bool {
    guard line[at] == ASCII.quote else { return false }
    var index = at
    while index > start, line[index - 1] == ASCII.backslash { index -= 1 }
    return (at - index) % 2 == 0
  }

  private static func endsValue(_ byte: UInt8) -> Bool {
    byte <= ASCII.space || byte == ASCII.quote || byte == UInt8(ascii: "&") || byte == 0x7f
  }

  private static func endsCredential(_ byte: UInt8) -> Bool {
    byte <= ASCII.space || byte == ASCII.quote || byte == ASCII.comma || byte == 0x7f
      || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "}")
  }

  private static func endsSegment(_ byte: UInt8) -> Bool {
    byte <= ASCII.space || byte == ASCII.quote || byte == ASCII.slash || byte == 0x7f
      || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
  }
}
