/// Reads one segment from its first byte to its last and owns what that takes. Memory is
/// bounded whatever the input: one chunk and one input buffer. Bad input never ends the reading
/// early: a fault is reported, and reading goes on at the next member that can be found.
public struct SegmentReader: ~Copyable, Sendable {
  /// The size of a chunk in bytes; only the last one before an event or the end is shorter,
  /// and those of a pipe whose writer is slow.
  public static let chunkBytesMax = 1024 * 1024
  /// How many faults of one segment are reported before the rest of it is left alone.
  public static let faultCountMax = 1_000

  public let path: String
  /// The size of the input in compressed bytes; nil for a pipe.
  public let byteCount: Int64?
  /// Compressed bytes that were used so far, for a progress display.
  public var compressedBytesRead: Int64 { input.offset }
  /// Decompressed bytes so far, delivered or looked at.
  public internal(set) var decompressedBytesRead: Int64 = 0

  var input: InputBuffer
  private var decompressor: any Decompressor & ~Copyable
  let formatName: String
  private let nextMember: @Sendable (UnsafeRawBufferPointer, Bool) -> MemberSearch
  private let chunkBytes: Int
  var pending: [SegmentEvent] = []
  private var pendingError: IngestError?
  private(set) var memberStart: (compressed: Int64, decompressed: Int64) = (0, 0)
  /// Before this compressed offset no member is looked for: what is there was read for good.
  private var searchFloor: Int64 = 1
  private var faultCount = 0
  private(set) var isFinished = false
  /// Nothing more is in the file at the moment.
  private var isWaiting = false

  /// Opens `segment` and finds out its format. A pipe can be opened once.
  public init(_ segment: Segment) throws(IngestError) {
    if let stream = segment.stream {
      self = try stream.take(segment)
    } else {
      try self.init(segment, chunkBytes: Self.chunkBytesMax)
    }
  }

  /// `isGrowing` takes the end of the file for the end of what there is so far: ``next()`` gives
  /// nil there, and goes on when there is more.
  package init(
    _ segment: Segment, chunkBytes: Int, gzipEngine: GzipEngine = .best, isGrowing: Bool = false
  ) throws(IngestError) {
    precondition(chunkBytes > 0)
    var input = InputBuffer(try segment.openFile())
    input.isGrowing = isGrowing
    while input.unread.count < Decompressors.headBytesMax && !input.isAtEnd {
      guard try input.fill() else { break }
    }
    let type = try Decompressors.type(for: input.unread, path: segment.path)
    path = segment.path
    byteCount = segment.byteCount
    self.chunkBytes = chunkBytes
    self.input = input
    formatName = type.name
    decompressor = Decompressors.make(type, gzipEngine: gzipEngine)
    nextMember = { type.nextMember(in: $0, isLast: $1) }
  }

  /// From now on `observer` sees the compressed bytes and their offset as they are read, from the
  /// first on if this is called before ``next()``. After a fault it may see bytes again.
  public mutating func observeInput(
    _ observer: @escaping @Sendable (_ offset: Int64, UnsafeRawBufferPointer) -> Void
  ) {
    input.observe(observer)
  }

  /// The next event, or nil at the end. An error means that the input itself could not be read
  /// on; what had been read before it was delivered.
  public mutating func next() throws(IngestError) -> SegmentEvent? {
    while true {
      if !pending.isEmpty { return pending.removeFirst() }
      if let error = pendingError {
        pendingError = nil
        isFinished = true
        throw error
      }
      if isFinished { return nil }
      isWaiting = false
      guard let chunk = nextChunk() else {
        if isWaiting { return nil }
        continue
      }
      try checkForArchive(chunk)
      return chunk
    }
  }

  /// The headers of a tar archive stand between the lines of its files.
  private mutating func checkForArchive(_ chunk: SegmentEvent) throws(IngestError) {
    guard case .chunk(let bytes, startOffset: 0) = chunk, TarArchive.recognizes(bytes) else {
      return
    }
    pending = []
    isFinished = true
    throw IngestError(
      path: path,
      reason: .unsupported(format: "a tar archive", filter: TarArchive.filter(of: formatName)))
  }

  /// The next bytes, at most `byteCountMax` and up to the next fault, without taking them:
  /// ``next()`` delivers them again. A pipe is waited for until it has as many.
  public mutating func peek(_ byteCountMax: Int) throws(IngestError) -> [UInt8] {
    var head: [UInt8] = []
    var events: [SegmentEvent] = []
    while head.count < byteCountMax, let event = try next() {
      events.append(event)
      guard case .chunk(let bytes, _) = event else { break }
      head += bytes.prefix(byteCountMax - head.count)
    }
    pending = events + pending
    return head
  }

