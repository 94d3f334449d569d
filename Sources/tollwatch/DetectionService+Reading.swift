import AccessLog
import AlertStore
import Detection
import Ingest
import Pipeline

// How bytes and facts go into the pipeline: as they come, or as the journal has them.
extension DetectionService {
  /// Records that wait for older ones of another source; beyond it only that source is read.
  private static let waitingCountMax = 2_000_000
  private static let judgeMilliseconds: Int64 = 500
  /// For how long the journal of before a death waits for bytes that are not to be had.
  private static let recoveryMillisecondsMax: Int64 = 90_000

  /// Reads a chunk of the source whose clock is slowest, of those that have one.
  mutating func advance(at now: Int64) -> Bool {
    if steering.isRecovering { return recover(at: now) }
    excludeSilent(at: now)
    for index in slowestFirst() {
      let hasRead = read(index, at: now)
      sources[index].noteSpeech(hasRead, at: now)
      if hasRead { return true }
      // A silent one is left behind once it has been silent for long enough.
      if pipeline.waitingCount > Self.waitingCountMax, !pipeline.isExcluded(index) { return false }
    }
    return false
  }

  private func slowestFirst() -> [Int] {
    var clocks: [(Int64, Int)] = []
    for index in sources.indices {
      clocks.append((pipeline.clock(of: index)?.milliseconds ?? .min, index))
    }
    return clocks.sorted(by: <).map(\.1)
  }

  /// Reads a chunk, and lets in what is before `limit`; the rest is held.
  private mutating func read(_ index: Int, at now: Int64, before limit: LogPlace? = nil) -> Bool {
    var events = Array(sources[index].held)
    sources[index].held = []
    var hasRead = !events.isEmpty
    if events.isEmpty {
      hasRead = sources[index].tailer.advance(at: now, into: &events)
      noteOpening(of: index)
    }
    for (number, event) in events.enumerated() {
      guard let rest = take(event, of: index, before: limit) else { continue }
      sources[index].held = [rest] + events[(number + 1)...]
      break
    }
    if hasRead {
      readAt = now
      downtime = 0
    }
    return hasRead
  }

  /// Gives what must not go in yet.
  private mutating func take(
    _ event: FileTailer.Event, of index: Int, before limit: LogPlace?
  ) -> FileTailer.Event? {
    if case .note(let text) = event {
      sources[index].problem = text
      StandardError.writeLine("\(sources[index].plan.name): \(text)")
      return nil
    }
    if case .late(_, let position) = event {
      newLateLogs.append(LateLog(source: sources[index].plan.name, position))
      return nil
    }
    if case .missed(let lines) = event {
      noteMissed(lines, of: index)
      return nil
    }
    let place = place(of: index)
    if let limit, place >= limit { return event }
    hasNews = true
    var alerts: [Alert] = []
    defer { committer.take(alerts) }
    switch event {
    case .chunk(let bytes):
      let room = limit.map { $0.segment == place.segment ? $0.offset - place.offset : .max } ?? .max
      let count = Int(min(Int64(bytes.count), room))
      if pipeline.isExcluded(index), !steering.isRecovering {
        steer(.rejoined, index, at: watch.latestTime() ?? 0)
      }
      sources[index].notePath(ofSegment: place.segment)
      pipeline.push(
        count == bytes.count ? bytes : Array(bytes[..<count]), from: index, into: &alerts)
      return count == bytes.count ? nil : .chunk(Array(bytes[count...]))
    case .gap: noteGap(of: index, at: place)
    case .segmentEnd: pipeline.endSegment(of: index, into: &alerts)
    case .note, .late, .missed: break
    }
    return nil
  }

  /// One at a place where the journal has one is the same, met again after a death.
  private mutating func noteGap(of index: Int, at place: LogPlace) {
    let name = sources[index].plan.name
    guard gapPlaces[name] != place else { return }
    let time = pipeline.clock(of: index) ?? EventTime(milliseconds: 0)
    guard steering.isRecovering else { return steer(.gap, index, at: time.milliseconds) }
    // Bytes that were read before the death are gone by now: the journal knows nothing of it.
    apply(JournalEntry(.gap, time: time, source: name))
  }

