#if ISAL
  internal import CISAL

  /// Deflate by ISA-L (Intel's storage library), whose vector code decodes text about three
  /// times as fast as zlib does.
  ///
  /// It gives what zlib gives as long as a stream is right. Where one is cut off, up to two
  /// bytes before the cut are missing, because it decodes short literals together; where one is
  /// corrupt, it may break off some bytes earlier or later.
  struct ISALInflate: ~Copyable, InflateEngine, @unchecked Sendable {
    /// On the heap: it holds the window and the code tables, some 90 KiB in all.
    private let state: UnsafeMutablePointer<inflate_state>
    private var isBroken = false

    init() {
      state = .allocate(capacity: 1)
      restart()
    }

    deinit { state.deallocate() }

    var checksum: UInt32 { state.pointee.crc }

    mutating func restart() {
      isal_inflate_init(state)
      // The checksum is counted along; header and trailer are read by `Gzip`.
      state.pointee.crc_flag = UInt32(ISAL_GZIP_NO_HDR)
      isBroken = false
    }

    mutating func inflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> InflateStep {
      if isBroken { return drain(into: output, consumed: 0, produced: 0) }
      let source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      let target = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.next_in = UnsafeMutablePointer(mutating: source)
      state.pointee.avail_in = UInt32(clamping: input.count)
      state.pointee.next_out = target
      state.pointee.avail_out = UInt32(clamping: output.count)
      let status = isal_inflate(state)
      // By the pointers: after an error `avail_in` and `avail_out` are off by some bytes.
      let consumed = Self.distance(source, state.pointee.next_in)
      let produced = Self.distance(target, state.pointee.next_out)
      if status < 0 {
        isBroken = true
        let kept = dropStale(after: status, produced: produced)
        return drain(into: output, consumed: consumed, produced: kept)
      }
      guard state.pointee.block_state == ISAL_BLOCK_FINISH else {
        return InflateStep(consumed: consumed, produced: produced, outcome: .more)
      }
      // Until version 2.32.1 what was read beyond the end stays in the bit buffer.
      let unusedCount = Int(state.pointee.read_in_length / 8)
      state.pointee.read_in_length = 0
      return InflateStep(consumed: consumed - unusedCount, produced: produced, outcome: .end)
    }

    /// An invalid copy shows only after its length was added to the output, so the end of it is
    /// whatever the memory held before. The length is not told; as many bytes go as a copy may
    /// have. Returns how many of `produced` stay.
    private mutating func dropStale(after status: Int32, produced: Int) -> Int {
      // A bad block header writes nothing.
      guard status != ISAL_INVALID_BLOCK else { return produced }
      let waitingCount = Int(state.pointee.tmp_out_valid - state.pointee.tmp_out_processed)
      let staleCount = Int(ISAL_DEF_MAX_MATCH)
      state.pointee.tmp_out_valid -= Int32(min(staleCount, waitingCount))
      return produced - min(staleCount - min(staleCount, waitingCount), produced)
    }

    private static func distance(
      _ start: UnsafePointer<UInt8>?, _ end: UnsafePointer<UInt8>?
    ) -> Int {
      guard let start, let end else { return 0 }
      return end - start
    }

    /// Data decoded before a break may still be in the window when there was no room for it.
    private mutating func drain(
      into output: UnsafeMutableRawBufferPointer, consumed: Int, produced: Int
    ) -> InflateStep {
      let processed = Int(state.pointee.tmp_out_processed)
      let leftCount = Int(state.pointee.tmp_out_valid) - processed
      let room = UnsafeMutableRawBufferPointer(rebasing: output[produced...])
      let count = min(leftCount, room.count)
      if count > 0, let window = isal_window(state) {
        room.copyMemory(from: UnsafeRawBufferPointer(start: window + processed, count: count))
        state.pointee.tmp_out_processed += Int32(count)
      }
      let outcome: InflateStep.Outcome = count == leftCount ? .corrupt : .more
      return InflateStep(consumed: consumed, produced: produced + count, outcome: outcome)
    }
  }
#endif
