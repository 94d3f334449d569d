internal import Foundation
internal import Glibc
internal import Synchronization

/// Takes in lines that gateways send, and writes them into a spool, on a thread of its own.
///
/// A full disk stops the taking: what is connected waits, and of datagrams the kernel keeps what fits
/// into its buffer.
public final class LineListener: Sendable {
  public struct Counts: Hashable, Sendable {
    public var messages = 0
    /// Longer than a message may be.
    public var dropped = 0
    /// Connections beyond the number that may be open.
    public var refusedConnections = 0
    /// Bytes of the spool that were removed to make room.
    public var removedBytes: Int64 = 0
    /// The spool could not be written to when it was tried last.
    public var isBlocked = false
  }

  static let connectionCountMax = 64
  private static let waitMilliseconds: Int32 = 200
  static let batchBytes = 256 * 1024

  private let state = Mutex(Counts())
  private let isStopping = Atomic<Bool>(false)
  private let isDone = Atomic<Bool>(false)

  /// Opens the spool and begins to listen; the inlets are closed in the end.
  public init(
    _ inlets: [Inlet], spoolFolder: String, name: String, bytesMax: Int64
  ) throws(IngestError) {
    let spool = try LineSpool(folder: spoolFolder, name: name, bytesMax: bytesMax)
    let box = Mutex<Work?>(Work(inlets: inlets, spool: spool))
    Thread.detachNewThread { [self] in
      guard var work = box.withLock({ $0.take() }) else { return }
      while !isStopping.load(ordering: .relaxed) {
        work.turn(waiting: Self.waitMilliseconds)
        let counts = work.counts
        state.withLock { $0 = counts }
      }
      isDone.store(true, ordering: .releasing)
    }
  }

  public var counts: Counts { state.withLock { $0 } }

  /// Comes back when everything that was taken is in the spool.
  public func stop() {
    isStopping.store(true, ordering: .relaxed)
    while !isDone.load(ordering: .acquiring) { usleep(5_000) }
  }
}

/// The inlets and their connections, owned by the thread that serves them.
private struct Work: ~Copyable, Sendable {
  private struct Stream: Sendable {
    var descriptor: Int32
    var frames = SyslogFrames()
    var isInlet: Bool
  }

  private let inlets: [Inlet]
  private var streams: [Stream]
  private var spool: LineSpool
  /// Lines that the spool did not take yet.
  private var waiting: [UInt8] = []
  private(set) var counts = LineListener.Counts()

  init(inlets: [Inlet], spool: consuming LineSpool) {
    self.inlets = inlets
    self.spool = spool
    streams = inlets.filter { $0.kind == .bytes }
      .map { Stream(descriptor: $0.descriptor, isInlet: true) }
  }

  deinit {
    for inlet in inlets where inlet.descriptor != STDIN_FILENO { close(inlet.descriptor) }
    for stream in streams where !stream.isInlet { close(stream.descriptor) }
  }

  /// Waits for something to come, and brings it into the spool.
  mutating func turn(waiting milliseconds: Int32) {
    guard flush() else {
      // The senders wait as well.
      usleep(UInt32(milliseconds) * 1000)
      return
    }
    let sockets = inlets.filter { $0.kind != .bytes }
    var requests = (sockets.map(\.descriptor) + streams.map(\.descriptor)).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    guard poll(&requests, nfds_t(requests.count), milliseconds) > 0 else { return }
    var messages: [ArraySlice<UInt8>] = []
    // Streams go first, while their places are those of the requests.
    for index in streams.indices.reversed()
    where requests[sockets.count + index].revents != 0 {
      read(index, into: &messages)
    }
    for (index, inlet) in sockets.enumerated() where requests[index].revents != 0 {
      if inlet.kind == .datagrams {
        receive(from: inlet.descriptor, into: &messages)
      } else {
        accept(from: inlet.descriptor)
      }
    }
    keep(messages)
    _ = flush()
  }

  private mutating func accept(from descriptor: Int32) {
    let connection = Glibc.accept(descriptor, nil, nil)
    guard connection >= 0 else { return }
    _ = fcntl(connection, F_SETFL, O_NONBLOCK)
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    guard streams.count < LineListener.connectionCountMax else {
      close(connection)
      counts.refusedConnections += 1
      return
    }
    streams.append(Stream(descriptor: connection, isInlet: false))
  }

  private mutating func read(_ index: Int, into messages: inout [ArraySlice<UInt8>]) {
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    let count = Glibc.read(streams[index].descriptor, &bytes, bytes.count)
    if count < 0, [EAGAIN, EINTR].contains(errno) { return }
    let dropped = streams[index].frames.droppedCount
    if count > 0 {
      streams[index].frames.push(bytes[..<count], into: &messages)
    } else {
      streams[index].frames.finish(into: &messages)
    }
    counts.dropped += streams[index].frames.droppedCount - dropped
    guard count <= 0 else { return }
    if !streams[index].isInlet { close(streams[index].descriptor) }
    streams.remove(at: index)
  }

  private mutating func receive(
    from descriptor: Int32, into messages: inout [ArraySlice<UInt8>]
  ) {
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    var sum = 0
    while sum < LineListener.batchBytes {
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_TRUNC))
      guard count >= 0 else { return }
      guard count <= bytes.count else {
        counts.dropped += 1
        continue
      }
      messages.append(SyslogFrames.trimmed(bytes[..<count]))
      sum += count
    }
  }

  /// A message is a line, so it may not have line ends in it: who sent it could forge another.
  private mutating func keep(_ messages: [ArraySlice<UInt8>]) {
    for message in messages where !message.isEmpty {
      waiting += message.lazy.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
      waiting.append(UInt8(ascii: "\n"))
      counts.messages += 1
    }
  }

  /// False where the spool does not take what waits.
  private mutating func flush() -> Bool {
    guard !waiting.isEmpty else { return true }
    counts.isBlocked = !spool.append(waiting)
    counts.removedBytes = spool.removedBytes
    if !counts.isBlocked { waiting.removeAll(keepingCapacity: true) }
    return !counts.isBlocked
  }
}
