import Baselines

/// All series of one definition (entity, measure, filter, window counted in): their counts in
/// the window under way, and what they usually count.
///
/// It is fed in the canonical order of records, so only one window is open at a time. A series
/// is touched by its own records and deadlines alone: what its last windows held is settled when
/// it next speaks. Only a series whose count reached a limit (see ``VolumeLimits``) is looked at
/// when its window ends. Rules that ask for the same series share it, and what it learnt.
struct VolumeMonitor: Sendable {
  /// Series kept; entities beyond are counted and stay without a baseline of their own.
  static let seriesCountMax = 1_000_000
  static let daySeconds: Int64 = 86_400

  let per: Per
  let filter: RequestFilter
  let shape: Baseline.Shape
  var judges: [VolumeJudge] = []
  /// Rules about thinner series that are judged here while those are too thin.
  var thinJudges: [VolumeJudge] = []
  /// The monitors at which series too thin to judge are judged.
  var supplierMonitor: Int?
  var globalMonitor: Int?

  private let seriesCountMax: Int
  private let judgesEveryWindow: Bool
  var refusedCount = 0
  var openWindow: Int64?
  var watchesDown = false
  /// Its place in the engine, which names its deadlines.
  var number = 0
  var slotOfEntity = SlotTable()
  var entities: [Entity] = []
  var tallies: [VolumeTally] = []
  var limits = VolumeLimits([], judgesEveryWindow: false)
  var recent = RecentWindows(size: 1, lengths: [])
  /// The first window of which counts are kept, where a rule looks further back than those of a
  /// snapshot reached.
  var recentFrom: Int64?
  var series: [VolumeSeries] = []
  /// Series that must be judged when the window ends.
  var noticed: [UInt32] = []
  /// Series that passed their early limit in the second under way.
  var hot: [UInt32] = []
  /// Series with an episode that may be open.
  var troubled: [UInt32] = []
  /// Masked lines of series that are on their way to an alarm; looked up, never iterated.
  var evidence: [UInt32: [EvidenceLine]] = [:]
  var hasGrownSeries = false

  init(
    per: Per, filter: RequestFilter, windowSeconds: Int64,
    seriesCountMax: Int = Self.seriesCountMax, judgesEveryWindow: Bool = false
  ) {
    self.seriesCountMax = seriesCountMax
    self.judgesEveryWindow = judgesEveryWindow
    self.per = per
    self.filter = filter
    shape = Baseline.Shape(windowSeconds: windowSeconds)
  }

  mutating func add(_ judge: VolumeJudge) {
    judges.append(judge)
    watchesDown = watchesDown || judge.watchesDown
    prepare()
  }

  mutating func addForThinSeries(_ judge: VolumeJudge) {
    thinJudges.append(judge)
    prepare()
  }

  /// Windows kept of a series whose rules look at fewer, so that a picture shows what came
  /// before: 64 bytes a series.
  private static let pictureWindowsMin = 16

  private mutating func prepare() {
    let all = judges + thinJudges
    limits = VolumeLimits(all, judgesEveryWindow: judgesEveryWindow)
    let longest = all.map(\.longest).max() ?? 1
    recent = RecentWindows(
      size: max(longest, Self.pictureWindowsMin), lengths: limits.lengths)
  }

  var seriesCount: Int { entities.count }
  /// Index in the registry's zones.
  func zone(ofSeries slot: Int) -> Int { Int(tallies[slot].zone) }
  var hasHotSeries: Bool { !hot.isEmpty }

  /// Counts a record at `second`, which stands for `weight` requests; true if it is worth keeping as evidence.
  @inline(__always)
  mutating func count(
    _ entity: Entity, _ weight: Int32, at second: Int64, _ context: inout EngineContext
  ) -> Bool {
    let window = openWindow ?? open(second)
    guard let place = slotOfEntity[entity.index] ?? addSeries(entity, window, context) else {
      return false
    }
    if tallies[place].hour.window != window { turn(place, to: window, &context) }
    tallies[place].hour.count.addClamped(weight)
    guard tallies[place].hour.count >= tallies[place].noticeAt else { return false }
    return notice(place)
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    guard let slot = slotOfEntity[entity.index] else { return }
    evidence[UInt32(slot), default: []].append(line)
  }

