import CZlib

/// Writes gzip members, right ones and odd ones.
struct GzipWriter: Sendable {
  var level: Int32 = 6
  var flags: UInt8 = 0
  /// What stands between the fixed part of the header and the data.
  var headerRest: [UInt8] = []
  var checksumError: UInt32 = 0
  var lengthError: UInt32 = 0

  static let headerByteCount = 10
  static let trailerByteCount = 8

  func member(_ content: [UInt8]) -> [UInt8] {
    let header: [UInt8] = [0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3]
    let checksum = UInt32(truncatingIfNeeded: crc32_z(0, content, content.count)) ^ checksumError
    let length = UInt32(truncatingIfNeeded: content.count) &+ lengthError
    return header + headerRest + deflate(content) + Self.bytes(checksum) + Self.bytes(length)
  }

  private static func bytes(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  private func deflate(_ content: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    deflateInit2_(
      &stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
    defer { deflateEnd(&stream) }
    var input = content
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count))))
    let produced = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        precondition(CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END)
        return output.count - Int(stream.avail_out)
      }
    }
    return Array(output[..<produced])
  }
}