  private mutating func nextChunk() -> SegmentEvent? {
    let start = decompressedBytesRead
    let chunk = [UInt8](unsafeUninitializedCapacity: chunkBytes) { buffer, count in
      fill(UnsafeMutableRawBufferPointer(buffer))
      count = Int(decompressedBytesRead - start)
    }
    return chunk.isEmpty ? nil : .chunk(chunk, startOffset: start)
  }

  /// Decompresses until `chunk` is full or something has to be reported.
  private mutating func fill(_ chunk: UnsafeMutableRawBufferPointer) {
    let start = decompressedBytesRead
    while true {
      let used = Int(decompressedBytesRead - start)
      guard used < chunk.count else { return }
      let room = UnsafeMutableRawBufferPointer(rebasing: chunk[used...])
      let step = decompressor.decompress(input.unread, isLast: input.isAtEnd, into: room)
      input.consume(step.consumed)
      decompressedBytesRead += Int64(step.produced)
      switch step.event {
      case .memberEnd: beginMember()
      case .fault(let reason): return report(reason)
      case .end:
        isFinished = true
        return
      case nil where step.consumed < 0: continue
      case nil:
        guard step.produced < room.count else { return }
        // A slow writer's lines are handed on; waiting for a full chunk would hide them.
        if decompressedBytesRead > start && !input.isReady() { return }
        guard readMore() else { return }
      }
    }
  }

  private mutating func readMore() -> Bool {
    do throws(IngestError) {
      isWaiting = try !input.fill()
      return !isWaiting
    } catch {
      pendingError = error
      return false
    }
  }

  private mutating func beginMember() {
    memberStart = (input.offset, decompressedBytesRead)
    searchFloor = input.offset + 1
  }

  private mutating func report(_ reason: SegmentFault.Reason) {
    let (memberOffset, memberBytes) = memberStart
    // These two are found at the start of what follows a member, whatever was skipped since.
    let isBetween = reason == .trailingZeros || reason == .unexpectedBytes
    let fault = SegmentFault(
      reason: reason, compressedOffset: isBetween ? memberOffset : input.offset,
      decompressedOffset: decompressedBytesRead, memberOffset: memberOffset)
    pending.append(.fault(fault))
    if memberBytes < decompressedBytesRead {
      pending.append(.memberFailed(memberBytes..<decompressedBytesRead))
    }
    faultCount += 1
    if faultCount == Self.faultCountMax { return giveUp() }
    goOn(after: fault)
  }

  private mutating func giveUp() {
    isFinished = true
    pending.append(
      .fault(
        SegmentFault(
          reason: .tooManyFaults, compressedOffset: input.offset,
          decompressedOffset: decompressedBytesRead, memberOffset: memberStart.compressed)))
  }

  private mutating func goOn(after fault: SegmentFault) {
    let end = input.offset
    switch fault.reason {
    case .trailingZeros:
      beginMember()
    case .checksumMismatch, .lengthMismatch:
      searchFloor = max(searchFloor, fault.memberOffset + 1)
      if !findMember(before: end) {
        // The member's end is where it should be, so the next one begins here.
        input.rewind(to: end)
        memberStart = (end, decompressedBytesRead)
      }
    case .truncated, .corrupt, .badHeader:
      searchFloor = max(searchFloor, fault.memberOffset + 1)
      finish(unless: findMember(before: .max), losesData: fault.reason != .truncated, from: end)
    case .unexpectedBytes, .tooManyFaults:
      finish(unless: findMember(before: .max), losesData: false, from: end)
    }
  }

  private mutating func finish(unless isFound: Bool, losesData: Bool, from end: Int64) {
    guard !isFound else { return }
    isFinished = true
    isWaiting = false
    if losesData { appendGap(from: end) }
  }

  /// Goes to where a member seems to begin, if there is one before `limit`. Data of a broken
  /// member may have swallowed that place before the break showed (half a file with a whole one
  /// behind it decodes to the end now and then), so the search begins inside the broken one.
  private mutating func findMember(before limit: Int64) -> Bool {
    let faultOffset = input.offset
    input.rewind(to: max(searchFloor, input.oldestOffset))
    while true {
      switch nextMember(input.unread, input.isAtEnd) {
      case .found(let count):
        guard input.offset + Int64(count) < limit else { return false }
        input.consume(count)
        decompressor.restart()
        appendGap(from: faultOffset)
        beginMember()
        return true
      case .absent(let keptCount):
        input.consume(input.unread.count - (input.isAtEnd ? 0 : keptCount))
        guard !input.isAtEnd && input.offset < limit && readMore() else { return false }
      }
    }
  }

  private mutating func appendGap(from faultOffset: Int64) {
    let range = min(faultOffset, input.offset)..<input.offset
    pending.append(.gap(SegmentGap(compressed: range, decompressedOffset: decompressedBytesRead)))
  }
}
