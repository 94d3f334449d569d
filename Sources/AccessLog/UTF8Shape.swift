/// The well-formed byte sequences of UTF-8 (Unicode, table 3-7).
enum UTF8Shape {
  /// Bytes of the character at `start`; 0 where none is.
  static func characterCount(_ text: Span<UInt8>, at start: Int) -> Int {
    let lead = text[start]
    let (count, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0..<0x80: (1, 0x80...0xbf)
      case 0xc2...0xdf: (2, 0x80...0xbf)
      case 0xe0: (3, 0xa0...0xbf)
      case 0xed: (3, 0x80...0x9f)
      case 0xe1...0xef: (3, 0x80...0xbf)
      case 0xf0: (4, 0x90...0xbf)
      case 0xf1...0xf3: (4, 0x80...0xbf)
      case 0xf4: (4, 0x80...0x8f)
      default: (0, 0x80...0xbf)
      }
    guard count > 1 else { return count }
    guard start + count <= text.count, second.contains(text[start + 1]) else { return 0 }
    for offset in 2..<max(count, 2) where text[start + offset] & 0xc0 != 0x80 { return 0 }
    return count
  }
}
