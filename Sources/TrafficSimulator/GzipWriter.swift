internal import CZlib

/// Writes text as one gzip member to a file.
///
/// The header holds no time and no name, so that the same text gives the same file wherever
/// the same zlib is at work.
public struct GzipWriter: ~Copyable {
  private static let outputBytes = 256 * 1024

  private let file: OutputFile
  /// On the heap, because zlib checks that its stream never moves.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer

  /// `level` is gzip's own: 1 is fast, 6 what `logrotate` writes, 9 small.
  public init(creating path: String, level: Int = 6) throws(SimulatorFault) {
    // All or nothing before the first field is set: what has a `deinit` is never half made.
    let file = try OutputFile(creating: path)
    guard let stream = Self.makeStream(level: level) else { throw .compression }
    self.file = file
    self.stream = stream
    output = .allocate(byteCount: Self.outputBytes, alignment: 16)
  }

  private static func makeStream(level: Int) -> UnsafeMutablePointer<z_stream>? {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Sixteen more than the largest window asks for a gzip header.
    let status = deflateInit2_(
      stream, Int32(level), Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    if status == Z_OK { return stream }
    stream.deallocate()
    return nil
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  public mutating func write(_ bytes: [UInt8]) throws(SimulatorFault) {
    try deflate(bytes, flush: Z_NO_FLUSH)
  }

  /// Ends the member; a writer that is dropped before leaves a truncated file.
  public consuming func finish() throws(SimulatorFault) {
    try deflate([], flush: Z_FINISH)
  }

  private func deflate(_ bytes: [UInt8], flush: Int32) throws(SimulatorFault) {
    let fault = bytes.withUnsafeBufferPointer { input -> SimulatorFault? in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.pointee.avail_in = UInt32(input.count)
      do throws(SimulatorFault) {
        try drain(flush: flush)
        return nil
      } catch { return error }
    }
    if let fault { throw fault }
  }

  /// Runs until zlib leaves room in the output, which says that it has no more to give.
  private func drain(flush: Int32) throws(SimulatorFault) {
    repeat {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      _ = CZlib.deflate(stream, flush)
      let produced = output.count - Int(stream.pointee.avail_out)
      try file.write(UnsafeRawBufferPointer(rebasing: output[..<produced]))
    } while stream.pointee.avail_out == 0
  }
}
