/// Follows the log of one source through its rotations and hands out its bytes, each once and in
/// their order. ``TailerState`` decides; this looks at the files, opens and reads them.
public struct FileTailer: ~Copyable {
  public enum Event: Hashable, Sendable {
    /// The next bytes of the segment; they may end inside a line.
    case chunk([UInt8])
    /// Bytes are missing here.
    case gap
    /// The segment has ended; what follows is of the next one.
    case segmentEnd
    /// An archive came that should have been read before what was read already.
    case late(path: String, TailPosition)
    /// These bytes were added after a newer log had begun, and perhaps more behind them: nobody
    /// judges them.
    case missed([UInt8])
    /// Something that the person should know.
    case note(String)
  }

  private var look: LogLook
  private var state: TailerState
  private var reader: SegmentReader?
  /// Of the file that is open.
  private var held: FileSighting?

  /// Files, folders and globs of one source, and `archives`, where only older files are, whatever
  /// their names; `positions` are those of a checkpoint, `order` is how far
  /// a process came that died since. `firstTime`
  /// finds the first time stamp in the head of a file; what was written before `oldestTime`
  /// (milliseconds) is not read.
  public init(
    paths: [String], archives: [String] = [], positions: [TailPosition] = [],
    order: [TailPosition] = [],
    oldestTime: Int64 = .min,
    firstTime: @escaping @Sendable ([UInt8]) -> Int64?
  ) {
    look = LogLook(paths, archives: archives, firstTime: firstTime)
    state = TailerState(positions, order: order, oldestTime: oldestTime)
    reader = nil
  }

  /// What a checkpoint stores: from here on the bytes come again.
  public var positions: [TailPosition] { state.positions }

  /// In which order contents were read and will be, as far as that is settled; to be stored beside
  /// what follows from it.
  public var order: [TailPosition] { state.order }

  /// Where the segment was found that is being read.
  public var path: String? { held?.path }

  /// How the content begins that is being read, as far as it was seen: up to 4,096 bytes, without
  /// leading `#` lines.
  public var opening: [UInt8]? { state.opening }

  /// Segments that have ended.
  public private(set) var endedCount = 0

  /// Bytes of the open file that were not read yet; as they are on disk.
  public private(set) var lagBytes: Int64 = 0

  /// Segments that wait for the current one to be over.
  public var waitingCount: Int { state.waitingCount }

  /// Looks at the files and reads on, a chunk at most; `now` is in milliseconds, of a clock that
  /// does not jump. Gives true where there may be more to read at once.
  public mutating func advance(at now: Int64, into events: inout [Event]) -> Bool {
    let countBefore = events.count
    var sightings = look.sightings(at: now, matters: state.isOfCurrent)
    events += look.takeNotes().map(Event.note)
    appendHeld(to: &sightings)
    for step in state.look(sightings, at: now) { take(step, at: now, &events) }
    return events.dropFirst(countBefore).contains {
      switch $0 {
      case .note, .late, .missed: false
      case .chunk, .gap, .segmentEnd: true
      }
    }
  }

  /// A file that lost its name is there as long as it is open.
  private mutating func appendHeld(to sightings: inout [FileSighting]) {
    guard var sighting = held, let status = try? reader?.status() else { return }
    if let named = sightings.first(where: { $0.number == sighting.number }) {
      // The freed number of a file is not handed out while it is open.
      held?.path = named.path
      return
    }
    sighting.byteCount = status.byteCount
    sighting.rotation = .gone
    sightings.append(sighting)
  }

  private mutating func take(
    _ step: TailerState.Step, at now: Int64, _ events: inout [Event]
  ) {
    switch step {
    case .read(let sighting): read(sighting, at: now, &events)
    case .finish: close(&events)
    case .lose(let loss):
      readRest(&events)
      events.append(.note("\(held?.path ?? "a segment"): \(Self.description(loss))"))
      events.append(.gap)
      close(&events)
    case .miss(let sighting, let offset): miss(sighting, from: offset, &events)
    case .postpone(let path, let position): events.append(.late(path: path, position))
    }
  }

  private mutating func close(_ events: inout [Event]) {
    reader = nil
    held = nil
    lagBytes = 0
    endedCount += 1
    events.append(.segmentEnd)
  }

  private static func description(_ loss: TailerState.Loss) -> String {
    switch loss {
    case .truncated: "was cut before all of it was read, and no copy has the rest"
    case .deleted: "is gone, and it is not known whether all of it was read"
    case .incomplete: "breaks off, or cannot be read on"
    }
  }

