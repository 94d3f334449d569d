import AccessLog

/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address.
package struct Network: Hashable, Sendable {
  private let prefix: IPAddress
  private let bitCount: Int

  /// `nil` where `text` is none.
  package init?(parsing text: String) {
    let bytes = Array(text.utf8)
    let span = bytes.span
    let slash = span.firstIndex(of: UInt8(ascii: "/"), from: 0) ?? span.count
    guard let address = IPAddress(parsing: span.extracting(0..<slash)) else { return nil }
    let familyBitCount = address.isV4 ? 32 : 128
    var bits = familyBitCount
    if slash < span.count {
      guard let count = Int(String(decoding: bytes[(slash + 1)...], as: UTF8.self)),
        (0...familyBitCount).contains(count)
      else { return nil }
      bits = count
    }
    prefix = address
    bitCount = address.isV4 ? bits + 96 : bits
  }

  /// Whether all addresses of `other` are of this network.
  package func contains(_ other: Network) -> Bool {
    guard bitCount <= other.bitCount else { return false }
    let difference = prefix.bits ^ other.prefix.bits
    return bitCount == 0 || difference >> UInt128(128 - bitCount) == 0
  }

  /// Whether `text` is an address of the network.
  package func contains(_ text: Span<UInt8>) -> Bool {
    guard let address = IPAddress(parsing: text) else { return false }
    let difference = prefix.bits ^ address.bits
    return bitCount == 0 || difference >> UInt128(128 - bitCount) == 0
  }
}

/// An address as 128 bits; one of version 4 as `::ffff:a.b.c.d`.
package struct IPAddress: Hashable, Sendable {
  package private(set) var bits: UInt128

  package var isV4: Bool { bits >> 32 == 0xffff }

  package init?(parsing text: Span<UInt8>) {
    guard text.count > 0, text.count <= 45 else { return nil }
    if text.firstIndex(of: UInt8(ascii: ":"), from: 0) == nil {
      guard let four = Self.v4(text) else { return nil }
      bits = 0xffff << 32 | UInt128(four)
    } else {
      guard let all = Self.v6(text) else { return nil }
      bits = all
    }
  }

  private static func v4(_ text: Span<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    var octet: UInt32 = 0
    var digitCount = 0
    var dotCount = 0
    for offset in text.indices {
      let byte = text[offset]
      if byte == UInt8(ascii: "."), digitCount > 0, dotCount < 3 {
        value = value << 8 | octet
        (octet, digitCount, dotCount) = (0, 0, dotCount + 1)
      } else if (48...57).contains(byte), digitCount < 3 {
        octet = octet * 10 + UInt32(byte - 48)
        digitCount += 1
        guard octet <= 255 else { return nil }
      } else {
        return nil
      }
    }
    return dotCount == 3 && digitCount > 0 ? value << 8 | octet : nil
  }

  /// Groups before `::` fill from the left, those behind it from the right.
  private static func v6(_ text: Span<UInt8>) -> UInt128? {
    var head: UInt128 = 0
    var tail: UInt128 = 0
    var groupCount = 0
    var headCount: Int?
    var at = 0
    if text.count >= 2, text[0] == 0x3a, text[1] == 0x3a {
      headCount = 0
      at = 2
    }
    while at < text.count {
      let end = text.firstIndex(of: 0x3a, from: at) ?? text.count
      let part = text.extracting(at..<end)
      var width = 1
      var group: UInt128
      if end == text.count, part.firstIndex(of: UInt8(ascii: "."), from: 0) != nil {
        guard let four = v4(part) else { return nil }
        (group, width) = (UInt128(four), 2)
      } else {
        guard let sixteen = Self.group(part) else { return nil }
        group = UInt128(sixteen)
      }
      groupCount += width
      guard groupCount <= 8 else { return nil }
      let shift = UInt128(16 * width)
      if headCount == nil {
        head = head << shift | group
      } else {
        tail = tail << shift | group
      }
      at = end + 1
      if end < text.count, at == text.count { return nil }
      if at < text.count, text[at] == 0x3a {
        guard headCount == nil else { return nil }
        headCount = groupCount
        at += 1
      }
    }
    guard let headCount else { return groupCount == 8 ? head : nil }
    guard groupCount < 8 else { return nil }
    return headCount == 0 ? tail : head << UInt128(16 * (8 - headCount)) | tail
  }

  private static func group(_ text: Span<UInt8>) -> UInt16? {
    guard (1...4).contains(text.count) else { return nil }
    var value: UInt16 = 0
    for offset in text.indices {
      guard let digit = hexadecimalDigit(text[offset]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}

extension IPAddress {
  /// Text of its /24, or /48 for version 6: what is taken for one place of the net.
  package var neighbourhood: [UInt8] {
    func part(_ index: Int, bitCount: Int) -> UInt64 {
      UInt64(truncatingIfNeeded: bits >> UInt128(index * bitCount)) & (1 << UInt64(bitCount) - 1)
    }
    if isV4 {
      return Array(
        "\(part(3, bitCount: 8)).\(part(2, bitCount: 8)).\(part(1, bitCount: 8)).0/24".utf8)
    }
    let groups = [7, 6, 5].map { String(part($0, bitCount: 16), radix: 16) }
    return Array((groups.joined(separator: ":") + "::/48").utf8)
  }
}

/// The value of a hexadecimal digit.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 65...70: byte - 55
  case 97...102: byte - 87
  default: nil
  }
}
