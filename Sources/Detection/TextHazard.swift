/// A character that must not reach a reader as it is: it moves the cursor, clears the screen,
/// turns text around or ends a line where none ends.
///
/// These are C0 and C1 controls, DEL, the line and paragraph separators and the marks that
/// change the direction of text. Log text is written by clients, so all of it may hold them.
package struct TextHazard: Hashable {
  package var scalar: UInt32
  /// How long it is in UTF-8.
  package var bytes: Int

  /// The one that begins at `offset` of valid UTF-8.
  package static func at(_ offset: Int, in text: Span<UInt8>) -> TextHazard? {
    let byte = text[offset]
    if byte < 0x20 || byte == 0x7F { return TextHazard(scalar: UInt32(byte), bytes: 1) }
    switch byte {
    // Every other hazard begins with one of these three.
    case 0xC2, 0xD8: return wide(at: offset, bytes: 2, in: text)
    case 0xE2: return wide(at: offset, bytes: 3, in: text)
    default: return nil
    }
  }

  private static func wide(at offset: Int, bytes: Int, in text: Span<UInt8>) -> TextHazard? {
    guard offset + bytes <= text.count else { return nil }
    var scalar = UInt32(text[offset]) & (bytes == 3 ? 0x0F : 0x1F)
    for index in offset + 1..<offset + bytes {
      scalar = scalar << 6 | UInt32(text[index]) & 0x3F
    }
    return isHazard(scalar) ? TextHazard(scalar: scalar, bytes: bytes) : nil
  }

  /// Whether the character is one.
  package static func isHazard(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0x7F || isHazard(scalar.value)
  }

  private static func isHazard(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x80...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
