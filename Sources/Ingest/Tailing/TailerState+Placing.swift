/// Which content each file holds.
extension TailerState {
  /// For each sighting the serial number of the content that it holds, known or new; nil where
  /// that cannot be told yet.
  mutating func place(
    _ sightings: [FileSighting], _ newest: Rotation, at now: Int64, _ steps: inout [Step]
  ) -> [Int?] {
    let openings = sightings.map { sighting in
      sighting.isPlain && sighting.rotation == newest ? sighting.wholeLines : sighting.opening
    }
    var places = sightings.indices.map { number in
      remembered(sightings[number].number, openings[number])
        ?? self.known(sightings[number], openings[number])
    }
    dropSuccessors(sightings, newest, &places)
    for number in sightings.indices {
      guard let place = places[number] else { continue }
      update(place, sightings[number], openings[number], newest)
    }
    tellStragglers(sightings, places, &steps)
    var serials = places.map { place in place.map { contents[$0].serial } }
    let new = sightings.indices.filter {
      places[$0] == nil && !isBeginning(openings[$0], of: sightings[$0], among: sightings)
    }
    if !mustWait(for: new.map { sightings[$0] }, newest, at: now) {
      for number in new where sightings[number].isOpeningCertain && !openings[number].isEmpty {
        serials[number] = begin(sightings[number], openings[number], newest, &steps)
      }
      if !new.isEmpty {
        sortWaiting()
        passOverOldest()
      }
    }
    remember(sightings, openings, serials)
    return serials
  }

  /// What the file held in the look before, if it begins as it did.
  private func remembered(_ number: FileSighting.Number, _ opening: [UInt8]) -> Int? {
    guard let last = lastPlaces[number], last.opening == opening else { return nil }
    return places[last.serial]
  }

  private mutating func remember(
    _ sightings: [FileSighting], _ openings: [[UInt8]], _ serials: [Int?]
  ) {
    lastPlaces.removeAll(keepingCapacity: true)
    for number in sightings.indices {
      guard let serial = serials[number] else { continue }
      lastPlaces[sightings[number].number] = (openings[number], serial)
    }
  }

  /// The content whose known beginning is the longest that the file begins with.
  private func known(_ sighting: FileSighting, _ opening: [UInt8]) -> Int? {
    guard sighting.isOpeningCertain else { return nil }
    return Fingerprint.longest(of: opening, lengths: lengths) { index[$0] != nil }
      .flatMap { index[$0] }
  }

  /// The log that is written now is no copy of the one before it: where it begins like a content
  /// that was written elsewhere and that another file holds, it is another one.
  private func dropSuccessors(
    _ sightings: [FileSighting], _ newest: Rotation, _ places: inout [Int?]
  ) {
    for number in sightings.indices where sightings[number].rotation == newest {
      guard let place = places[number], let home = contents[place].home,
        home != sightings[number].number,
        sightings.indices.contains(where: {
          places[$0] == place && sightings[$0].rotation != newest
        })
      else { continue }
      places[number] = nil
    }
  }

  /// Notes what a sighting tells of the content that it holds.
  private mutating func update(
    _ place: Int, _ sighting: FileSighting, _ opening: [UInt8], _ newest: Rotation
  ) {
    let isWritten = sighting.isPlain && sighting.rotation == newest
    if opening.count > contents[place].position.fingerprint.byteCount {
      contents[place].position.fingerprint = Fingerprint(opening: opening)
      reindex()
    }
    if opening.count > contents[place].opening.count { contents[place].opening = opening }
    if contents[place].position.firstTime == nil {
      contents[place].position.firstTime = sighting.firstTime
      contents[place].order.firstTime = sighting.firstTime ?? .max
    }
    contents[place].order.isWritten = isWritten
    contents[place].order.rotation = sighting.rotation
    if isWritten { contents[place].home = sighting.number }
    guard sighting.isPlain else { return }
    let (seen, offset) = (contents[place].byteCountSeen, contents[place].position.offset)
    // A copy that is being made tells nothing of what it will hold.
    let isUnknown = seen == .max && sighting.byteCount >= offset
    contents[place].byteCountSeen = isUnknown ? sighting.byteCount : max(seen, sighting.byteCount)
  }