  private mutating func open(_ second: Int64) -> Int64 {
    let window = second / shape.windowSeconds
    openWindow = window
    return window
  }

  private mutating func addSeries(
    _ entity: Entity, _ window: Int64, _ context: borrowing EngineContext
  ) -> Int? {
    guard entities.count < seriesCountMax else {
      refusedCount += 1
      return nil
    }
    let slot = entities.count
    let zone = context.zoneIndex(of: entity)
    let hour = HourTally(from: window, shape: shape, zone: context.zones[zone])
    entities.append(entity)
    tallies.append(VolumeTally(hour: hour, zone: UInt16(truncatingIfNeeded: zone)))
    limits.addSeries()
    recent.addSeries()
    slotOfEntity[entity.index] = slot
    return slot
  }

  /// A request beyond the limit: the window will be judged, and its lines are kept.
  private mutating func notice(_ slot: Int) -> Bool {
    let count = tallies[slot].hour.count
    if !tallies[slot].has(VolumeTally.isNoticed), count >= limits.judgeAt(slot, recent) {
      tallies[slot].flags |= VolumeTally.isNoticed
      noticed.append(UInt32(slot))
      limits.setEarlyCheck(slot, limits.judgeAt(slot, recent, earlyOnly: true))
    }
    if tallies[slot].has(VolumeTally.isNoticed), !tallies[slot].has(VolumeTally.isHot),
      count >= limits.earlyCheck(slot)
    {
      tallies[slot].flags |= VolumeTally.isHot
      hot.append(UInt32(slot))
    }
    return count >= limits.evidence(slot)
      && (evidence[UInt32(slot)]?.count ?? 0) < EpisodeTable.evidenceCountMax
  }
}

// MARK: - time

extension VolumeMonitor {
  /// Settles what the series counted before `window`, which is the one under way from now on.
  mutating func turn(
    _ slot: Int, to window: Int64, _ context: inout EngineContext, isIncident: Bool = false
  ) {
    let last = tallies[slot].hour.window
    recent.advance(slot, from: last, tallies[slot].hour.count, to: window)
    let isWhole = context.gaps.isEmpty || !hasGap(from: last, to: window, context)
    if !isWhole {
      turnOverGaps(slot, to: window, &context, isIncident: isIncident)
    } else if isIncident || !tallies[slot].hour.advance(to: window) {
      turnHour(slot, to: window, &context, isIncident: isIncident)
    }
    if tallies[slot].has(VolumeTally.isWatched) {
      tallies[slot].noticeAt = limits.noticeAt(slot, recent)
    }
  }

  func hasGap(
    from first: Int64, to end: Int64, _ context: borrowing EngineContext
  ) -> Bool {
    let length = shape.windowSeconds * 1000
    return context.gaps.hasGap(from: first * length, to: end * length)
  }

  /// The hour of the series may be over, or its count must be clipped.
  private mutating func turnHour(
    _ slot: Int, to window: Int64, _ context: inout EngineContext, isIncident: Bool
  ) {
    let zone = context.zones[Int(tallies[slot].zone)]
    let habit = habit(of: slot)
    let end = tallies[slot].hour.end
    series[habit].baseline.settle(
      &tallies[slot].hour, isIncident: isIncident, shape: shape, zone: zone)
    series[habit].baseline.advance(&tallies[slot].hour, to: window, shape: shape, zone: zone)
    if window >= end { beginHour(slot, habit, window, &context) }
  }

