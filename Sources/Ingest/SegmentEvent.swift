/// What reading a segment brings, in the order of its bytes.
public enum SegmentEvent: Hashable, Sendable {
  /// Decompressed bytes and the offset of the first one. Chunks join without holes: each begins
  /// where the one before ended. They may be cut inside a line.
  case chunk([UInt8], startOffset: Int64)
  /// The input broke its format, or has something behind its end. It comes after the last byte
  /// that could still be read.
  case fault(SegmentFault)
  /// The bytes of this range were delivered, and the checksum that would have vouched for them
  /// is wrong or missing. It follows the fault that says why.
  case memberFailed(Range<Int64>)
  /// Compressed bytes that were passed over. What follows does not continue what came before,
  /// so the line that was open ends here.
  case gap(SegmentGap)
}

/// Where an input broke, and how.
public struct SegmentFault: Error, Hashable, Sendable {
  public enum Reason: Hashable, Sendable {
    /// The input ends inside a member: it was cut off, or is still being written.
    case truncated
    /// The compressed data is not valid.
    case corrupt
    /// A member's header asks for what the format does not know.
    case badHeader
    /// A member was read to its end and its bytes do not fit their checksum.
    case checksumMismatch
    /// A member was read to its end and has not the length that it states.
    case lengthMismatch
    /// Zeros behind the last member, as tapes and block devices leave them; harmless.
    case trailingZeros
    /// Something that is not a member stands where one could begin; harmless behind the last.
    case unexpectedBytes
    /// After ``SegmentReader/faultCountMax`` faults the rest of the segment is left alone.
    case tooManyFaults
  }

  public let reason: Reason
  /// Where in the input, in bytes as they are on disk.
  public let compressedOffset: Int64
  /// How many decompressed bytes had been delivered before it.
  public let decompressedOffset: Int64
  /// Where in the input the member begins that the fault is in.
  public let memberOffset: Int64

  /// Whether all the data was read and is right, and only its wrapping is odd.
  public var isHarmless: Bool {
    switch reason {
    case .trailingZeros, .unexpectedBytes: true
    default: false
    }
  }
}

extension SegmentFault: CustomStringConvertible {
  public var description: String {
    let place = "at byte \(compressedOffset) (decompressed \(decompressedOffset))"
    let member = "the member that begins at byte \(memberOffset)"
    return switch reason {
    case .truncated: "ends inside \(member), \(place)"
    case .corrupt: "corrupt data in \(member), found \(place)"
    case .badHeader: "unreadable header of \(member)"
    case .checksumMismatch: "wrong checksum of \(member), found \(place)"
    case .lengthMismatch: "wrong length of \(member), found \(place)"
    case .trailingZeros: "zeros behind the last member, \(place)"
    case .unexpectedBytes: "bytes that are no member, \(place)"
    case .tooManyFaults:
      "more than \(SegmentReader.faultCountMax) faults; the rest is left, \(place)"
    }
  }
}

/// A stretch of an input that was passed over after a fault.
public struct SegmentGap: Hashable, Sendable {
  /// In bytes as they are on disk. The range is empty if the fault showed only after the
  /// beginning of the next member had been taken for data of the broken one.
  public let compressed: Range<Int64>
  /// The decompressed offset at which reading goes on; it does not count what was lost.
  public let decompressedOffset: Int64
}
