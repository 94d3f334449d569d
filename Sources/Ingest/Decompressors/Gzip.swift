/// Gzip as RFC 1952 has it: any number of members one behind the other, each with a header of
/// any length, a deflate stream, and a trailer that vouches for it. Header and trailer are read
/// here; the deflate stream by an engine, zlib or ISA-L, so both report the same faults.
package struct Gzip: ~Copyable, Decompressor {
  package static let name = "gzip"

  private var engine: any InflateEngine & ~Copyable
  private var state = State.boundary
  private var trailer = GzipTrailer()

  private enum State {
    /// Before a member. The end of the input is allowed here, and only here.
    case boundary
    case padding
    case header(GzipHeader)
    case body
    case trailer
  }

  /// What a part of a member did with the bytes at hand.
  private enum Progress {
    case next
    case needsMore
    /// The engine gave back bytes of an earlier call; they are not in this call's input.
    case wentBack
    case event(DecompressorStep.Event)
  }

  package init() {
    self.init(engine: .best)
  }

  package init(engine: GzipEngine) {
    self.engine = engine.makeInflate()
  }

  package static func recognizes(_ head: UnsafeRawBufferPointer) -> Bool {
    head.starts(with: GzipHeader.magic)
  }

  package static func nextMember(
    in bytes: UnsafeRawBufferPointer, isLast: Bool
  ) -> MemberSearch {
    GzipHeader.search(bytes)
  }

  package mutating func restart() {
    state = .boundary
  }

  package mutating func decompress(
    _ input: UnsafeRawBufferPointer, isLast: Bool, into output: UnsafeMutableRawBufferPointer
  ) -> DecompressorStep {
    var step = DecompressorStep(consumed: 0, produced: 0)
    while true {
      switch advance(input, output, &step) {
      case .next: continue
      case .needsMore:
        if isLast && step.produced < output.count { step.event = eventAtEnd() }
        return step
      case .wentBack: return step
      case .event(let event):
        step.event = event
        return step
      }
    }
  }

  private mutating func eventAtEnd() -> DecompressorStep.Event {
    switch state {
    case .boundary: return .end
    case .padding:
      state = .boundary
      return .fault(.trailingZeros)
    case .header, .body, .trailer: return .fault(.truncated)
    }
  }

  /// Works on one part of the stream, `step` saying how far the call has come.
  private mutating func advance(
    _ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer,
    _ step: inout DecompressorStep
  ) -> Progress {
    let rest = UnsafeRawBufferPointer(rebasing: input[step.consumed...])
    switch state {
    case .boundary: return begin(rest)
    case .padding: return skipZeros(rest, &step)
    case .header(let header): return readHeader(header, rest, &step)
    case .body:
      let room = UnsafeMutableRawBufferPointer(rebasing: output[step.produced...])
      return inflate(rest, room, &step)
    case .trailer: return readTrailer(rest, &step)
    }
  }

  private mutating func begin(_ rest: UnsafeRawBufferPointer) -> Progress {
    guard let first = rest.first else { return .needsMore }
    if first == 0 {
      state = .padding
      return .next
    }
    guard first == GzipHeader.magic[0] else { return .event(.fault(.unexpectedBytes)) }
    state = .header(GzipHeader())
    return .next
  }

  private mutating func skipZeros(
    _ rest: UnsafeRawBufferPointer, _ step: inout DecompressorStep
  ) -> Progress {
    let zeroCount = rest.firstIndex { $0 != 0 } ?? rest.count
    step.consumed += zeroCount
    if zeroCount == rest.count { return .needsMore }
    state = .boundary
    return .event(.fault(.trailingZeros))
  }

  private mutating func readHeader(
    _ header: GzipHeader, _ rest: UnsafeRawBufferPointer, _ step: inout DecompressorStep
  ) -> Progress {
    var header = header
    let (consumed, outcome) = header.read(rest)
    step.consumed += consumed
    state = .header(header)
    switch outcome {
    case .needsMore: return .needsMore
    case .invalid(let reason): return .event(.fault(reason))
    case .complete:
      engine.restart()
      trailer = GzipTrailer()
      state = .body
      return .next
    }
  }

  private mutating func inflate(
    _ rest: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer,
    _ step: inout DecompressorStep
  ) -> Progress {
    let inflated = engine.inflate(rest, into: room)
    step.consumed += inflated.consumed
    step.produced += inflated.produced
    trailer.bodyByteCount &+= UInt32(truncatingIfNeeded: inflated.produced)
    switch inflated.outcome {
    case .more: return .needsMore
    case .corrupt: return .event(.fault(.corrupt))
    case .end:
      state = .trailer
      return step.consumed < 0 ? .wentBack : .next
    }
  }

  private mutating func readTrailer(
    _ rest: UnsafeRawBufferPointer, _ step: inout DecompressorStep
  ) -> Progress {
    step.consumed += trailer.read(rest)
    guard trailer.isComplete else { return .needsMore }
    state = .boundary
    guard trailer.checksum == engine.checksum else { return .event(.fault(.checksumMismatch)) }
    guard trailer.length == trailer.bodyByteCount else {
      return .event(.fault(.lengthMismatch))
    }
    return .event(.memberEnd)
  }
}

/// The eight bytes behind a deflate stream: CRC-32 and length modulo 2^32, least byte first.
private struct GzipTrailer {
  var bodyByteCount: UInt32 = 0
  private var value: UInt64 = 0
  private var readCount = 0

  var isComplete: Bool { readCount == 8 }
  var checksum: UInt32 { UInt32(truncatingIfNeeded: value) }
  var length: UInt32 { UInt32(truncatingIfNeeded: value >> 32) }

  mutating func read(_ rest: UnsafeRawBufferPointer) -> Int {
    let taken = rest.prefix(8 - readCount)
    for byte in taken {
      value |= UInt64(byte) << UInt64(8 * readCount)
      readCount += 1
    }
    return taken.count
  }
}