  /// Goes on to `window`, leaving out the windows of which records are missing.
  private mutating func turnOverGaps(
    _ slot: Int, to window: Int64, _ context: inout EngineContext, isIncident: Bool
  ) {
    let zone = context.zones[Int(tallies[slot].zone)]
    let habit = habit(of: slot)
    let end = tallies[slot].hour.end
    let length = shape.windowSeconds * 1000
    if hasGap(from: tallies[slot].hour.window, to: tallies[slot].hour.window + 1, context) {
      series[habit].baseline.dismiss(&tallies[slot].hour, shape: shape, zone: zone)
    } else {
      series[habit].baseline.settle(
        &tallies[slot].hour, isIncident: isIncident, shape: shape, zone: zone)
    }
    while tallies[slot].hour.window < window,
      let gap = context.gaps.firstGap(
        from: tallies[slot].hour.window * length, to: window * length)
    {
      let first = max(tallies[slot].hour.window, min(window, gap.start / length))
      series[habit].baseline.advance(&tallies[slot].hour, to: first, shape: shape, zone: zone)
      let behind = gap.end == .max ? window : min(window, (gap.end - 1) / length + 1)
      series[habit].baseline.skip(
        &tallies[slot].hour, to: max(first + 1, behind), shape: shape, zone: zone)
    }
    series[habit].baseline.advance(&tallies[slot].hour, to: window, shape: shape, zone: zone)
    if window >= end { beginHour(slot, habit, window, &context) }
  }

  /// Where the habit of the series is kept; it begins with the series' second hour.
  private mutating func habit(of slot: Int) -> Int {
    if tallies[slot].habit == VolumeTally.noHabit {
      tallies[slot].habit = UInt32(series.count)
      series.append(VolumeSeries(entity: entities[slot]))
    }
    return Int(tallies[slot].habit)
  }

  /// An hour of the series began: what is worth a look in it.
  mutating func beginHour(
    _ slot: Int, _ habit: Int, _ window: Int64, _ context: inout EngineContext
  ) {
    // Through a span, because an array would copy the series first.
    let isGrown = series.span[habit].baseline.isGrown(shape)
    hasGrownSeries = hasGrownSeries || isGrown
    let isWatched = isGrown && series.span[habit].baseline.current.knowledge > .none
    if isWatched {
      tallies[slot].flags |= VolumeTally.isWatched
      setLimits(slot, habit)
    } else if tallies[slot].has(VolumeTally.isWatched) {
      tallies[slot].flags &= ~VolumeTally.isWatched
      tallies[slot].noticeAt = .max
      limits.forbid(slot)
    }
    scheduleFall(slot, after: window - 1, &context)
  }
}

extension VolumeMonitor {
  private mutating func setLimits(_ slot: Int, _ habit: Int) {
    limits.forbid(slot)
    let windowCount = series.span[habit].baseline.windowCount
    for index in limits.lengths.indices {
      let length = limits.lengths[index]
      let mean = series.span[habit].baseline.leastMean(ofLast: Int64(length), shape)
      limits.allow(slot, index, mean: mean * Double(length), windowCount: windowCount)
    }
    limits.setEvidence(slot, mean: series.span[habit].baseline.current.mean)
  }
}

// MARK: - judging

extension VolumeMonitor {
  /// At the end of a second: series that passed their early limit.
  mutating func judgeHot(at now: Int64, _ context: inout EngineContext) {
    guard !hot.isEmpty, let window = openWindow else { return }
    for slot in hot {
      let slot = Int(slot)
      tallies[slot].flags &= ~VolumeTally.isHot
      guard tallies[slot].habit != VolumeTally.noHabit else { continue }
      let count = tallies[slot].hour.count
      judgeRise(slot, moment(slot, window, count, now: now, isComplete: false, context), &context)
      limits.setEarlyCheck(slot, count &+ max(1, count / 8))
    }
    hot.removeAll(keepingCapacity: true)
  }

  /// Closes the open window: judges the series that were noticed in it or are in trouble.
  mutating func closeWindow(at now: Int64, _ context: inout EngineContext) -> [ThinFinding] {
    guard let window = openWindow else { return [] }
    openWindow = nil
    // Lines of a window are evidence of nothing later, whether or not it is judged.
    defer { if !evidence.isEmpty { evidence.removeAll(keepingCapacity: true) } }
    guard !noticed.isEmpty || !troubled.isEmpty else { return [] }
    let isComplete = context.gaps.isEmpty || !hasGap(from: window, to: window + 1, context)
    var findings: [ThinFinding] = []
    for slot in noticed { conclude(Int(slot), window, now, isComplete, &context, &findings) }
    noticed.removeAll(keepingCapacity: true)
    hot.removeAll(keepingCapacity: true)
    let before = troubled
    troubled.removeAll(keepingCapacity: true)
    for slot in before {
      if tallies[Int(slot)].hour.window == window {
        conclude(Int(slot), window, now, isComplete, &context, &findings)
      }
      keepTroubled(slot, context)
    }
    return findings
  }

