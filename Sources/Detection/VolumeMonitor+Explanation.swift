import AccessLog
import Baselines

// Why a rise or a fall is told, or not. Everything is asked of a copy, with the very functions
// that judge.
extension VolumeMonitor {
  /// What `judge` has to say of `entity` when `moment` ends the second under way.
  func explanation(
    of entity: Entity, _ judge: VolumeJudge, at moment: Int64, up: Bool, down: Bool,
    _ context: borrowing EngineContext
  ) -> RuleFindings {
    guard let slot = slotOfEntity[entity.index] else {
      return RuleFindings(verdict: .silent, reason: "no request of it came that the rule counts")
    }
    let window = (moment - 1) / shape.windowSeconds
    let (copy, context) = turned(slot, at: moment, context)
    guard copy.tallies[slot].habit != VolumeTally.noHabit else {
      return RuleFindings(verdict: .learning, reason: "it is in its first hour")
    }
    let isEnd = moment % shape.windowSeconds == 0
    let hasGap = hasGap(from: window, to: window + 1, context)
    let judged = copy.moment(
      slot, window, copy.tallies[slot].hour.count, now: moment * 1000,
      isComplete: isEnd && !hasGap, context)
    let series = copy.series[Int(copy.tallies[slot].habit)]
    let isOpen = context.episodes.isOpen(EpisodeKey(rule: judge.rule, entity: entity))
    if let reason = judge.learningReason(series.baseline, shape) {
      let above = judge.watchesUp && per != .global ? Self.judgedAbove : ""
      return RuleFindings(verdict: .learning, reason: reason + above)
    }
    if down, !up, hasGap {
      return RuleFindings(verdict: .abstains, reason: "records of the window are missing")
    }
    return findings(judge, series, judged, up: up, down: down, isOpen: isOpen)
  }

  private static let judgedAbove = "; until then what it sends is judged with those above it"

  /// Copies of itself and of the context, in which all is settled that the series counted before
  /// the window that holds the second before `moment`.
  func turned(
    _ slot: Int, at moment: Int64, _ context: borrowing EngineContext
  ) -> (monitor: VolumeMonitor, context: EngineContext) {
    let window = (moment - 1) / shape.windowSeconds
    var (monitor, context) = (self, copy context)
    if tallies[slot].hour.window < window { monitor.turn(slot, to: window, &context) }
    return (monitor, context)
  }

  private func findings(
    _ judge: VolumeJudge, _ series: VolumeSeries, _ moment: JudgedWindow, up: Bool, down: Bool,
    isOpen: Bool
  ) -> RuleFindings {
    var findings = RuleFindings(verdict: .quiet)
    if up, judge.watchesUp {
      findings.numbers += judge.lengths.map {
        judge.number(of: $0, in: series, at: moment, isUp: true, isOpen: isOpen)
      }
    }
    guard down, judge.watchesDown else { return findings }
    guard moment.expected.knowledge == .week else {
      let reason = "this hour of the week was not yet seen twice, so a fall is not judged"
      if up { findings.reason = reason }
      return up ? findings : RuleFindings(verdict: .learning, reason: reason)
    }
    findings.numbers += judge.lengths.map {
      judge.number(of: $0, in: series, at: moment, isUp: false, isOpen: isOpen)
    }
    return findings
  }
}

extension VolumeJudge {
  /// What the series lacks to be judged on its own; `nil` where nothing is missing.
  func learningReason(_ baseline: borrowing Baseline, _ shape: Baseline.Shape) -> String? {
    let seen = baseline.windowCount
    let shortest = Int64(lengths[0])
    if let least = windowCountMin, seen < least {
      return "still learning: \(seen / shortest) of \(least / shortest) samples"
    }
    if !baseline.isGrown(shape) {
      let day = VolumeMonitor.daySeconds / shape.windowSeconds
      let length = Wording.duration(milliseconds: shape.windowSeconds * 1000)
      return "still learning: \(seen) of \(day) windows of \(length)"
    }
    return baseline.current.knowledge == .none ? "this hour was not seen before" : nil
  }

  /// What was seen in the `windows` up to the one judged, and what it takes for an alert.
  func number(
    of windows: Int, in series: borrowing VolumeSeries, at moment: JudgedWindow, isUp: Bool,
    isOpen: Bool
  ) -> RuleExplanation.Number {
    let base = mean(of: windows, series, moment)
    let mean =
      isUp
      ? highest(base, of: windows, series, moment) : lowest(base, of: windows, series, moment)
    let model = CountModel(mean: mean, dispersion: dispersion(windows, moment))
    let observed = Double(moment.sum(windows))
    let surprise = isUp ? model.surpriseAtLeast(observed) : model.surpriseAtMost(observed)
    let length = Int64(windows) * moment.shape.windowSeconds * 1000
    let least = isOpen ? Self.scoreToContinue : Self.scoreMin
    let limit =
      isUp
      ? leastOpening(windows, series, moment, score: least)
      : mostOpening(windows, series, moment, score: least)
    return RuleExplanation.Number(
      unit: "requests in \(Wording.duration(milliseconds: length))", seen: observed * unit,
      usual: model.mean * unit, spread: model.variance.squareRoot() * unit,
      opensAt: limit.map { Double($0) * unit }, isFall: !isUp, isOpen: isOpen,
      score: max(0, surprise - penalty), remark: remark(windows, series, moment))
  }

  /// What keeps a long window from being told, whatever it holds.
  private func remark(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow
  ) -> String? {
    guard windows > lengths[0] else { return nil }
    if !mayJudge(long: windows, series, moment) { return "an earlier alert told of it" }
    return moment.isComplete ? nil : "judged when the window ends"
  }

  /// The least sum of the `windows` that opens an alert, if the window under way brings it.
  private func leastOpening(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow, score: Double
  ) -> Int64? {
    func opens(_ count: Int64) -> Bool {
      var moment = moment
      moment.count = count
      return risen(windows, series, moment).map { $0.score >= score } ?? false
    }
    var high: Int64 = 1
    while !opens(high) {
      high *= 2
      guard high < Self.countMax else { return nil }
    }
    return (0..<high).partitionPoint(where: opens) + moment.sum(windows) - moment.count
  }

  /// The greatest sum of the `windows` that opens an alert of a fall.
  private func mostOpening(
    _ windows: Int, _ series: borrowing VolumeSeries, _ moment: JudgedWindow, score: Double
  ) -> Int64? {
    func opens(_ count: Int64) -> Bool {
      var moment = moment
      moment.count = count
      return fallen(windows, series, moment).map { $0.score >= score } ?? false
    }
    guard opens(0) else { return nil }
    let most = (0..<Self.countMax).partitionPoint { !opens($0) } - 1
    return most + moment.sum(windows) - moment.count
  }

  private static let countMax: Int64 = 1 << 40
}
