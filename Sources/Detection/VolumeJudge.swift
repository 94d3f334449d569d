import Baselines

/// The window that is judged, and when.
struct JudgedWindow {
  var window: Int64
  /// Requests in it so far.
  var count: Int64
  /// Requests in the windows before it, the newest first.
  var earlier: [Int64]
  /// Milliseconds.
  var now: Int64
  var shape: Baseline.Shape
  var zone: ZoneTransitions
  var expected: Baseline.Expectation
  /// Windows learnt before it.
  var windowCount: Int64
  /// The window has ended and nothing of it is missing.
  var isComplete: Bool
  /// Since when nothing is missing, milliseconds.
  var completeSince: Int64

  var startMilliseconds: Int64 { window * shape.windowSeconds * 1000 }

  /// Requests in the `length` windows that end with this one.
  func sum(_ length: Int) -> Int64 {
    var sum = count
    for index in 0..<min(length - 1, earlier.count) { sum += earlier[index] }
    return sum
  }
}

/// One rule of kind `spike` or `drop` at work on a monitor's series.
///
/// All windows of the rule are judged together: the least likely one speaks, and its score pays
/// for the choice.
struct VolumeJudge: Sendable {
  let rule: Int
  let plan: VolumePlan
  /// The rule's windows in windows of the series, ascending.
  let lengths: [Int]
  /// Windows that a series must have learnt before it is judged on its own.
  let windowCountMin: Int64?
  let watchesUp: Bool
  let watchesDown: Bool
  /// Requests that one count stands for.
  let unit: Double
  /// The least difference, in counts.
  let moreMin: Double

  /// - Parameter sampling: with requests that are not logged, nothing is said of a fall.
  init(rule: Int, plan: VolumePlan, windowCountMin: Int64?, sampling: Sampling = .none) {
    self.rule = rule
    self.plan = plan
    unit = Double(sampling.unit)
    moreMin = plan.moreMin / unit
    lengths = plan.windows.map { Int($0 / 1000 / plan.countedSeconds) }
    let shortest = Int64(lengths[0])
    self.windowCountMin = windowCountMin.map { $0 * shortest }
    watchesUp = plan.direction != .down
    watchesDown = plan.direction != .up && !sampling.isPartial
  }

  private var shortest: Int { lengths[0] }
  /// Of the longest window, in windows of the series.
  var longest: Int { lengths[lengths.count - 1] }

  /// A window that falls is judged where the rule's shortest window ends.
  func judgesDown(at window: Int64) -> Bool { (window + 1) % Int64(shortest) == 0 }

  /// A verdict is a finding from a one-in-a-million chance on.
  static let scoreMin = 6.0
  /// What is open goes on while it is at least this unlikely, so that trouble whose score moves
  /// about the limit is one episode.
  static let scoreToContinue = 3.0

  struct Finding {
    var windows: Int
    var observed: Double
    var model: CountModel
    var score: Double
    var isUp: Bool
    var knowledge: Baseline.Knowledge
  }

  /// Whether the series says too little to be judged on its own.
  func isThin(_ baseline: borrowing Baseline, _ shape: Baseline.Shape) -> Bool {
    baseline.current.knowledge == .none || !baseline.isGrown(shape)
      || baseline.windowCount < windowCountMin ?? 0
  }

  /// A single request is no rise, wherever none was expected.
  private static let requestsMin = 2.0

  /// The least count of a window that can alarm where `mean` was expected of it.
  static func leastAlarm(over mean: Double, timesMin: Double, moreMin: Double) -> Double {
    max(mean * timesMin, mean + moreMin, mean + 3 * mean.squareRoot(), requestsMin)
  }

  /// What speaks for a rise or, with `isUp` false, for a fall.
  ///
  /// - Parameter isOpen: an episode of this rule about the series is under way.
  func finding(
    in series: borrowing VolumeSeries, at moment: JudgedWindow, isUp: Bool, isOpen: Bool = false
  ) -> Finding? {
    guard isUp ? watchesUp : watchesDown, !isThin(series.baseline, moment.shape) else {
      return nil
    }
    let scoreLeast = isOpen ? Self.scoreToContinue : Self.scoreMin
    var best: Finding?
    for length in lengths {
      // A longer window is judged where it ends, and says nothing of a window that is quiet.
      guard length == shortest || (moment.isComplete && mayJudge(long: length, series, moment))
      else { continue }
      guard
        let finding = isUp ? risen(length, series, moment) : fallen(length, series, moment),
        finding.score >= scoreLeast
      else { continue }
      if finding.score > best?.score ?? 0 { best = finding }
    }
    return best
  }

