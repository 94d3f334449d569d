/// A decoder of raw deflate streams (RFC 1951) with a CRC-32 of what it decoded.
protocol InflateEngine: ~Copyable, Sendable {
  /// CRC-32 of everything decoded since the last restart.
  var checksum: UInt32 { get }

  /// Makes ready for the first byte of another stream.
  mutating func restart()

  mutating func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> InflateStep
}

/// What one call of ``InflateEngine/inflate(_:into:)`` did.
struct InflateStep {
  enum Outcome {
    /// Input or output is exhausted.
    case more
    /// The stream is over; the bytes behind it were not consumed.
    case end
    case corrupt
  }

  var consumed: Int
  var produced: Int
  var outcome: Outcome
}

/// Which library decodes gzip. ISA-L is several times faster, and not on every machine.
package enum GzipEngine: String, CaseIterable, Sendable {
  case zlib
  #if ISAL
    case isal
  #endif

  /// The fastest one of this build.
  package static var best: GzipEngine {
    #if ISAL
      .isal
    #else
      .zlib
    #endif
  }

  func makeInflate() -> any InflateEngine & ~Copyable {
    switch self {
    case .zlib: ZlibInflate()
    #if ISAL
      case .isal: ISALInflate()
    #endif
    }
  }
}
