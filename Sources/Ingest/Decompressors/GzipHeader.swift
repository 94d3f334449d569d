internal import Glibc

/// Reads a gzip member's header from pieces of any size and keeps nothing of it: a file name or
/// an extra field of a gigabyte costs no memory. The header's own checksum is passed over,
/// because it vouches for nothing that is used; the data has its own.
struct GzipHeader {
  static let magic: [UInt8] = [0x1f, 0x8b]
  /// The shortest header, in bytes.
  static let byteCountMin = 10

  enum Outcome {
    case needsMore
    case complete
    case invalid(SegmentFault.Reason)
  }

  private enum Flag {
    static let checksum: UInt8 = 0x02
    static let extra: UInt8 = 0x04
    static let name: UInt8 = 0x08
    static let comment: UInt8 = 0x10
    static let reserved: UInt8 = 0xe0
  }

  private enum Part {
    case fixed
    case extraLength
    case extra
    case name
    case comment
    case checksum
    case done
  }

  private var part = Part.fixed
  private var flags: UInt8 = 0
  /// How many bytes of this part were read.
  private var readCount = 0
  private var extraByteCount = 0

  /// Takes bytes up to the end of the header at most.
  mutating func read(_ input: UnsafeRawBufferPointer) -> (consumed: Int, outcome: Outcome) {
    var offset = 0
    while offset < input.count {
      if case .extra = part {
        offset += skipExtra(input.count - offset)
      } else if let fault = take(input[offset]) {
        return (offset, .invalid(fault))
      } else {
        offset += 1
      }
      if case .done = part { return (offset, .complete) }
    }
    return (offset, .needsMore)
  }

  /// Looks for a header as writers make them. By chance, compressed data looks like one about
  /// once in 10^11 bytes.
  static func search(_ bytes: UnsafeRawBufferPointer) -> MemberSearch {
    guard let base = bytes.baseAddress else { return .absent(keep: 0) }
    var offset = 0
    while offset < bytes.count,
      let hit = memchr(base + offset, Int32(magic[0]), bytes.count - offset)
    {
      offset = UnsafeRawPointer(hit) - base
      let rest = UnsafeRawBufferPointer(rebasing: bytes[offset...])
      guard rest.count >= byteCountMin else { return .absent(keep: rest.count) }
      if isLikely(rest) { return .found(at: offset) }
      offset += 1
    }
    return .absent(keep: 0)
  }

  private static func isLikely(_ header: UnsafeRawBufferPointer) -> Bool {
    let (extraFlags, system) = (header[8], header[9])
    return header[1] == magic[1] && header[2] == 8 && header[3] & Flag.reserved == 0
      && (extraFlags == 0 || extraFlags == 2 || extraFlags == 4)
      && (system <= 13 || system == 255)
  }

  private mutating func skipExtra(_ availableCount: Int) -> Int {
    let count = min(extraByteCount - readCount, availableCount)
    readCount += count
    if readCount == extraByteCount { enter(.name) }
    return count
  }

  /// Takes one byte of any part but the extra field.
  private mutating func take(_ byte: UInt8) -> SegmentFault.Reason? {
    let index = readCount
    readCount += 1
    switch part {
    case .fixed: return takeFixed(byte, at: index)
    case .extraLength:
      extraByteCount |= Int(byte) << (8 * index)
      if index == 1 { enter(extraByteCount > 0 ? .extra : .name) }
    case .name: if byte == 0 { enter(.comment) }
    case .comment: if byte == 0 { enter(.checksum) }
    case .checksum: if index == 1 { enter(.done) }
    case .extra, .done: break
    }
    return nil
  }

  private mutating func takeFixed(_ byte: UInt8, at index: Int) -> SegmentFault.Reason? {
    switch index {
    case 0, 1: if byte != Self.magic[index] { return .unexpectedBytes }
    case 2: if byte != 8 { return .badHeader }
    case 3:
      flags = byte
      if flags & Flag.reserved != 0 { return .badHeader }
    case Self.byteCountMin - 1: enter(.extraLength)
    default: break
    }
    return nil
  }

  /// Goes to `next`, or beyond it as far as the flags say that parts are missing.
  private mutating func enter(_ next: Part) {
    readCount = 0
    part = next
    switch next {
    case .extraLength: if flags & Flag.extra == 0 { enter(.name) }
    case .name: if flags & Flag.name == 0 { enter(.comment) }
    case .comment: if flags & Flag.comment == 0 { enter(.checksum) }
    case .checksum: if flags & Flag.checksum == 0 { enter(.done) }
    case .fixed, .extra, .done: break
    }
  }
}
