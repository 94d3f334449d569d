import Baselines

/// All series of one definition (entity, measure, filter, shortest window): their counts in the
/// window under way, and what they usually count.
///
/// It is fed in the canonical order of records, so only one window is open at a time. Closing
/// it visits the series that it touched and no others; silent ones wait on a deadline. Rules
/// that ask for the same series share it, and what it learnt.
struct VolumeMonitor: Sendable {
  /// Series kept; entities beyond are counted and stay without a baseline of their own.
  static let seriesCountMax = 1_000_000
  private static let noSeries = UInt32.max
  private static let never = Int32.max

  let entityType: EntityType
  let filter: RequestFilter
  let shape: Baseline.Shape
  private(set) var judges: [VolumeJudge] = []
  /// Rules about thinner series that are judged here while those are too thin.
  private(set) var thinJudges: [VolumeJudge] = []
  /// The monitors at which series too thin to judge are judged.
  var supplierMonitor: Int?
  var globalMonitor: Int?

  /// Of all judges, in shortest windows.
  private var longestWindows: Int64 = 1
  private var watchesDown = false
  private let seriesCountMax: Int
  private(set) var refusedCount = 0
  private(set) var openWindow: Int64?
  private var slotOfEntity: [UInt32] = []
  private var counts: [Int32] = []
  /// A count from which the window's records are worth a second look: evidence, early alarm.
  private var warmAt: [Int32] = []
  private var checkAt: [Int32] = []
  var series: [VolumeSeries] = []
  private var touched: [UInt32] = []
  /// Series that passed their early limit in the second under way.
  private var hot: [UInt32] = []
  /// Masked lines of series that are on their way to an alarm; looked up, never iterated.
  private var evidence: [UInt32: [EvidenceLine]] = [:]
  private var thinChildren: [ThinChildren.Place: ThinChildren] = [:]

  init(
    entityType: EntityType, filter: RequestFilter, windowSeconds: Int64,
    seriesCountMax: Int = Self.seriesCountMax
  ) {
    self.seriesCountMax = seriesCountMax
    self.entityType = entityType
    self.filter = filter
    shape = Baseline.Shape(windowSeconds: windowSeconds)
  }

  mutating func add(_ judge: VolumeJudge) {
    judges.append(judge)
    longestWindows = max(longestWindows, judge.windowsMax)
    watchesDown = watchesDown || judge.watchesDown
  }

  mutating func addForThinSeries(_ judge: VolumeJudge) {
    thinJudges.append(judge)
    longestWindows = max(longestWindows, judge.windowsMax)
  }

  var seriesCount: Int { series.count }
  var hasGrownSeries: Bool { series.contains { $0.baseline.isGrown(shape) } }
  var hasHotSeries: Bool { !hot.isEmpty }
  /// Counts one record at `second`; true if it is worth keeping as evidence.
  @inline(__always)
  mutating func count(
    _ entity: Entity, at second: Int64, _ context: borrowing EngineContext
  ) -> Bool {
    if openWindow == nil { openWindow = second / shape.windowSeconds }
    guard let slot = slot(of: entity, context) else { return false }
    let count = counts[slot] &+ 1
    counts[slot] = count
    if count == 1 { begin(slot, context) }
    guard count >= warmAt[slot] else { return false }
    return noticeWarm(slot, count)
  }

  /// A count above what is usual, though far from an alarm: a longer window may yet speak, and
  /// should have lines to show. Sparse series pass it seldom enough.
  private static func notable(_ mean: Double) -> Int32 {
    let count = (1.5 * mean + 3 * mean.squareRoot()).rounded(.up)
    return Int32(min(max(4, count), Double(never)))
  }

  private mutating func noticeWarm(_ slot: Int, _ count: Int32) -> Bool {
    if count >= checkAt[slot], !series[slot].isHot {
      series[slot].isHot = true
      hot.append(UInt32(slot))
    }
    return (evidence[UInt32(slot)]?.count ?? 0) < EpisodeTable.evidenceCountMax
  }

  mutating func keepEvidence(_ line: EvidenceLine, for entity: Entity) {
    let slot = slotOfEntity[Int(entity.index)]
    evidence[slot, default: []].append(line)
  }

