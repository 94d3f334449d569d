/// Which contents the files of one source hold, how far each was read, and what to read next.
///
/// It is pure: looks at the file system come in as ``FileSighting``s, what was read comes in as
/// counts, decisions go out as ``Step``s. A content is known by its first bytes, never by the path
/// or the number of a file, so a log that is renamed, copied, cut or compressed stays what it is,
/// and is read on at the same decompressed offset.
///
/// Contents are read one after the other, the oldest first. One is over when it was read to its
/// end, a newer one is there, and nothing was added for a while: writers that were told late of a
/// rotation still write into the renamed file.
package struct TailerState: Sendable {
  /// For how long a content must be quiet before the next one begins, milliseconds.
  package static let graceMilliseconds: Int64 = 5_000
  /// For how long a file that is incomplete and does not grow, or is not to be had, holds back
  /// what is newer.
  package static let patienceMilliseconds: Int64 = 60_000
  /// For how long new contents wait at most for files that are still being written.
  package static let holdMillisecondsMax: Int64 = 600_000
  /// How many looks must agree that nothing was added: a process that was stopped for a minute
  /// has seen nothing in it.
  package static let quietLookCountMin = 5
  /// Contents that are remembered after they were read, so that an archive is not read again.
  package static let finishedCountMax = 10_000

  package enum Step: Hashable, Sendable {
    /// Read on in the current content, of which this file is a copy.
    case read(FileSighting)
    /// All of the current content was read that there will ever be.
    case finish
    /// A part of the current content that was not read is gone: the source has a gap there.
    case lose(Loss)
    /// Lines were added to a content that was over, from this offset on: they are missed.
    case miss(FileSighting, from: Int64)
    /// The archive at this path came too late for its place in the order: what is newer was read.
    case postpone(path: String, TailPosition)
  }

  package enum Loss: String, Hashable, Sendable {
    /// The file was cut to less than was read of it, and nothing has a copy.
    case truncated
    /// No file holds it any more, and its end was not reached.
    case deleted
    /// It breaks off, or cannot be read on.
    case incomplete
  }

  struct Content: Sendable {
    var serial: Int
    var position: TailPosition
    /// The last bytes that were taken, ``TailPosition/tailBytesMax`` at most.
    var tail: [UInt8] = []
    /// As far as it was seen by this process.
    var opening: [UInt8]
    var order: Order
    /// The number of the file that it was written to.
    var home: FileSighting.Number?
    /// The number of the file that it was last read from.
    var reading: FileSighting.Number?
    /// Copies that did not hold what was read before the position, and their sizes then.
    var unfit: [FileSighting.Number: Int64] = [:]
    /// The size of the compressed copy whose end was reached.
    var end: (number: FileSighting.Number, byteCount: Int64)?
    /// What the largest plain copy held.
    var byteCountSeen: Int64 = 0
    /// Of a content that is over: how much it had when it was told that lines were added.
    var byteCountTold: Int64 = 0
    /// When something was last added to it, or it came into sight, milliseconds.
    var lastGrowth: Int64?
    var quietLookCount = 0
    /// A process before this one came to it in this place of the order.
    var isPlanned = false
  }

  /// The order of writing. The file that is being written comes last, whatever its first stamp.
  struct Order: Comparable, Sendable {
    var isWritten: Bool
    var firstTime: Int64
    var rotation: Rotation
    var path: String

    static func < (a: Order, b: Order) -> Bool {
      if a.isWritten != b.isWritten { return b.isWritten }
      if a.firstTime != b.firstTime { return a.firstTime < b.firstTime }
      if a.rotation != b.rotation { return a.rotation > b.rotation }
      return a.path < b.path
    }
  }

  /// In the order in which they are read; before ``current`` are those that are finished.
  var contents: [Content] = []
  var current = 0
  private var nextSerial = 0
  var index: [Fingerprint: Int] = [:]
  /// Of the fingerprints in ``index``, ascending.
  var lengths: [Int] = []
  /// By serial number.
  var places: [Int: Int] = [:]
  /// Of the look before, so that only what changed is hashed.
  var lastPlaces: [FileSighting.Number: (opening: [UInt8], serial: Int)] = [:]
  var lastSizes: [FileSighting.Number: Int64] = [:]
  /// Since when a file is incomplete that nothing is known of, milliseconds.
  var unsettledSince: [FileSighting.Number: Int64] = [:]
  /// Since when new contents wait for such files.
  var heldSince: Int64?

  /// What was written before this time (milliseconds) is not read.
  private let oldestTime: Int64

  package init(oldestTime: Int64 = .min) { self.oldestTime = oldestTime }

  /// Goes on where a checkpoint stands. `order` is how far the process came that died since: what
  /// it read behind the checkpoint is read again in the order in which it did, whatever archives have
  /// come by now.
  package init(
    _ positions: [TailPosition], order: [TailPosition] = [], oldestTime: Int64 = .min
  ) {
    self.oldestTime = oldestTime
    let passedOver = order.filter { $0.isPassedOver && !positions.contains($0) }
    let finished = positions.prefix(while: \.isFinished)
    for position in finished + passedOver + positions.dropFirst(finished.count) {
      append(position)
    }
    for position in Self.unread(of: order, after: positions) {
      append(TailPosition(fingerprint: position.fingerprint, firstTime: position.firstTime))
      contents[contents.count - 1].isPlanned = true
    }
    current = contents.firstIndex { !$0.position.isFinished } ?? contents.count
    reindex()
  }

  /// What of `order` comes behind `positions`. Both tell the same contents in the same order, but one
  /// may have forgotten more of the oldest.
  private static func unread(
    of order: [TailPosition], after positions: [TailPosition]
  ) -> ArraySlice<TailPosition> {
    let read = positions.filter { !$0.isPassedOver }
    let order = order.filter { !$0.isPassedOver }
    let forgotten = read.firstIndex { $0.fingerprint == order.first?.fingerprint } ?? 0
    return order.dropFirst(read.count - forgotten)
  }

  private mutating func append(_ position: TailPosition) {
    var content = content(
      position, opening: [],
      Order(isWritten: false, firstTime: position.firstTime ?? .max, rotation: .live, path: ""))
    // Nobody knows what was added since.
    content.byteCountSeen = .max
    contents.append(content)
  }

  mutating func content(
    _ position: TailPosition, opening: [UInt8], _ order: Order
  ) -> Content {
    defer { nextSerial += 1 }
    return Content(serial: nextSerial, position: position, opening: opening, order: order)
  }

  /// What a checkpoint stores: what is finished, and the current content once it has begun.
  package var positions: [TailPosition] {
    contents.prefix { $0.position.isFinished || $0.position.offset > 0 }.map(\.position)
  }

  /// In which order contents were read and will be, as far as that is settled.
  package var order: [TailPosition] {
    contents.prefix { $0.position.isFinished || $0.position.offset > 0 || $0.isPlanned }
      .map(\.position)
  }

  /// Of the content that is being read.
  package var position: TailPosition? {
    current < contents.count ? contents[current].position : nil
  }

  var opening: [UInt8]? { current < contents.count ? contents[current].opening : nil }

  /// The last bytes that were taken of it, as far as this process knows them.
  var tail: [UInt8] { current < contents.count ? contents[current].tail : [] }

  /// Whether the file was a copy of the content that is being read, in the look before.
  func isOfCurrent(_ number: FileSighting.Number) -> Bool {
    current < contents.count && lastPlaces[number]?.serial == contents[current].serial
  }

  /// Contents that wait for the current one to be over.
  package var waitingCount: Int { max(contents.count - current - 1, 0) }

  /// Contents that were finished, of this and earlier processes.
  package var finishedCount: Int { current }
}

