import Baselines

// What series say on behalf of thinner ones below them.
extension VolumeMonitor {
  /// A series that may stand for thinner ones below it, and what speaks for an alarm of it.
  struct ThinFinding {
    var judge: VolumeJudge
    var habit: Int
    var moment: JudgedWindow
    var finding: VolumeJudge.Finding
    var evidence: [EvidenceLine]
  }

  /// What would be an alarm of this series on behalf of thinner ones below it.
  func judgeForThin(
    _ slot: Int, _ moment: JudgedWindow, _ findings: inout [ThinFinding]
  ) {
    let habit = Int(tallies[slot].habit)
    for judge in thinJudges {
      guard let finding = judge.finding(in: series[habit], at: moment, isUp: true) else {
        continue
      }
      findings.append(
        ThinFinding(
          judge: judge, habit: habit, moment: moment, finding: finding,
          evidence: evidence[UInt32(slot)] ?? []))
    }
  }

  /// Tells of a rise of a series whose excess came from thinner ones.
  func report(_ found: ThinFinding, _ children: ThinChildren, _ context: inout EngineContext) {
    let excess = Double(found.moment.count) - found.moment.expected.mean
    guard Double(children.count) * 2 >= excess else { return }
    context.report(
      found.judge.verdict(
        found.finding, series[found.habit], at: found.moment, context, thinnest: children.top),
      evidence: found.evidence, standsForOthers: true)
  }

  /// Whether the series of `entity` says too little for `judge`; true where there is none.
  func isThin(_ entity: Entity, for judge: VolumeJudge) -> Bool {
    guard let slot = slotOfEntity[entity.index] else { return true }
    return isThin(slot, judge)
  }

  private func isThin(_ slot: Int, _ judge: VolumeJudge) -> Bool {
    let habit = tallies[slot].habit
    return habit == VolumeTally.noHabit || judge.isThin(series[Int(habit)].baseline, shape)
  }

  /// Calls `body` with each series too thin for `judge` that spoke in `window`, which has just
  /// ended, and its count.
  func forEachThin(
    _ judge: VolumeJudge, in window: Int64, _ body: (Entity, Int64) -> Void
  ) {
    for slot in entities.indices {
      let count = count(slot, in: window)
      if count > 0, isThin(slot, judge) { body(entities[slot], Int64(count)) }
    }
  }

  private func count(_ slot: Int, in window: Int64) -> Int32 {
    let under = tallies[slot].hour.window
    if under == window { return tallies[slot].hour.count }
    return under == window + 1 ? recent.last(slot, before: under) : 0
  }
}