  /// A long window holds what happened up to hours ago: unless an alert is open, it says
  /// nothing of what an earlier alert has told.
  func mayJudge(
    long length: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Bool {
    series.mayHaveEpisode || moment.window - Int64(length) >= series.lastTroubleWindow
  }

  func risen(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Finding? {
    let observed = Double(moment.sum(windows))
    guard observed >= max(moreMin, Self.requestsMin) else { return nil }
    let base = mean(of: windows, series, moment)
    guard isFarAbove(observed, base), isStillRising(windows, series, moment) else { return nil }
    let mean = highest(base, of: windows, series, moment)
    guard isFarAbove(observed, mean) else { return nil }
    let model = CountModel(mean: mean, dispersion: dispersion(windows, moment))
    let score = model.surpriseAtLeast(observed) - penalty
    guard score >= Self.scoreToContinue else { return nil }
    return Finding(
      windows: windows, observed: observed, model: model, score: score, isUp: true,
      knowledge: moment.expected.knowledge)
  }

  func fallen(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Finding? {
    guard moment.isComplete, moment.expected.knowledge == .week else { return nil }
    let observed = Double(moment.sum(windows))
    let base = mean(of: windows, series, moment)
    guard isFarBelow(observed, base), isStillFalling(windows, series, moment),
      covers(windows, series, moment)
    else { return nil }
    let mean = lowest(base, of: windows, series, moment)
    guard isFarBelow(observed, mean) else { return nil }
    let model = CountModel(mean: mean, dispersion: dispersion(windows, moment))
    let score = model.surpriseAtMost(observed) - penalty
    guard score >= Self.scoreToContinue else { return nil }
    return Finding(
      windows: windows, observed: observed, model: model, score: score, isUp: false,
      knowledge: moment.expected.knowledge)
  }

  private func isFarAbove(_ observed: Double, _ mean: Double) -> Bool {
    observed >= mean * plan.timesMin && observed - mean >= moreMin
  }

  private func isFarBelow(_ observed: Double, _ mean: Double) -> Bool {
    observed * plan.timesMin <= mean && mean - observed >= moreMin
  }

  /// A long window holds a burst long after it ended: it speaks only while its last part and
  /// its last quarter are out of the usual too. The last part alone would not do, because the
  /// single request of a sparse series is always more than its mean.
  private func isStillRising(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Bool {
    guard windows > shortest else { return true }
    guard Double(moment.sum(shortest)) > mean(of: shortest, series, moment) else { return false }
    let (observed, mean) = lastQuarter(windows, series, moment)
    return observed >= mean * plan.timesMin && observed - mean >= moreMin * Self.quarterShare
  }

  private func isStillFalling(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Bool {
    guard windows > shortest else { return true }
    guard Double(moment.sum(shortest)) < mean(of: shortest, series, moment) else { return false }
    let (observed, mean) = lastQuarter(windows, series, moment)
    return observed * plan.timesMin <= mean && mean - observed >= moreMin * Self.quarterShare
  }

  /// Half of what a quarter holds of a steady difference.
  private static let quarterShare = 0.125

  private func lastQuarter(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> (observed: Double, mean: Double) {
    let count = max(shortest, windows / 4)
    return (Double(moment.sum(count)), mean(of: count, series, moment))
  }

  /// Log10 of the number of windows judged together (Bonferroni).
  var penalty: Double {
    Arithmetic.log(Double(plan.windows.count)) / Arithmetic.ln10
  }

  func mean(
    of windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Double {
    if windows == 1 { return moment.expected.mean }
    return series.baseline.meanSum(
      of: Int64(windows), endingWith: moment.window, shape: moment.shape, zone: moment.zone)
  }

  func dispersion(_ windows: Int, _ moment: JudgedWindow) -> Double {
    moment.expected.dispersion(ofWindows: windows, moment.shape)
  }

  /// Rush hours come some minutes early or late: what half an hour before and after would
  /// expect is usual as well.
  func highest(
    _ base: Double, of windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Double {
    max(base, shifted(-1, windows, series, moment), shifted(1, windows, series, moment))
  }

  func lowest(
    _ base: Double, of windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Double {
    min(base, shifted(-1, windows, series, moment), shifted(1, windows, series, moment))
  }

  private static let shiftSeconds: Int64 = 1800

  private func shifted(
    _ sign: Int64, _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Double {
    let shift = sign * (Self.shiftSeconds / moment.shape.windowSeconds)
    return series.baseline.meanSum(
      of: Int64(windows), endingWith: moment.window + shift, shape: moment.shape, zone: moment.zone)
  }

  /// Whether the series was known for all of the windows, and nothing of them is missing.
  private func covers(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> Bool {
    let start = (moment.window - Int64(windows) + 1) * moment.shape.windowSeconds * 1000
    return series.baseline.windowCount >= windows && moment.completeSince <= start
  }

  // MARK: - silence

  /// The next window after `window` in which a fall can tell something; `nil` if there is none
  /// in the week ahead.
  func nextWindowThatTells(
    _ baseline: borrowing Baseline, after window: Int64, _ shape: Baseline.Shape,
    _ zone: ZoneTransitions
  ) -> Int64? {
    guard watchesDown, baseline.knowsAnHourOfTheWeek else { return nil }
    let most = Double(longest)
    guard baseline.rateBound * most >= moreMin else { return nil }
    let last = window + 169 * max(1, 3600 / shape.windowSeconds)
    var next = endOfShortest(window + 1)
    while next <= last {
      let expected = baseline.expectation(of: next, shape: shape, zone: zone)
      if expected.knowledge == .week, expected.mean * most >= moreMin { return next }
      // On to where the next hour begins, so that its first window is the one that is judged.
      next = max(
        next + Int64(shortest),
        endOfShortest(Baseline.windowAfterHour(of: next, shape: shape, zone: zone)))
    }
    return nil
  }

  /// The first window at or after `window` with which the rule's shortest window ends.
  private func endOfShortest(_ window: Int64) -> Int64 {
    let length = Int64(shortest)
    return (window + length) / length * length - 1
  }

  // MARK: - verdicts

  func verdict(
    _ finding: Finding, _ series: borrowing VolumeSeries, at moment: JudgedWindow,
    _ context: borrowing EngineContext, thinnest: Entity? = nil
  ) -> Verdict {
    let length = Int64(finding.windows) * moment.shape.windowSeconds * 1000
    let end =
      moment.isComplete
      ? moment.startMilliseconds + moment.shape.windowSeconds * 1000
      : moment.now
    let range = finding.model.usualRange
    return Verdict(
      rule: rule, entity: series.entity,
      startedAt: moment.startMilliseconds + moment.shape.windowSeconds * 1000 - length,
      detectedAt: end, kind: finding.isUp ? Spike.kind : Drop.kind,
      observed: finding.observed * unit,
      expectedLow: range.lowerBound * unit, expectedMid: finding.model.mean * unit,
      expectedHigh: range.upperBound * unit,
      unit: "\(plan.measure.text) per \(Wording.duration(milliseconds: length))",
      score: finding.score,
      sampleSize: Int(moment.windowCount), isLearning: finding.knowledge < .week,
      reason: reason(finding, series, at: moment, context) + aside(thinnest, moment, context),
      resolveAfter: quietWindows * moment.shape.windowSeconds * 1000,
      picture: picture(finding, series, at: moment))
  }

  /// Quiet for a quarter of the longest window, so that a rise with a pause is one episode.
  private var quietWindows: Int64 { Int64(max(3 * shortest, longest / 4)) }

  private func reason(
    _ finding: Finding, _ series: borrowing VolumeSeries, at moment: JudgedWindow,
    _ context: borrowing EngineContext
  ) -> String {
    let length = Int64(finding.windows) * moment.shape.windowSeconds * 1000
    let spread = finding.model.variance.squareRoot() * unit
    return "\(context.phrase(for: series.entity, at: moment.now)) \(plan.words.did) "
      + "\(Wording.number(finding.observed * unit)) \(plan.measure.text) in "
      + Wording.duration(milliseconds: length)
      + "; \(habit(finding.knowledge)) it \(plan.words.does) "
      + "\(Wording.number(finding.model.mean * unit)) ± "
      + "\(Wording.number(spread)) (\(seen(moment)) seen); "
      + Wording.comparison(observed: finding.observed, expected: finding.model.mean) + estimate
  }

  private var estimate: String {
    unit > 1 ? "; estimated, as one of \(Wording.number(unit)) requests is logged" : ""
  }

  /// Names the young series whose requests made the parent's count.
  private func aside(
    _ thinnest: Entity?, _ moment: JudgedWindow, _ context: borrowing EngineContext
  ) -> String {
    guard let thinnest else { return "" }
    return "; most of it from \(context.phrase(for: thinnest, at: moment.now)), which is too new "
      + "to be judged by itself"
  }

  private func habit(_ knowledge: Baseline.Knowledge) -> String {
    switch knowledge {
    case .week: "at this hour of the week"
    case .day: "at this hour of the day"
    case .otherDayType: "at this hour of a working day"
    case .none: "so far"
    }
  }

  private func seen(_ moment: JudgedWindow) -> String {
    let days = moment.windowCount * moment.shape.windowSeconds / 86_400
    return days >= 14 ? Wording.plural(days / 7, "week") : Wording.plural(days, "day")
  }
}