// MARK: - looking

extension TailerState {
  /// What follows from a look at all files of the source, at `now` (milliseconds, of a clock that
  /// does not jump).
  package mutating func look(_ sightings: [FileSighting], at now: Int64) -> [Step] {
    var steps: [Step] = []
    let newest = sightings.map(\.rotation).min() ?? .live
    let held = place(sightings, newest, at: now, &steps)
    while current < contents.count {
      let copies = held.indices.filter { held[$0] == contents[current].serial }
        .map { sightings[$0] }
      noteGrowth(copies, at: now)
      guard let step = step(copies, newest, at: now) else { break }
      steps.append(step)
      if case .read = step { break }
      contents[current].position.isFinished = true
      current += 1
      passOverOldest()
    }
    lastSizes = Dictionary(
      sightings.map { ($0.number, $0.byteCount) }, uniquingKeysWith: { first, _ in first })
    forget()
    return steps
  }

  private mutating func noteGrowth(_ copies: [FileSighting], at now: Int64) {
    let hasGrown = copies.contains { lastSizes[$0.number] != $0.byteCount }
    if contents[current].lastGrowth == nil || hasGrown {
      contents[current].lastGrowth = now
      contents[current].quietLookCount = 0
    } else {
      contents[current].quietLookCount += 1
    }
  }

  /// What to do about the current content, of which `copies` are in sight; nil is to wait.
  private mutating func step(
    _ copies: [FileSighting], _ newest: Rotation, at now: Int64
  ) -> Step? {
    guard let copy = best(of: copies) else {
      if contents[current].position.offset >= contents[current].byteCountSeen {
        return isOver(for: Self.graceMilliseconds, at: now) ? .finish : nil
      }
      let loss: Loss = copies.isEmpty ? .deleted : .truncated
      return isOver(for: Self.patienceMilliseconds, at: now) ? .lose(loss) : nil
    }
    if isAtEnd(of: copy) {
      // Where the log is still being written, an older one that came meanwhile changes nothing.
      let isWritten = copy.isPlain && copy.rotation == newest
      guard !isWritten else { return stepBesideRivals(at: now) }
      // Where two newer ones are there, its writer has long been told.
      return waitingCount > 1 || isOver(for: Self.graceMilliseconds, at: now) ? .finish : nil
    }
    if isOver(for: Self.patienceMilliseconds, at: now) { return .lose(.incomplete) }
    return .read(copy)
  }