  /// Lines that came after their log was over: a gap as long as they are. A process that died may
  /// have told of it.
  private mutating func noteMissed(_ lines: [UInt8], of index: Int) {
    let source = sources[index].plan
    guard let now = pipeline.clock(of: index) else { return }
    // What cannot be told the time of may be of now: then the gap is open until a line comes.
    var gap = JournalEntry(.gap, time: now, source: source.name)
    if let span = plan.span(of: lines, source) {
      gap.time = min(span.lowerBound, now)
      gap.until = min(EventTime(milliseconds: span.upperBound.milliseconds + 1), now)
    }
    let isKnown = pipeline.statistics.gaps.contains {
      $0.source == gap.source && $0.start == gap.time && $0.end == gap.until
    }
    guard !isKnown else { return }
    guard missed.count >= Self.missedCountMax,
      let last = missed.lastIndex(where: { $0.source == gap.source })
    else { return missed.append(gap) }
    missed[last].time = min(missed[last].time, gap.time)
    missed[last].until = max(missed[last].until ?? gap.time, gap.until ?? gap.time)
  }

  /// Gaps that wait for the journal; beyond, the last one of the source grows instead.
  static let missedCountMax = 10_000

  /// Once the journal may go on, it has what was missed.
  mutating func noteMissed() {
    guard !isCatchingUp else { return }
    for gap in missed {
      steering.add(gap, at: places)
      apply(gap)
      hasNews = true
    }
    missed = []
  }

  private mutating func noteOpening(of index: Int) {
    let source = sources[index]
    guard let opening = source.tailer.opening, let path = source.tailer.path else { return }
    usage.note(opening, of: UsagePart(source: index, segment: source.segment), path: path)
  }

  /// The engine waits until judging is worth its while; whoever waits for an alert does not want
  /// to. What is found does not depend on when it is looked for.
  mutating func judgeWhenDue(at now: Int64) {
    guard readAt >= judgedAt, now - judgedAt >= Self.judgeMilliseconds else { return }
    judgedAt = now
    var alerts: [Alert] = []
    pipeline.settle(into: &alerts)
    committer.take(alerts)
  }

  func place(of index: Int) -> LogPlace {
    LogPlace(segment: pipeline.segmentIndex(of: index), offset: pipeline.offset(of: index))
  }

  /// By the name of the source.
  var places: [String: LogPlace] {
    var places: [String: LogPlace] = [:]
    for index in sources.indices { places[sources[index].plan.name] = place(of: index) }
    return places
  }

  // MARK: - steering

  /// Applies what holds from here on, and notes where that is.
  private mutating func steer(_ kind: JournalEntry.Kind, _ index: Int?, at time: Int64) {
    steer(
      JournalEntry(
        kind, time: EventTime(milliseconds: time), source: index.map { sources[$0].plan.name }))
  }

  private mutating func steer(_ entry: JournalEntry) {
    steering.add(entry, at: places)
    apply(entry)
    if entry.kind != .tick { hasNews = true }
  }

  /// Marks hold from here on; whoever set them hears of it once the journal has them.
  mutating func takeMarks() throws {
    guard !isCatchingUp else { return }
    let asked = wakeup?.takeMarks() ?? []
    guard !asked.isEmpty || !keptMarks.isEmpty else { return }
    for mark in keptMarks + asked {
      steer(JournalEntry(.mark, time: mark.time, detail: mark.name))
      StandardError.writeLine("the mark '\(mark.name)' holds from \(mark.time.rfc3339) on")
    }
    var batch = StoreBatch()
    if !keptMarks.isEmpty { batch.service[Self.marksKey] = KeptMarks().json }
    try commit(batch)
    keptMarks = []
    wakeup?.confirmMarks()
  }

  private mutating func apply(_ entry: JournalEntry) {
    var alerts: [Alert] = []
    pipeline.apply(entry, into: &alerts)
    committer.take(alerts)
    guard entry.kind == .gap, entry.until == nil, let name = entry.source else { return }
    gapPlaces[name] = places[name]
  }

