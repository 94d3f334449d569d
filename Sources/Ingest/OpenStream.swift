internal import Synchronization

/// The reader of a pipe or of standard input between the look at its head, which orders the
/// segments, and its reading: what was taken from a pipe cannot be had again.
final class OpenStream: Sendable {
  private enum State: ~Copyable, Sendable {
    case unopened
    case peeked(SegmentReader)
    case taken
  }

  private let state = Mutex(State.unopened)

  /// The first bytes of the stream, which stay to be read.
  func peek(_ segment: Segment, byteCountMax: Int) throws(IngestError) -> [UInt8] {
    var reader = try take(segment)
    let head = try reader.peek(byteCountMax)
    let returned = State.peeked(reader)
    put(returned)
    return head
  }

  /// The stream from its first byte; works once.
  func take(_ segment: Segment) throws(IngestError) -> SegmentReader {
    switch exchangeForTaken() {
    case .unopened: return try SegmentReader(segment, chunkBytes: SegmentReader.chunkBytesMax)
    case .peeked(let reader): return reader
    case .taken: throw IngestError(path: segment.path, reason: .alreadyRead)
    }
  }

  private func put(_ newState: consuming sending State) {
    var incoming: State? = newState
    state.withLock { current in
      if let value = incoming.take() { current = value }
    }
  }

  private func exchangeForTaken() -> State {
    state.withLock { current in
      var old = State.taken
      swap(&old, &current)
      return old
    }
  }
}
