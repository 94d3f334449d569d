internal import AccessLog

/// Writes JSON values byte by byte, the same on every machine and in every locale.
package enum JSONText {
  /// Appends `text` in quotes. What could harm a terminal or a viewer (``TextHazard``) goes out
  /// as an escape: the short form where JSON has one, else lower case hexadecimal.
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    let utf8 = text.utf8Span
    let span = utf8.span
    var start = 0  // of the run that goes out as it is
    var offset = 0
    while offset < span.count {
      let byte = span[offset]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(contentsOf: span.extracting(start..<offset))
        bytes.append(UInt8(ascii: "\\"))
        start = offset  // the character itself opens the next run
        offset += 1
      } else if let hazard = TextHazard.at(offset, in: span) {
        bytes.append(contentsOf: span.extracting(start..<offset))
        appendEscape(hazard.scalar, to: &bytes)
        offset += hazard.bytes
        start = offset
      } else {
        offset += 1
      }
    }
    bytes.append(contentsOf: span.extracting(start..<span.count))
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends `value` without an exponent, whole ones without a point, others to three decimals
  /// (half to even) without zeros at the end. What is not a number is `null`, as JSON has no
  /// word for it.
  package static func append(_ value: Double, to bytes: inout [UInt8]) {
    guard value.isFinite else { return append(plain: "null", to: &bytes) }
    let magnitude = value.magnitude
    // From 2^52 on every number is whole.
    guard magnitude < 4_503_599_627_370_496 else { return appendLarge(value, to: &bytes) }
    // The fraction is taken off first: a large number times a thousand is not exact.
    let whole = magnitude.rounded(.towardZero)
    let thousandths = Int64(((magnitude - whole) * 1000).rounded(.toNearestOrEven))
    let carried = Int64(whole) + thousandths / 1000
    if value < 0, carried > 0 || thousandths > 0 { bytes.append(UInt8(ascii: "-")) }
    append(carried, to: &bytes)
    appendDecimals(thousandths % 1000, to: &bytes)
  }

  package static func append(_ value: Int64, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  /// Appends `text` as it is, without quotes.
  package static func append(plain text: String, to bytes: inout [UInt8]) {
    let utf8 = text.utf8Span
    bytes.append(contentsOf: utf8.span)
  }

  private static func appendDecimals(_ thousandths: Int64, to bytes: inout [UInt8]) {
    guard thousandths > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var rest = thousandths
    var unit: Int64 = 100
    while rest > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest / unit))
      rest %= unit
      unit /= 10
    }
  }

  /// Takes the shortest digits that mean this number, which the standard library gives with a
  /// point or an exponent, and fills up with zeros: `1.25e+20`.
  private static func appendLarge(_ value: Double, to bytes: inout [UInt8]) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let parts = value.magnitude.description.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : nil
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    append(plain: String(mantissa[0]) + fraction, to: &bytes)
    let zeros = max((exponent ?? fraction.count) - fraction.count, 0)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: zeros))
  }

  private static func appendEscape(_ scalar: UInt32, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\\"))
    switch scalar {
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(UInt8(ascii: "u"))
      for shift in [12, 8, 4, 0] as [UInt32] { bytes.append(hexDigit(scalar >> shift & 15)) }
    }
  }

  private static func hexDigit(_ value: UInt32) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + UInt8(value) : UInt8(ascii: "a") + UInt8(value - 10)
  }
}