  private mutating func slot(of entity: Entity, _ context: borrowing EngineContext) -> Int? {
    let index = Int(entity.index)
    if index >= slotOfEntity.count {
      let missing = max(index + 1, slotOfEntity.count * 2) - slotOfEntity.count
      slotOfEntity.append(contentsOf: repeatElement(Self.noSeries, count: missing))
    }
    let slot = slotOfEntity[index]
    return slot != Self.noSeries ? Int(slot) : addSeries(entity, context)
  }

  private mutating func addSeries(
    _ entity: Entity, _ context: borrowing EngineContext
  ) -> Int? {
    guard series.count < seriesCountMax, let window = openWindow else {
      refusedCount += 1
      return nil
    }
    let slot = series.count
    let zone = context.zoneIndex(of: entity)
    series.append(
      VolumeSeries(
        entity: entity, zone: zone,
        baseline: Baseline(bornIn: window, shape: shape, zone: context.zones[zone])))
    slotOfEntity[Int(entity.index)] = UInt32(slot)
    counts.append(0)
    warmAt.append(Self.never)
    checkAt.append(Self.never)
    return slot
  }

  /// The first record of a series in a window: what is expected, and from which count on it is
  /// worth a look before the window ends.
  private mutating func begin(_ slot: Int, _ context: borrowing EngineContext) {
    touched.append(UInt32(slot))
    guard let window = openWindow else { return }
    catchUp(slot, to: window, context)
    let zone = context.zones[series[slot].zone]
    let expected = series[slot].baseline.expectation(of: window, shape: shape, zone: zone)
    var limit = Double(Self.never)
    let isGrown = series[slot].baseline.isGrown(shape) && expected.knowledge > .none
    let learnt = series[slot].baseline.windowCount
    for index in judges.indices where isGrown && judges[index].watchesUp {
      guard learnt >= judges[index].windowCountMin ?? 0 else { continue }
      limit = min(limit, judges[index].leastAlarm(over: expected.mean))
    }
    let check = limit < Double(Self.never) ? Int32(limit.rounded(.up)) : Self.never
    checkAt[slot] = check
    // What is told of thin series below is found at the window's end, but wants its evidence.
    let wantsLines = check < Self.never || (isGrown && !thinJudges.isEmpty)
    warmAt[slot] = wantsLines ? min(check, Self.notable(expected.mean)) : Self.never
  }

  /// Applies the empty windows before `window`, leaving out what lies in gaps.
  mutating func catchUp(_ slot: Int, to window: Int64, _ context: borrowing EngineContext) {
    let zone = context.zones[series[slot].zone]
    while series[slot].baseline.nextWindow < window,
      let gap = context.gaps.firstGap(
        from: series[slot].baseline.nextWindow * shape.windowSeconds * 1000,
        to: window * shape.windowSeconds * 1000)
    {
      let first = gap.start / 1000 / shape.windowSeconds
      series[slot].baseline.learnEmpty(before: min(first, window), shape: shape, zone: zone)
      series[slot].baseline.skip(to: min(window, gap.end / 1000 / shape.windowSeconds + 1))
    }
    series[slot].baseline.prepare(for: window, shape: shape, zone: zone)
  }

  // MARK: - judging

  /// At the end of a second: series that passed their early limit.
  mutating func judgeHot(at now: Int64, _ context: inout EngineContext) {
    guard !hot.isEmpty, let window = openWindow else { return }
    for slot in hot {
      let slot = Int(slot)
      series[slot].isHot = false
      let moment = moment(
        slot, window: window, count: counts[slot], now: now, isComplete: false, context)
      judge(slot, moment, &context)
      checkAt[slot] = counts[slot] &+ max(1, counts[slot] / 8)
    }
    hot.removeAll(keepingCapacity: true)
  }

  /// Closes the open window: judges and teaches every series that it touched.
  mutating func closeWindow(at now: Int64, _ context: inout EngineContext) -> [ThinReport] {
    guard let window = openWindow else { return [] }
    let start = window * shape.windowSeconds * 1000
    let hasGap = context.gaps.hasGap(from: start, to: start + shape.windowSeconds * 1000)
    var reports: [ThinReport] = []
    for slot in touched {
      close(Int(slot), window: window, now: now, hasGap: hasGap, &context, &reports)
    }
    forgetWindow()
    return reports
  }

