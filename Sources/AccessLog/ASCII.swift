/// The classes of bytes that log formats are made of.
enum ASCII {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let tab = UInt8(ascii: "\t")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let dash = UInt8(ascii: "-")
  static let slash = UInt8(ascii: "/")
  static let colon = UInt8(ascii: ":")
  static let comma = UInt8(ascii: ",")
  static let dot = UInt8(ascii: ".")
  static let zero = UInt8(ascii: "0")
}

extension UInt8 {
  @inline(__always)
  var isDigit: Bool { self &- 0x30 < 10 }

  @inline(__always)
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

  /// 0 to 15, or `nil`; both cases.
  @inline(__always)
  var hexValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }
}

extension Span<UInt8> {
  /// Whether `text` stands at `offset`.
  @inline(__always)
  func has(_ text: Span<UInt8>, at offset: Int) -> Bool {
    guard offset >= 0, offset + text.count <= count else { return false }
    var index = 0
    while index < text.count {
      if self[offset + index] != text[index] { return false }
      index += 1
    }
    return true
  }
}