  /// Whoever adds to a content that is over has lost these lines, and is told of it once.
  private mutating func tellStragglers(
    _ sightings: [FileSighting], _ places: [Int?], _ steps: inout [Step]
  ) {
    for number in sightings.indices where sightings[number].isPlain {
      guard let place = places[number], place < current else { continue }
      let known = max(contents[place].position.offset, contents[place].byteCountTold)
      guard sightings[number].byteCount > known else { continue }
      contents[place].byteCountTold = sightings[number].byteCount
      steps.append(.miss(sightings[number], from: known))
    }
  }

  // MARK: - new contents

  /// Whether the file is a copy in the making of what is known, or of what stands beside it.
  private func isBeginning(
    _ opening: [UInt8], of sighting: FileSighting, among sightings: [FileSighting]
  ) -> Bool {
    if contents[current...].contains(where: { content in
      content.opening.count > opening.count && !opening.isEmpty
        && content.opening.starts(with: opening)
    }) {
      return true
    }
    return !sighting.isOpeningCertain
      && sightings.contains { sighting.path.hasPrefix($0.path + ".") && $0.isPlain }
  }

  /// Whether a file that is not complete yet may have to be read before the new ones.
  private mutating func mustWait(
    for new: [FileSighting], _ newest: Rotation, at now: Int64
  ) -> Bool {
    let unsettled = new.filter { !isSettled($0, newest) }
    unsettledSince = Dictionary(
      unsettled.map { sighting in
        let hasGrown = lastSizes[sighting.number] != sighting.byteCount
        return (sighting.number, hasGrown ? now : unsettledSince[sighting.number] ?? now)
      }, uniquingKeysWith: { first, _ in first })
    let isAnyYoung = unsettledSince.values.contains { now - $0 < Self.patienceMilliseconds }
    guard isAnyYoung else {
      heldSince = nil
      return false
    }
    // One after the other must not hold back the rest for ever.
    heldSince = heldSince ?? now
    return now - (heldSince ?? now) < Self.holdMillisecondsMax
  }

  /// A rotated file must have the size of the look before, and a compressed one must tell what
  /// it begins with.
  private func isSettled(_ sighting: FileSighting, _ newest: Rotation) -> Bool {
    guard sighting.isPlain else { return sighting.isOpeningCertain }
    return sighting.rotation == newest || lastSizes[sighting.number] == sighting.byteCount
  }

  /// Adds a content that was not seen before, and gives its serial number. Of two that begin the
  /// same so far, the second one waits until it has grown.
  private mutating func begin(
    _ sighting: FileSighting, _ opening: [UInt8], _ newest: Rotation, _ steps: inout [Step]
  ) -> Int? {
    let fingerprint = Fingerprint(opening: opening)
    guard index[fingerprint] == nil else { return nil }
    var content = content(
      TailPosition(fingerprint: fingerprint, firstTime: sighting.firstTime), opening: opening,
      Order(
        isWritten: sighting.isPlain && sighting.rotation == newest,
        firstTime: sighting.firstTime ?? .max, rotation: sighting.rotation, path: sighting.path))
    if content.order.isWritten { content.home = sighting.number }
    if sighting.isPlain { content.byteCountSeen = sighting.byteCount }
    if isLate(content) {
      steps.append(.postpone(path: sighting.path, content.position))
      content.position.isFinished = true
      content.position.offset = .max
      contents.insert(content, at: current)
      current += 1
    } else {
      contents.append(content)
    }
    reindex()
    return content.serial
  }

  /// Whether something newer was read already.
  private func isLate(_ content: Content) -> Bool {
    guard !content.order.isWritten, let time = content.position.firstTime else { return false }
    let newest = contents[..<firstUnbegun].compactMap(\.position.firstTime).max()
    return newest.map { time < $0 } ?? false
  }

  private var firstUnbegun: Int {
    let hasBegun = current < contents.count && contents[current].position.offset > 0
    let planned = contents.lastIndex(where: \.isPlanned).map { $0 + 1 } ?? 0
    return max(hasBegun ? current + 1 : current, planned)
  }

  private mutating func sortWaiting() {
    contents[firstUnbegun...].sort { $0.order < $1.order }
    reindex()
  }
}