  private mutating func forgetWindow() {
    touched.removeAll(keepingCapacity: true)
    hot.removeAll(keepingCapacity: true)
    if !evidence.isEmpty { evidence.removeAll(keepingCapacity: true) }
    if !thinChildren.isEmpty { thinChildren.removeAll(keepingCapacity: true) }
    openWindow = nil
  }

  private mutating func close(
    _ slot: Int, window: Int64, now: Int64, hasGap: Bool, _ context: inout EngineContext,
    _ reports: inout [ThinReport]
  ) {
    let count = counts[slot]
    series[slot].isHot = false
    series[slot].remember(count, in: window, keeping: longestWindows)
    let moment = moment(
      slot, window: window, count: count, now: now, isComplete: !hasGap, context)
    let isIncident = judge(slot, moment, &context)
    reportThin(slot, moment, &context, &reports)
    if hasGap {
      series[slot].baseline.skip(to: window + 1)
    } else {
      series[slot].baseline.learn(
        Int(count), in: window, shape: shape, zone: moment.zone, isIncident: isIncident)
    }
    counts[slot] = 0
    scheduleSilence(slot, after: window, &context)
  }

  private func moment(
    _ slot: Int, window: Int64, count: Int32, now: Int64, isComplete: Bool,
    _ context: borrowing EngineContext
  ) -> JudgedWindow {
    let zone = context.zones[series[slot].zone]
    return JudgedWindow(
      window: window, count: Int64(count), now: now, shape: shape, zone: zone,
      expected: series[slot].baseline.expectation(of: window, shape: shape, zone: zone),
      isComplete: isComplete, completeSince: context.gaps.lastGapEnd(before: now))
  }

  /// True while some rule's episode about the series is open.
  @discardableResult
  private mutating func judge(
    _ slot: Int, _ moment: JudgedWindow, _ context: inout EngineContext
  ) -> Bool {
    var isIncident = false
    let recent = Double(series[slot].recentCount)
    for index in judges.indices {
      let key = EpisodeKey(rule: judges[index].rule, entity: series[slot].entity)
      guard
        judges[index].isWorthALook(Double(moment.count), recent: recent, moment.expected)
      else {
        if series[slot].mayHaveEpisode, context.episodes.isOpen(key) { isIncident = true }
        continue
      }
      let judge = judges[index]
      let isOpen = series[slot].mayHaveEpisode && context.episodes.isOpen(key)
      if let finding = judge.finding(in: series[slot], at: moment, isOpen: isOpen) {
        let verdict = judge.verdict(finding, series[slot], at: moment, context)
        context.report(verdict, evidence: evidence[UInt32(slot)] ?? [])
        series[slot].mayHaveEpisode = true
        series[slot].lastTroubleWindow = moment.window
      }
      if series[slot].mayHaveEpisode, context.episodes.isOpen(key) { isIncident = true }
    }
    if !isIncident { series[slot].mayHaveEpisode = false }
    return isIncident
  }

  // MARK: - thin series

  /// Takes a thin series' count on behalf of the series of `entity`, its parent.
  mutating func addThin(_ report: ThinReport, to entity: Entity) {
    let index = Int(entity.index)
    guard index < slotOfEntity.count, slotOfEntity[index] != Self.noSeries else { return }
    let place = ThinChildren.Place(slot: slotOfEntity[index], rule: report.rule)
    thinChildren[place, default: ThinChildren(top: report.entity)].add(report)
  }

