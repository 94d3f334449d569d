import Ingest
import Testing

#if ZSTD
  import CZstd
#endif

/// A decompressor together with the writer of its format. Every entry of `Decompressors.all`
/// has one, and gzip one for each engine.
struct Codec: Sendable, CustomTestStringConvertible {
  let name: String
  /// Whether the format has members that carry a checksum, and so can tell a cut-off file.
  let hasMembers: Bool
  let engine: GzipEngine
  let makeDecompressor: @Sendable () -> any Decompressor & ~Copyable
  let compress: @Sendable ([UInt8]) -> [UInt8]

  var testDescription: String { name == "gzip" ? "gzip by \(engine)" : name }

  static let all: [Codec] = Decompressors.all.flatMap { type -> [Codec] in
    switch type.name {
    case "gzip": GzipEngine.allCases.map(gzip)
    case "plain": [plain]
    default: others(type.name)
    }
  }

  static let withMembers = all.filter(\.hasMembers)

  static func gzip(_ engine: GzipEngine) -> Codec {
    Codec(
      name: "gzip", hasMembers: true, engine: engine,
      makeDecompressor: { Gzip(engine: engine) }, compress: { GzipWriter().member($0) })
  }

  private static let plain = Codec(
    name: "plain", hasMembers: false, engine: .best, makeDecompressor: { Plain() },
    compress: { $0 })

  private static func others(_ name: String) -> [Codec] {
    #if ZSTD
      if name == "zstd" { return [zstd] }
    #endif
    fatalError("a decompressor for \(name) needs its writer here, to be tested")
  }

  #if ZSTD
    private static let zstd = Codec(
      name: "zstd", hasMembers: true, engine: .best, makeDecompressor: { Zstd() },
      compress: zstdFrame)

    static func zstdFrame(_ content: [UInt8]) -> [UInt8] {
      zstdFrame(content, hasChecksum: true)
    }

    static func zstdFrame(_ content: [UInt8], hasChecksum: Bool) -> [UInt8] {
      let context = ZSTD_createCCtx()
      defer { ZSTD_freeCCtx(context) }
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, hasChecksum ? 1 : 0)
      var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
      let count = ZSTD_compress2(context, &frame, frame.count, content, content.count)
      precondition(ZSTD_isError(count) == 0)
      return Array(frame[..<count])
    }
  #endif

  /// Runs the decompressor alone, with `inputPiece` bytes in and `outputRoom` bytes out in each
  /// step, up to its end or to the first fault.
  func decompress(
    _ compressed: [UInt8], inputPiece: Int, outputRoom: Int
  ) -> (bytes: [UInt8], last: DecompressorStep.Event?) {
    var decompressor = makeDecompressor()
    var result: [UInt8] = []
    var room = [UInt8](repeating: 0, count: outputRoom)
    var position = 0
    // Each step uses a byte, makes a byte, or ends a member; anything else would be a hang.
    var stepsLeft = 4 * (compressed.count + 1) * 1_100
    var available = 0
    while stepsLeft > 0 {
      stepsLeft -= 1
      let step = compressed.withUnsafeBytes { input in
        room.withUnsafeMutableBytes { room in
          decompressor.decompress(
            UnsafeRawBufferPointer(rebasing: input[position..<max(available, position)]),
            isLast: available >= compressed.count, into: room)
        }
      }
      position += step.consumed
      result += room[..<step.produced]
      switch step.event {
      case .memberEnd: continue
      case .fault, .end: return (result, step.event)
      case nil:
        let hasRoom = step.produced < outputRoom && step.consumed >= 0
        if hasRoom { available = min(available + inputPiece, compressed.count) }
      }
    }
    return (result, nil)
  }
}
