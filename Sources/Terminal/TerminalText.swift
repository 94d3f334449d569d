import Detection

/// Text for a terminal or a log viewer, with everything visible that could act on it.
public enum TerminalText {
  /// Appends `text`; each ``TextHazard`` becomes `\x1b`, beyond ASCII `\u{202e}`.
  public static func append(_ text: String, to bytes: inout [UInt8]) {
    let utf8 = text.utf8Span
    let span = utf8.span
    var offset = 0
    while offset < span.count {
      if let hazard = TextHazard.at(offset, in: span) {
        bytes.append(contentsOf: escape(hazard.scalar).utf8)
        offset += hazard.bytes
      } else {
        bytes.append(span[offset])
        offset += 1
      }
    }
  }

  /// `text` with everything visible.
  public static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escape(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16)
    guard scalar < 0x80 else { return "\\u{\(digits)}" }
    return "\\x" + (digits.count < 2 ? "0" : "") + digits
  }
}
