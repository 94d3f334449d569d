import Baselines

// Series that count too little; they are looked at by deadlines, because nobody speaks.
extension VolumeMonitor {
  /// A fall is looked for when it can tell something: one deadline a series.
  mutating func scheduleFall(
    _ slot: Int, after window: Int64, _ context: inout EngineContext
  ) {
    let habit = Int(tallies[slot].habit)
    guard watchesDown, !series.span[habit].hasDeadline,
      window >= series.span[habit].noFallBefore,
      series.span[habit].baseline.knowsAnHourOfTheWeek
    else { return }
    let zone = context.zones[Int(tallies[slot].zone)]
    var next = Int64.max
    for judge in judges {
      let told = judge.nextWindowThatTells(series.span[habit].baseline, after: window, shape, zone)
      next = min(next, told ?? .max)
    }
    guard next < .max else {
      series[habit].noFallBefore = window + Self.daySeconds / shape.windowSeconds
      return
    }
    series[habit].hasDeadline = true
    context.setDeadline(
      .fall(monitor: number, slot: slot), at: (next + 1) * shape.windowSeconds)
  }

  /// A deadline fired: judges whether the series fell, with the window that just ended.
  mutating func fallDeadline(_ slot: Int, second: Int64, _ context: inout EngineContext) {
    let habit = Int(tallies[slot].habit)
    series[habit].hasDeadline = false
    let window = second / shape.windowSeconds - 1
    if tallies[slot].hour.window <= window { turn(slot, to: window + 1, &context) }
    if tallies[slot].hour.window == window + 1, tallies[slot].hour.count == 0 {
      judgeFall(slot, window, second, &context)
    }
    scheduleFall(slot, after: window, &context)
  }

  private mutating func judgeFall(
    _ slot: Int, _ window: Int64, _ second: Int64, _ context: inout EngineContext
  ) {
    let isComplete = context.gaps.isEmpty || !hasGap(from: window, to: window + 1, context)
    let count = recent.last(slot, before: window + 1)
    let moment = moment(
      slot, window, count, now: second * 1000, isComplete: isComplete, context)
    for judge in judges where judge.watchesDown && judge.judgesDown(at: window) {
      judgeOne(judge, slot, moment, isUp: false, &context)
    }
  }
}
