/// A text in all the forms that a log line may give it.
enum EncodedText {
  /// Texts shorter than this are found only as whole words.
  static let shortBytesMax = 3

  /// Where `text` ends that begins at `start`, whether its bytes stand raw, percent-encoded
  /// (also twice) or as `\xHH`, `\u00HH` or `\"`, and in whatever case; `nil` where it does not.
  static func end(of text: [UInt8], in line: Span<UInt8>, at start: Int) -> Int? {
    guard !text.isEmpty else { return nil }
    var at = start
    for byte in text {
      guard let next = end(of: byte, in: line, at: at) else { return nil }
      at = next
    }
    if text.count <= shortBytesMax {
      if start > 0, isWordByte(line[start - 1]) { return nil }
      if at < line.count, isWordByte(line[at]) { return nil }
    }
    return at
  }

  private static func end(of byte: UInt8, in line: Span<UInt8>, at start: Int) -> Int? {
    guard start < line.count else { return nil }
    if line[start] == ASCII.backslash, let end = escaped(byte, line, start) { return end }
    if line[start] == UInt8(ascii: "%"), let end = percentEncoded(byte, line, start) { return end }
    if same(line[start], byte) { return start + 1 }
    return byte == ASCII.space && line[start] == UInt8(ascii: "+") ? start + 1 : nil
  }

  private static func escaped(_ byte: UInt8, _ line: Span<UInt8>, _ start: Int) -> Int? {
    guard start + 1 < line.count else { return nil }
    switch line[start + 1] {
    case UInt8(ascii: "x"):
      if let value = hex(line, start + 2), same(value, byte) { return start + 4 }
    case UInt8(ascii: "u"):
      if line.has("00", at: start + 2, end: line.count), let value = hex(line, start + 4),
        same(value, byte)
      {
        return start + 6
      }
    case byte where byte == ASCII.quote || byte == ASCII.backslash || byte == ASCII.slash:
      return start + 2
    case UInt8(ascii: "t") where byte == ASCII.tab: return start + 2
    case UInt8(ascii: "n") where byte == ASCII.newline: return start + 2
    default: break
    }
    return nil
  }

  /// `%41`, or `%2541`.
  private static func percentEncoded(_ byte: UInt8, _ line: Span<UInt8>, _ start: Int) -> Int? {
    var at = start + 1
    while line.has("25", at: at, end: line.count), at - start < 8 {
      if let value = hex(line, at + 2), same(value, byte) { return at + 4 }
      at += 2
    }
    guard let value = hex(line, start + 1), same(value, byte) else { return nil }
    return start + 3
  }

  private static func hex(_ line: Span<UInt8>, _ at: Int) -> UInt8? {
    guard at + 1 < line.count, let high = line[at].hexValue, let low = line[at + 1].hexValue else {
      return nil
    }
    return high << 4 | low
  }

  private static func same(_ a: UInt8, _ b: UInt8) -> Bool {
    a == b || a.isLetter && a | 0x20 == b | 0x20
  }

  private static func isWordByte(_ byte: UInt8) -> Bool { byte.isLetter || byte.isDigit }
}