  private mutating func conclude(
    _ slot: Int, _ window: Int64, _ now: Int64, _ isComplete: Bool,
    _ context: inout EngineContext, _ findings: inout [ThinFinding]
  ) {
    tallies[slot].flags &= ~(VolumeTally.isNoticed | VolumeTally.isHot)
    guard tallies[slot].habit != VolumeTally.noHabit else { return }
    let count = tallies[slot].hour.count
    let moment = moment(slot, window, count, now: now, isComplete: isComplete, context)
    let isIncident = judgeRise(slot, moment, &context)
    judgeForThin(slot, moment, &findings)
    turn(slot, to: window + 1, &context, isIncident: isIncident)
  }

  /// Judges a rise; true while some rule's episode about the series is open.
  @discardableResult
  private mutating func judgeRise(
    _ slot: Int, _ moment: JudgedWindow, _ context: inout EngineContext
  ) -> Bool {
    var isIncident = false
    for judge in judges where judge.watchesUp {
      judgeOne(judge, slot, moment, isUp: true, &context)
      if isOpen(judge, slot, context) { isIncident = true }
    }
    for judge in judges where !judge.watchesUp && isOpen(judge, slot, context) {
      isIncident = true
    }
    return isIncident
  }

  mutating func judgeOne(
    _ judge: VolumeJudge, _ slot: Int, _ moment: JudgedWindow, isUp: Bool,
    _ context: inout EngineContext
  ) {
    guard context.judges(judge.rule, entities[slot], at: moment.now) else { return }
    let habit = Int(tallies[slot].habit)
    let isOpen = isOpen(judge, slot, context)
    guard
      let finding = judge.finding(in: series[habit], at: moment, isUp: isUp, isOpen: isOpen)
    else { return }
    let verdict = judge.verdict(finding, series[habit], at: moment, context)
    context.report(verdict, evidence: evidence[UInt32(slot)] ?? [])
    series[habit].lastTroubleWindow = moment.window
    guard !series[habit].mayHaveEpisode else { return }
    series[habit].mayHaveEpisode = true
    troubled.append(UInt32(slot))
  }

  private func isOpen(
    _ judge: VolumeJudge, _ slot: Int, _ context: borrowing EngineContext
  ) -> Bool {
    series[Int(tallies[slot].habit)].mayHaveEpisode
      && context.episodes.isOpen(EpisodeKey(rule: judge.rule, entity: entities[slot]))
  }

  /// A series stays in trouble while one of its episodes is open.
  private mutating func keepTroubled(_ slot: UInt32, _ context: borrowing EngineContext) {
    var isOpen = false
    for judge in judges where self.isOpen(judge, Int(slot), context) { isOpen = true }
    if isOpen {
      troubled.append(slot)
    } else {
      series[Int(tallies[Int(slot)].habit)].mayHaveEpisode = false
    }
  }

  /// Since when counts of windows are kept, milliseconds.
  private var recentSince: Int64 {
    recentFrom.map { $0 * shape.windowSeconds * 1000 } ?? .min
  }

  func moment(
    _ slot: Int, _ window: Int64, _ count: Int32, now: Int64, isComplete: Bool,
    _ context: borrowing EngineContext
  ) -> JudgedWindow {
    let zone = context.zones[Int(tallies[slot].zone)]
    let habit = Int(tallies[slot].habit)
    // What is settled already stands among the earlier windows, and is not one of them.
    let under = tallies[slot].hour.window
    let earlier = recent.counts(slot, before: under).dropFirst(Int(under - window))
    return JudgedWindow(
      window: window, count: Int64(count), earlier: Array(earlier), now: now,
      shape: shape, zone: zone,
      expected: series[habit].baseline.expectation(of: window, shape: shape, zone: zone),
      windowCount: series[habit].baseline.windowCount + tallies[slot].hour.windowCount,
      isComplete: isComplete, completeSince: max(context.gaps.lastGapEnd(before: now), recentSince))
  }
}