  /// The sources as they are.
  private var watch: SilenceWatch {
    var watch = SilenceWatch(sources: [])
    for index in sources.indices {
      let source = sources[index]
      watch.sources.append(
        SilenceWatch.Source(
          clock: pipeline.clock(of: index)?.milliseconds, isExcluded: pipeline.isExcluded(index),
          spokeAt: source.spokeAt, idleLookCount: source.idleLookCount,
          silenceMilliseconds: source.plan.silenceMilliseconds,
          hasWaitingSegments: source.tailer.waitingCount > 0))
    }
    return watch
  }

  /// Event time goes on without a source that has been silent, where others went far ahead.
  private mutating func excludeSilent(at now: Int64) {
    while let (index, time) = watch.silent(at: now) {
      steer(.excluded, index, at: time)
      StandardError.writeLine("\(sources[index].plan.name): silent; time goes on without it")
    }
  }

  /// Nobody speaks and all was read: event time goes on as the clock on the wall does, so that
  /// what is known is told within the lateness.
  mutating func tick(at now: Int64) {
    guard !steering.isRecovering else { return }
    let watch = watch
    noteDowntime(watch)
    guard
      let time = watch.quietTime(
        at: now, tickedAt: tickedAt, hasWaitingRecords: pipeline.waitingCount > 0,
        downtime: downtime)
    else { return }
    if watch.isSilent(at: now) { downtime = 0 }
    tickedAt = now
    steer(.tick, nil, at: time)
  }

  /// All was read that the process before had read. What came since tells the time by itself.
  private mutating func noteDowntime(_ watch: SilenceWatch) {
    guard let last = lastEventClock.take(), let latest = watch.latestTime() else { return }
    downtime = last.missed(until: max(readAt, tickedAt), since: latest)
  }

  /// For the process after this one.
  var eventClock: EventClock? {
    if let lastEventClock { return lastEventClock }
    return watch.latestTime().map {
      EventClock(time: $0, moment: max(readAt, tickedAt) - downtime)
    }
  }

  /// Traffic that ended everywhere is told as the service's own trouble, once, and that it is back.
  mutating func noteTraffic(at now: Int64) {
    let silence = watch.allSilentSince(at: now)
    guard (silence == nil) != (silentSince == nil) else { return }
    silentSince = silence
    guard let silence else { return StandardError.writeLine("there is traffic again") }
    StandardError.writeLine(
      "no traffic on any source since \(ServiceClock.utc(of: silence).rfc3339): the gateways, "
        + "their logs or the way to them want a look")
  }

  // MARK: - after a death

  /// Bytes were read and are held back, or will be: what is known is not all that was read.
  var isCatchingUp: Bool { steering.isRecovering || sources.contains { !$0.held.isEmpty } }

  /// Reads up to where the next entry was applied before, and applies it there again; behind the
  /// last one up to where alerts were told.
  private mutating func recover(at now: Int64) -> Bool {
    let places = steering.pending.first.map(\.places) ?? steering.reach
    for index in sources.indices {
      guard let limit = places?[sources[index].plan.name], place(of: index) < limit else {
        continue
      }
      if read(index, at: now, before: limit) { return true }
      if now - readAt < Self.recoveryMillisecondsMax { return false }
      StandardError.writeLine(
        "\(sources[index].plan.name): what was read before the last stop is not to be had")
    }
    guard let entry = steering.pending.first else {
      endRecovery(at: now)
      return true
    }
    apply(entry.entry)
    steering.passPending()
    if entry.entry.kind == .backfill, let log = LateLog(entry.entry) {
      repeatedLogs.insert(log)
      lateLogs.append(log)
    }
    if !steering.isRecovering { endRecovery(at: now) }
    return true
  }

  /// While others were read again nobody was listened to.
  private mutating func endRecovery(at now: Int64) {
    steering.passReach()
    for source in sources { source.noteSpeech(true, at: now) }
  }
}
