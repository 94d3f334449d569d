internal import CZlib

/// Deflate by zlib, which every machine has.
struct ZlibInflate: ~Copyable, InflateEngine, @unchecked Sendable {
  /// On the heap, because zlib checks that its stream never moves.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var checksum: UInt32 = 0

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // A negative size means a raw stream: header and trailer are read by `Gzip`.
    let status = inflateInit2_(
      stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK, "zlib has no memory or another version")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  mutating func restart() {
    inflateReset(stream)
    checksum = 0
  }

  mutating func inflate(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> InflateStep {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(clamping: input.count)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(clamping: output.count)
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    let produced = output.count - Int(stream.pointee.avail_out)
    checksum = UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(checksum), output.baseAddress?.assumingMemoryBound(to: UInt8.self), produced))
    return InflateStep(
      consumed: input.count - Int(stream.pointee.avail_in), produced: produced,
      outcome: Self.outcome(status))
  }

  private static func outcome(_ status: Int32) -> InflateStep.Outcome {
    switch status {
    // "Buffer error" means that nothing could be done without more input or room.
    case Z_OK, Z_BUF_ERROR: .more
    case Z_STREAM_END: .end
    default: .corrupt
    }
  }
}