  /// Of files whose names tell no age each may be the one that is being written: the current one
  /// is over once it was quiet for longer, or once several have come after it.
  private func stepBesideRivals(at now: Int64) -> Step? {
    let rivalCount = contents[(current + 1)...].count { $0.order.isWritten }
    guard rivalCount > 0 else { return nil }
    let wait = rivalCount > 1 ? Self.graceMilliseconds : Self.patienceMilliseconds
    return isOver(for: wait, at: now) ? .finish : nil
  }

  /// The file that is open goes first, then one whose offsets need no inflating.
  private func best(of copies: [FileSighting]) -> FileSighting? {
    let content = contents[current]
    let usable = copies.filter { copy in
      content.unfit[copy.number] != copy.byteCount
        && (copy.isPlain ? copy.byteCount >= content.position.offset : copy.isOpeningCertain)
    }
    return usable.first { $0.number == content.reading }
      ?? usable.first { $0.isPlain } ?? usable.first
  }

  private func isAtEnd(of copy: FileSighting) -> Bool {
    if copy.isPlain { return copy.byteCount <= contents[current].position.offset }
    return contents[current].end.map { $0 == (copy.number, copy.byteCount) } ?? false
  }

  /// A newer content waits, and nothing was added for so long.
  private func isOver(for milliseconds: Int64, at now: Int64) -> Bool {
    current + 1 < contents.count
      && contents[current].quietLookCount >= Self.quietLookCountMin
      && (contents[current].lastGrowth ?? now) <= now - milliseconds
  }

  /// Forgets the oldest of too many finished contents.
  private mutating func forget() {
    let count = current - Self.finishedCountMax
    guard count > 0 else { return }
    contents.removeFirst(count)
    current -= count
    reindex()
  }

  /// Passes over waiting contents after which another begins that is too old as well. Of an archive
  /// that somebody named it does not matter how old it is.
  mutating func passOverOldest() {
    while current + 1 < contents.count, contents[current].position.offset == 0,
      !contents[current].isPlanned, contents[current].order.rotation != .archived,
      let next = contents[current + 1].position.firstTime, next < oldestTime
    {
      contents[current].position.isFinished = true
      contents[current].position.offset = .max
      current += 1
    }
  }

  mutating func reindex() {
    index = Dictionary(
      contents.enumerated().map { ($1.position.fingerprint, $0) },
      uniquingKeysWith: { _, last in last })
    lengths = Set(index.keys.map(\.byteCount)).sorted()
    places = Dictionary(uniqueKeysWithValues: contents.enumerated().map { ($1.serial, $0) })
  }
}

// MARK: - reading

extension TailerState {
  /// `bytes` of the current content were read on from its position, out of the file `number`. False
  /// where they are of another content, because the file was cut between the look and the reading.
  package mutating func take(
    _ bytes: [UInt8], from number: FileSighting.Number, at now: Int64
  ) -> Bool {
    guard begins(with: bytes) else { return false }
    contents[current].reading = number
    contents[current].position.offset += Int64(bytes.count)
    let tail = (contents[current].tail + bytes.suffix(TailPosition.tailBytesMax))
      .suffix(TailPosition.tailBytesMax)
    contents[current].tail = Array(tail)
    contents[current].position.tailHash = Fingerprint.hash(tail)
    contents[current].lastGrowth = now
    contents[current].quietLookCount = 0
    return true
  }

  /// At the beginning there is nothing before the position that could be compared.
  private func begins(with bytes: [UInt8]) -> Bool {
    let position = contents[current].position
    guard position.offset == 0 else { return true }
    let opening = Fingerprint.identifying(bytes).prefix(position.fingerprint.byteCount)
    return Fingerprint(opening: opening) == position.fingerprint
  }

  /// What stands before the position was read again, out of another file.
  package mutating func recall(_ tail: [UInt8]) { contents[current].tail = tail }

  /// The compressed file of this number and size was read to its end, and is whole.
  package mutating func reachEnd(of number: FileSighting.Number, byteCount: Int64) {
    contents[current].end = (number, byteCount)
  }

  /// What the file holds before the position is not what was read, or it does not reach there.
  package mutating func refuse(_ copy: FileSighting) {
    contents[current].unfit[copy.number] = copy.byteCount
  }
}
