/// What stands where a log has an address: a header's text is the client's choice, and a format
/// that is not the log's own may put anything there.
enum AddressText {
  /// Bytes of an IPv6 address with an IPv4 address in it and a zone.
  private static let addressBytesMax = 64
  /// A single word of letters is a host in somebody's network; longer ones may be a secret.
  private static let shortHostBytesMax = 15

  /// Whether `text` is a list of addresses, each with or without a port.
  static func isList(_ text: Span<UInt8>) -> Bool {
    everyPart(of: text) { isAddress($0) }
  }

  /// Whether each part of `text` is an address, or the name of a host that a resolver found.
  static func isListOfHosts(_ text: Span<UInt8>) -> Bool {
    everyPart(of: text) { isAddress($0) || isHostName($0) }
  }

  /// Whether `text` is an address that no one on the internet has: of a private network, of the
  /// host itself or of a link. `-` and `unknown` are no one's address.
  static func isPrivate(_ text: Span<UInt8>) -> Bool {
    for prefix: StaticString in ["10.", "192.168.", "127.", "169.254."]
    where text.has(prefix, at: 0, end: text.count) {
      return isIPv4(text)
    }
    if text.has("172.", at: 0, end: text.count), text.count > 6, text[6] == ASCII.dot,
      text[4].isDigit, text[5].isDigit
    {
      let second = (text[4] &- ASCII.zero) &* 10 &+ (text[5] &- ASCII.zero)
      return second >= 16 && second < 32 && isIPv4(text)
    }
    guard text.count > 1, isIPv6(text) else { return text.isEmpty || text.isEqual(to: "unknown") }
    if text.isEqual(to: "::1") { return true }
    let first = (text[0] | 0x20, text[1] | 0x20)
    return first == (UInt8(ascii: "f"), UInt8(ascii: "c"))
      || first == (UInt8(ascii: "f"), UInt8(ascii: "d"))
      || text.has("fe80:", at: 0, end: text.count)
  }

  private static func everyPart(
    of text: Span<UInt8>, is test: (Span<UInt8>) -> Bool
  ) -> Bool {
    var start = 0
    while start <= text.count {
      var end = text.firstIndex(of: ASCII.comma, from: start) ?? text.count
      let next = end + 1
      while start < end, text[start] == ASCII.space { start += 1 }
      while end > start, text[end - 1] == ASCII.space { end -= 1 }
      guard test(text.extracting(start..<end)) else { return false }
      start = next
    }
    return true
  }

  private static func isAddress(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0, text.count <= addressBytesMax else { return false }
    // What proxies and nginx write where there is no address.
    for word in ["-", "unknown", "unix:"] where text.isEqual(to: Array(word.utf8).span) {
      return true
    }
    if text[0] == UInt8(ascii: "[") {
      guard let end = text.firstIndex(of: UInt8(ascii: "]"), from: 1) else { return false }
      return isIPv6(text.extracting(1..<end)) && isPort(text, from: end + 1)
    }
    guard let colon = text.firstIndex(of: ASCII.colon, from: 0) else { return isIPv4(text) }
    return isIPv4(text.extracting(0..<colon)) && isPort(text, from: colon) || isIPv6(text)
  }

  private static func isIPv4(_ text: Span<UInt8>) -> Bool {
    var dots = 0
    var digits = 0
    for index in text.indices {
      if text[index] == ASCII.dot {
        guard digits > 0 else { return false }
        dots += 1
        digits = 0
      } else {
        digits += 1
        guard text[index].isDigit, digits <= 3 else { return false }
      }
    }
    return dots == 3 && digits > 0
  }

  private static func isIPv6(_ text: Span<UInt8>) -> Bool {
    var colons = 0
    var digits = 0
    for index in text.indices {
      switch text[index] {
      case ASCII.colon:
        colons += 1
        digits = 0
      case ASCII.dot: return colons >= 2 && isIPv4(text.extracting(index - digits..<text.count))
      case UInt8(ascii: "%"): return colons >= 2 && isZone(text.extracting(index + 1..<text.count))
      default:
        digits += 1
        guard text[index].hexValue != nil, digits <= 4 else { return false }
      }
    }
    return colons >= 2 && colons <= 7
  }

  /// The name of an interface: short, so that no secret is taken for one.
  private static func isZone(_ text: Span<UInt8>) -> Bool {
    text.count <= shortHostBytesMax && text.indices.allSatisfy { isNameByte(text[$0]) }
  }

  /// Nothing, or a colon and a number.
  private static func isPort(_ text: Span<UInt8>, from start: Int) -> Bool {
    if start == text.count { return true }
    guard text[start] == ASCII.colon, text.count - start <= 6 else { return false }
    return (start + 1..<text.count).allSatisfy { text[$0].isDigit }
  }

  /// Labels with dots, the last of letters; or one short word without digits.
  private static func isHostName(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0, text.indices.allSatisfy({ isNameByte(text[$0]) }) else { return false }
    let dot = text.lastIndex(of: ASCII.dot)
    if dot == nil, text.count > shortHostBytesMax { return false }
    let last = (dot ?? -1) + 1
    return last < text.count
      && (last..<text.count).allSatisfy { text[$0].isLetter || dot == nil && !text[$0].isDigit }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == ASCII.dash || byte == ASCII.dot
  }
}

extension Span<UInt8> {
  /// Whether the bytes are those of `text`.
  func isEqual(to text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && has(text, at: 0, end: count)
  }
}
