/// The parts of `GET /v1/orders?limit=10 HTTP/1.1`, as ranges; `nil` for what is not HTTP:
/// a TLS hello, `batman`, nothing at all.
struct RequestLine {
  var method: Range<Int>
  var target: Range<Int>
  /// HTTP/0.9 has none.
  var `protocol`: Range<Int>?

  static let methodBytesMax = 32

  @inline(__always)
  init?(_ line: Span<UInt8>, _ range: Range<Int>) {
    if let usual = Self(usual: line, range) {
      self = usual
    } else {
      self.init(unusual: line, range)
    }
  }

  /// `GET /v1/orders HTTP/1.1`, as nearly all are.
  @inline(__always)
  private init?(usual line: Span<UInt8>, _ range: Range<Int>) {
    guard range.count >= 16 else { return nil }
    let end = range.upperBound
    let space = ByteWord(line.word(at: range.lowerBound)).firstIndex(of: ASCII.space) ?? 0
    guard space > 2, line[end - 1].isDigit, line.word(at: end - 9) == Self.http1,
      line.isWithin(
        UInt8(ascii: "A"), UInt8(ascii: "Z"), in: range.lowerBound..<range.lowerBound + space)
    else { return nil }
    method = range.lowerBound..<range.lowerBound + space
    target = method.upperBound + 1..<end - 9
    `protocol` = end - 8..<end
    if target.isEmpty || line[target.lowerBound] != ASCII.slash { return nil }
  }

  /// ` HTTP/1.` as a word.
  private static let http1: UInt64 = 0x2e31_2f50_5454_4820

  private init?(unusual line: Span<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound, Self.isMethodByte(line[at]) { at += 1 }
    while at < range.upperBound, line[at].isLetter { at += 1 }
    guard at > range.lowerBound, at < range.upperBound, line[at] == ASCII.space,
      at - range.lowerBound <= Self.methodBytesMax, line[range.lowerBound].isLetter
    else { return nil }
    method = range.lowerBound..<at
    target = at + 1..<range.upperBound
    if let name = Self.protocolRange(line, target) {
      `protocol` = name
      target = target.lowerBound..<name.lowerBound - 1
    }
    guard !target.isEmpty, isHTTP(line) else { return nil }
    // Methods have a case; gateways that pass on any word log it as it came.
    let last = line[method.upperBound - 1]
    if last.isLetter, last & 0x20 != 0, `protocol` == nil { return nil }
  }

  /// ` HTTP/1.1` at the end.
  @inline(__always)
  private static func protocolRange(_ line: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    var space = range.upperBound - 1
    let lowest = max(range.lowerBound, range.upperBound - 10)
    while space > lowest, line[space] != ASCII.space { space -= 1 }
    guard space >= range.lowerBound, line[space] == ASCII.space,
      line.has("HTTP/", at: space + 1, end: range.upperBound), space + 6 < range.upperBound,
      line[space + 6].isDigit
    else { return nil }
    return space + 1..<range.upperBound
  }

  /// A target begins with `/`, is `*`, or names a scheme or an authority; without a protocol
  /// only the first will do, because garbage has spaces too. The preface of HTTP/2 on a server
  /// that does not speak it has the shape of a request and is none.
  @inline(__always)
  private func isHTTP(_ line: Span<UInt8>) -> Bool {
    if line[target.lowerBound] == ASCII.slash { return true }
    guard `protocol` != nil else { return false }
    // Envoy has no path of a CONNECT.
    if isTargetAbsent(line) { return true }
    if target.count == 1, line[target.lowerBound] == UInt8(ascii: "*") {
      return !(method.count == 3 && line.has("PRI", at: method.lowerBound, end: method.upperBound))
    }
    if line.firstIndex(of: ASCII.colon, in: target) != nil { return true }
    // A target that is none, as a careless client sends it; garbage has spaces.
    return line.firstIndex(of: ASCII.space, in: target) == nil && line[target.lowerBound].isLetter
  }

  /// `-` stands where the target belongs.
  func isTargetAbsent(_ line: Span<UInt8>) -> Bool {
    target.count == 1 && line[target.lowerBound] == ASCII.dash
  }

  @inline(__always)
  private static func isMethodByte(_ byte: UInt8) -> Bool {
    byte &- 0x41 < 26 || byte == ASCII.dash || byte == UInt8(ascii: "_")
  }
}