  /// Judges the thin series below this one, and hands up what is too thin itself.
  private func reportThin(
    _ slot: Int, _ moment: JudgedWindow, _ context: inout EngineContext,
    _ reports: inout [ThinReport]
  ) {
    guard supplierMonitor != nil || globalMonitor != nil || !thinJudges.isEmpty else { return }
    for index in judges.indices where judges[index].watchesUp {
      guard judges[index].isThin(series[slot].baseline, moment) else { continue }
      reports.append(
        ThinReport(
          rule: judges[index].rule, entity: series[slot].entity, parentOf: series[slot].entity,
          count: moment.count))
    }
    guard !thinChildren.isEmpty else { return }
    for judge in thinJudges {
      let place = ThinChildren.Place(slot: UInt32(slot), rule: judge.rule)
      guard let children = thinChildren[place] else { continue }
      if judge.isThin(series[slot].baseline, moment) {
        reports.append(
          ThinReport(
            rule: judge.rule, entity: children.top, parentOf: series[slot].entity,
            count: children.count))
      } else if let finding = judge.finding(in: series[slot], at: moment), finding.isUp,
        Double(children.count) * 2 >= Double(moment.count) - moment.expected.mean
      {
        context.report(
          judge.verdict(finding, series[slot], at: moment, context, thinnest: children.top),
          evidence: evidence[UInt32(slot)] ?? [])
      }
    }
  }

  // MARK: - silence

  /// A silent series is looked at when enough is missing to say so: one deadline a series.
  private mutating func scheduleSilence(
    _ slot: Int, after window: Int64, _ context: inout EngineContext
  ) {
    guard watchesDown, !series[slot].hasDeadline else { return }
    let zone = context.zones[series[slot].zone]
    let wait = judges.compactMap {
      $0.windowsUntilSilenceTells(series[slot].baseline, after: window, shape, zone)
    }.min()
    guard let wait else { return }
    series[slot].hasDeadline = true
    context.setDeadline(
      .silence(monitor: context.monitorIndex, slot: slot),
      at: (window + wait + 1) * shape.windowSeconds)
  }

  /// A deadline fired: judges the window that just ended if the series was silent in it.
  mutating func silenceDeadline(_ slot: Int, second: Int64, _ context: inout EngineContext) {
    series[slot].hasDeadline = false
    let window = second / shape.windowSeconds - 1
    let lastSpoken = series[slot].baseline.nextWindow - 1
    guard counts[slot] == 0 else { return }  // the close of its window sets the next deadline
    let isSilent = lastSpoken < window
    if isSilent {
      catchUp(slot, to: window, context)
      let start = window * shape.windowSeconds * 1000
      let hasGap = context.gaps.hasGap(from: start, to: second * 1000)
      let moment = moment(
        slot, window: window, count: 0, now: second * 1000, isComplete: !hasGap, context)
      judge(slot, moment, &context)
    }
    scheduleSilence(slot, after: max(window, lastSpoken), &context)
  }
}

/// One series of a monitor.
struct VolumeSeries: Sendable {
  let entity: Entity
  let zone: Int
  var baseline: Baseline
  /// The counts of the last windows, oldest first, for judging longer windows.
  var recent: [Cell] = []
  var isHot = false
  var hasDeadline = false

  struct Cell: Hashable, Sendable {
    var window: Int64
    var count: Int32
  }

  /// Requests in the windows remembered: at least the longest one's.
  private(set) var recentCount: Int64 = 0
  /// A report was made about it since it was last seen without an episode.
  var mayHaveEpisode = false
  /// The last window of which something was found.
  var lastTroubleWindow: Int64 = .min / 2

  mutating func remember(_ count: Int32, in window: Int64, keeping longest: Int64) {
    guard longest > 1 else { return }
    if let first = recent.first, first.window <= window - longest,
      recent.count >= 2 * Int(longest) || recent[recent.count - 1].window <= window - longest
    {
      forget(through: window - longest)
    }
    recent.append(Cell(window: window, count: count))
    recentCount += Int64(count)
  }

  private mutating func forget(through window: Int64) {
    recent.removeAll { $0.window <= window }
    recentCount = recent.reduce(0) { $0 + Int64($1.count) }
  }

  /// Requests in the `count` windows that end with `window`.
  func sum(of count: Int64, endingWith window: Int64) -> Int64 {
    var sum: Int64 = 0
    for cell in recent.reversed() {
      if cell.window <= window - count { break }
      if cell.window <= window { sum += Int64(cell.count) }
    }
    return sum
  }
}
