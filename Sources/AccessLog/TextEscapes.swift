/// What the escapes of log lines stand for. The same reader serves all writers, because none
/// of them writes a raw backslash: nginx has `\x22`, Apache `\"` and `\t`, JSON `\u0022`.
enum TextEscapes {
  /// Appends to `output` what `text` stands for. An escape that is none stays as it is.
  ///
  /// - Parameter escapesBytes: `\u00e9` is the byte 0xe9.
  static func decode(
    _ text: Span<UInt8>, escapesBytes: Bool = false, into output: inout [UInt8]
  ) {
    var index = 0
    while index < text.count {
      let next = text.firstIndex(of: ASCII.backslash, from: index) ?? text.count
      output.append(contentsOf: text.extracting(index..<next))
      guard next < text.count else { return }
      if escapesBytes, let unit = unit(text, at: next), (0x80...0xff).contains(unit) {
        output.append(UInt8(unit))
        index = next + 6
      } else {
        index = next + decodeOne(text, at: next, into: &output)
      }
    }
  }

  /// `#22`, as HAProxy writes a quote; its own mark is `#23`.
  static func decodeHash(_ text: Span<UInt8>, into output: inout [UInt8]) {
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "#"), index + 2 < text.count,
        let high = text[index + 1].hexValue, let low = text[index + 2].hexValue
      {
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(text[index])
        index += 1
      }
    }
  }

  /// A quote behind `mark` is a quote, and so are, where `isStructured`, another mark and a
  /// bracket; all else is what it is.
  static func decodeQuotes(
    _ text: Span<UInt8>, after mark: UInt8, isStructured: Bool = false,
    into output: inout [UInt8]
  ) {
    var index = 0
    while index < text.count {
      if text[index] == mark, index + 1 < text.count {
        let next = text[index + 1]
        let isOther = isStructured && (next == mark || next == UInt8(ascii: "]"))
        if next == ASCII.quote || isOther { index += 1 }
      }
      output.append(text[index])
      index += 1
    }
  }

  /// Decodes the escape at `start` and returns how many bytes it took.
  private static func decodeOne(
    _ text: Span<UInt8>, at start: Int, into output: inout [UInt8]
  ) -> Int {
    guard start + 1 < text.count else {
      output.append(ASCII.backslash)
      return 1
    }
    switch text[start + 1] {
    case UInt8(ascii: "x"): return decodeByte(text, at: start, into: &output)
    case UInt8(ascii: "u"): return decodeScalar(text, at: start, into: &output)
    case UInt8(ascii: "n"): output.append(ASCII.newline)
    case UInt8(ascii: "t"): output.append(ASCII.tab)
    case UInt8(ascii: "r"): output.append(ASCII.carriageReturn)
    case UInt8(ascii: "b"): output.append(8)
    case UInt8(ascii: "f"): output.append(12)
    case UInt8(ascii: "v"): output.append(11)
    case ASCII.quote, ASCII.backslash, ASCII.slash: output.append(text[start + 1])
    default:
      output.append(ASCII.backslash)
      return 1
    }
    return 2
  }

  /// `\x22`, in both cases.
  private static func decodeByte(
    _ text: Span<UInt8>, at start: Int, into output: inout [UInt8]
  ) -> Int {
    guard start + 3 < text.count, let high = text[start + 2].hexValue,
      let low = text[start + 3].hexValue
    else {
      output.append(ASCII.backslash)
      return 1
    }
    output.append(high << 4 | low)
    return 4
  }

  /// `\u00e9`, or a pair of surrogates; a lone one becomes U+FFFD.
  private static func decodeScalar(
    _ text: Span<UInt8>, at start: Int, into output: inout [UInt8]
  ) -> Int {
    guard let unit = unit(text, at: start) else {
      output.append(ASCII.backslash)
      return 1
    }
    if unit & 0xfc00 == 0xd800, let low = Self.unit(text, at: start + 6), low & 0xfc00 == 0xdc00 {
      append(0x10000 + (unit & 0x3ff) << 10 + low & 0x3ff, to: &output)
      return 12
    }
    append(unit & 0xf800 == 0xd800 ? 0xfffd : unit, to: &output)
    return 6
  }

  /// The number of `\uXXXX` at `start`.
  private static func unit(_ text: Span<UInt8>, at start: Int) -> UInt32? {
    guard start + 5 < text.count, text[start] == ASCII.backslash,
      text[start + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for offset in start + 2...start + 5 {
      guard let digit = text[offset].hexValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
      output.append(UInt8(scalar))
    case 0x80..<0x800:
      output.append(0xc0 | UInt8(scalar >> 6))
      output.append(0x80 | UInt8(scalar & 0x3f))
    case 0x800..<0x10000:
      output.append(0xe0 | UInt8(scalar >> 12))
      output.append(0x80 | UInt8(scalar >> 6 & 0x3f))
      output.append(0x80 | UInt8(scalar & 0x3f))
    default:
      output.append(0xf0 | UInt8(scalar >> 18 & 0x07))
      output.append(0x80 | UInt8(scalar >> 12 & 0x3f))
      output.append(0x80 | UInt8(scalar >> 6 & 0x3f))
      output.append(0x80 | UInt8(scalar & 0x3f))
    }
  }
}