  /// What is looked at of bytes that are missed, to tell from when they are.
  package static let missedBytesMax = 1 << 20

  /// The beginning and the end of them.
  private static func add(_ chunk: [UInt8], to bytes: inout [UInt8]) {
    bytes += chunk
    guard bytes.count > missedBytesMax else { return }
    bytes.removeSubrange(missedBytesMax / 2..<bytes.count - missedBytesMax / 2)
  }

  private func miss(_ sighting: FileSighting, from offset: Int64, _ events: inout [Event]) {
    let path = sighting.path
    events.append(
      .note(
        "\(path): \(sighting.byteCount - offset) bytes were added after a newer log had begun: "
          + "they are not judged"))
    var bytes: [UInt8] = []
    do throws(IngestError) {
      var reader = try SegmentReader(Segment(path: path))
      if FileSighting.Number(try reader.status().identity) == sighting.number,
        try reader.skip(to: offset, tailBytesMax: 0) != nil
      {
        while case .chunk(let chunk, _)? = try reader.next() { Self.add(chunk, to: &bytes) }
      }
    } catch { events.append(.note("\(error)")) }
    events.append(.missed(bytes))
  }

  // MARK: - reading

  private mutating func read(
    _ sighting: FileSighting, at now: Int64, _ events: inout [Event]
  ) {
    do throws(IngestError) {
      if reader == nil || held?.number != sighting.number { try open(sighting) }
      guard var open = reader.take() else { return }
      if try next(&open, sighting, at: now, &events) { reader = consume open }
    } catch {
      reader = nil
      held = nil
      events.append(.note("\(error)"))
    }
  }

  /// Opens the file that was seen, at the place that was reached. If it is another one by now, the
  /// next look finds out.
  private mutating func open(_ sighting: FileSighting) throws(IngestError) {
    reader = nil
    held = nil
    guard let position = state.position, sighting.rotation != .gone else { return }
    var opened = try SegmentReader(
      Segment(path: sighting.path), chunkBytes: SegmentReader.chunkBytesMax, isGrowing: true)
    guard FileSighting.Number(try opened.status().identity) == sighting.number,
      opened.isPlain == sighting.isPlain
    else { return }
    guard
      let tail = try opened.skip(to: position.offset, tailBytesMax: TailPosition.tailBytesMax)
    else {
      if opened.isWhole { state.refuse(sighting) }
      return
    }
    guard Fingerprint.hash(tail) == position.tailHash else {
      return state.refuse(sighting)
    }
    state.recall(tail)
    reader = consume opened
    held = sighting
  }

  /// Reads a chunk; false where the file is no longer what it was.
  private mutating func next(
    _ reader: inout SegmentReader, _ sighting: FileSighting, at now: Int64,
    _ events: inout [Event]
  ) throws(IngestError) -> Bool {
    guard let position = state.position else { return false }
    let tail = state.tail
    while let event = try reader.next() {
      guard case .chunk(let bytes, _) = event else {
        tell(event, &events)
        continue
      }
      // Cut and written anew while it was read, it holds something else before this place.
      if reader.isPlain, try !reader.stillHolds(tail, before: position.offset) { return false }
      guard state.take(bytes, from: sighting.number, at: now) else { return false }
      events.append(.chunk(bytes))
      break
    }
    let byteCount = try reader.status().byteCount
    lagBytes = max(byteCount - reader.compressedBytesRead, 0)
    // What a broken file has to say of itself comes behind its bytes.
    let isRead = reader.pending.isEmpty && (reader.isFinished || reader.isWhole)
    if !reader.isPlain, isRead, lagBytes == 0 {
      state.reachEnd(of: sighting.number, byteCount: byteCount)
    }
    return true
  }

  /// What can still be had of a file that breaks off.
  private mutating func readRest(_ events: inout [Event]) {
    guard var reader = reader.take() else { return }
    reader.stopGrowing()
    do throws(IngestError) {
      while let event = try reader.next() {
        if case .chunk(let bytes, _) = event { events.append(.chunk(bytes)) }
        tell(event, &events)
      }
    } catch { events.append(.note("\(error)")) }
  }

  private func tell(_ event: SegmentEvent, _ events: inout [Event]) {
    switch event {
    case .fault(let fault):
      events.append(.note("\(held?.path ?? ""): \(fault)"))
      if !fault.isHarmless { events.append(.gap) }
    case .gap: events.append(.gap)
    case .memberFailed, .chunk: break
    }
  }
}
