#if ZSTD
  internal import CZstd

  /// Zstandard as RFC 8878 has it, by libzstd: any number of frames, skippable ones among them.
  /// A frame may carry a checksum or not; one without is taken for right if its form is.
  package struct Zstd: ~Copyable, Decompressor, @unchecked Sendable {
    package static let name = "zstd"

    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
    /// Bytes of a frame's magic and of the descriptor behind it.
    private static let searchByteCount = 5
    private static let blockHeaderCount = 3

    private let context: OpaquePointer
    private var isInFrame = false
    private var isInPadding = false
    /// How many bytes the decoder asked for.
    private var wantedCount = magic.count
    private var hasOutputLeft = false

    package init() {
      guard let context = ZSTD_createDCtx() else { preconditionFailure("zstd has no memory") }
      self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    package static func recognizes(_ head: UnsafeRawBufferPointer) -> Bool {
      head.starts(with: magic)
        || head.count >= 4 && isSkippable(head[0]) && head[1] == 0x2a && head[2] == 0x4d
          && head[3] == 0x18
    }

    package static func nextMember(
      in bytes: UnsafeRawBufferPointer, isLast: Bool
    ) -> MemberSearch {
      guard bytes.count >= searchByteCount else { return .absent(keep: bytes.count) }
      for offset in 0...bytes.count - searchByteCount where bytes[offset] == magic[0] {
        let frame = bytes[(offset + 1)...]
        // Bit 3 of the descriptor is reserved and must be 0; writers leave bit 4 at 0 as well.
        if frame.starts(with: magic.dropFirst()) && bytes[offset + 4] & 0x18 == 0 {
          return .found(at: offset)
        }
      }
      return .absent(keep: searchByteCount - 1)
    }

    package mutating func restart() {
      ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
      isInFrame = false
      (wantedCount, hasOutputLeft) = (Self.magic.count, false)
    }

    package mutating func decompress(
      _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressorStep {
      if isInFrame { return decode(input, isLast: isLast, into: output) }
      let zeroCount = input.prefix { $0 == 0 }.count
      isInPadding = isInPadding || zeroCount > 0
      let isPaddingOver = zeroCount < input.count || isLast
      if isInPadding {
        isInPadding = !isPaddingOver
        return DecompressorStep(
          consumed: zeroCount, produced: 0, event: isPaddingOver ? .fault(.trailingZeros) : nil)
      }
      guard let first = input.first else {
        return DecompressorStep(consumed: 0, produced: 0, event: isLast ? .end : nil)
      }
      guard first == Self.magic[0] || Self.isSkippable(first) else {
        return DecompressorStep(consumed: 0, produced: 0, event: .fault(.unexpectedBytes))
      }
      isInFrame = true
      return decode(input, isLast: isLast, into: output)
    }

    /// Hands the decoder one block at a time, as it asks for them, and nothing while it has
    /// output left: after an error it tells neither what it used nor what it wrote in that call.
    private mutating func decode(
      _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
    ) -> DecompressorStep {
      var source = ZSTD_inBuffer(src: input.baseAddress, size: 0, pos: 0)
      var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
      while true {
        let isFlushing = hasOutputLeft
        let offeredCount = isFlushing ? 0 : min(blockCount, input.count - source.pos)
        source.size = source.pos + offeredCount
        let before = (source.pos, target.pos)
        let status = ZSTD_decompressStream(context, &target, &source)
        if let event = event(status, &source) {
          return DecompressorStep(consumed: source.pos, produced: target.pos, event: event)
        }
        wantedCount = status
        hasOutputLeft = target.pos == target.size
        let isStuck = (source.pos, target.pos) == before && !isFlushing
        guard isStuck || hasOutputLeft else { continue }
        let isCut = isLast && !hasOutputLeft
        return DecompressorStep(
          consumed: source.pos, produced: target.pos, event: isCut ? .fault(.truncated) : nil)
      }
    }

    /// What the decoder asked for without the header of the block after it, which it asks for
    /// along with each block; a bad one would cost that block.
    private var blockCount: Int {
      wantedCount > Self.blockHeaderCount ? wantedCount - Self.blockHeaderCount : wantedCount
    }

    private mutating func event(
      _ status: Int, _ source: inout ZSTD_inBuffer
    ) -> DecompressorStep.Event? {
      if ZSTD_isError(status) != 0 {
        let reason = Self.reason(status)
        // The checksum was read; what follows it is the next frame.
        if reason == .checksumMismatch { source.pos = source.size }
        restart()
        return .fault(reason)
      }
      guard status == 0 else { return nil }
      isInFrame = false
      (wantedCount, hasOutputLeft) = (Self.magic.count, false)
      return .memberEnd
    }

    private static func isSkippable(_ byte: UInt8) -> Bool { (0x50...0x5f).contains(byte) }

    private static func reason(_ status: Int) -> SegmentFault.Reason {
      switch ZSTD_getErrorCode(status) {
      case ZSTD_error_prefix_unknown: .unexpectedBytes
      case ZSTD_error_checksum_wrong: .checksumMismatch
      case ZSTD_error_frameParameter_unsupported, ZSTD_error_frameParameter_windowTooLarge,
        ZSTD_error_version_unsupported, ZSTD_error_dictionary_wrong:
        .badHeader
      default: .corrupt
      }
    }
  }
#endif
