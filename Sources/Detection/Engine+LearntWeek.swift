public import AccessLog
import Baselines

extension Engine {
  /// What is known, by the records so far, of the weeks of the entity that one of `names` means:
  /// one for each measure that rules judge it by.
  ///
  /// - Parameter time: All before it has been seen; `nil` for the last record's.
  public func learntWeeks(of names: [String], at time: EventTime? = nil) -> [LearntWeek] {
    guard let last = statistics.lastTime else { return [] }
    let time = time ?? last
    let second = (time.milliseconds - 1).floorDivided(by: 1000) + 1
    return volumes.compactMap { monitor in
      guard !monitor.judges.isEmpty,
        let entity = context.entity(
          monitor.per.second == nil ? monitor.per.type : .pair, named: names, at: time.milliseconds)
      else { return nil }
      return monitor.learntWeek(of: entity, at: second, context)
    }
  }

  /// Who `names` means, if anything of that name was seen.
  public func phrase(ofAny names: [String]) -> String? {
    statistics.lastTime.flatMap { context.subjectPhrase(names, at: $0.milliseconds) }
  }

  /// Whose weeks are learnt: `key`, `supplier`, `key and route`.
  public var whoHasWeeks: [String] {
    volumes.filter { !$0.judges.isEmpty }.map(\.per.text).reduce(into: []) { texts, text in
      if !texts.contains(text) { texts.append(text) }
    }
  }
}

extension VolumeMonitor {
  /// The week of `entity` when `moment`, in seconds, ends the second under way; `nil` where it sent nothing that is
  /// counted here.
  func learntWeek(
    of entity: Entity, at moment: Int64, _ context: borrowing EngineContext
  ) -> LearntWeek? {
    guard let slot = slotOfEntity[entity.index] else { return nil }
    let (copy, context) = turned(slot, at: moment, context)
    let tally = copy.tallies[slot]
    let window = (moment - 1).floorDivided(by: shape.windowSeconds)
    let zone = context.zones[Int(tally.zone)]
    let baseline = tally.habit == VolumeTally.noHabit ? nil : copy.series[Int(tally.habit)].baseline
    let count = tally.hour.window == window ? tally.hour.count : 0
    let unit = Double(judges.first?.unit ?? 1)
    return LearntWeek(
      entity: context.phrase(for: entity, at: moment * 1000), time: EventTime(seconds: moment),
      unit: judges.first?.plan.measure.text ?? "", windowSeconds: shape.windowSeconds,
      zone: zone.name, windowCount: baseline?.windowCount ?? 0,
      hours: baseline.map { hours($0, from: window, zone, unit) }
        ?? Array(repeating: nil, count: Baseline.hoursOfWeek),
      hourOfWeek: Baseline.hourOfWeek(of: window, shape: shape, zone: zone),
      seen: Double(count) * unit,
      judgements: judges.filter { context.judges($0.rule, entity, at: moment * 1000) }
        .map { judgement($0, of: entity, at: moment, context) })
  }

  private func judgement(
    _ judge: VolumeJudge, of entity: Entity, at moment: Int64, _ context: borrowing EngineContext
  ) -> LearntWeek.Judgement {
    let found = explanation(
      of: entity, judge, at: moment, up: judge.watchesUp, down: judge.watchesDown, context)
    return LearntWeek.Judgement(
      rule: context.rules[judge.rule].id, verdict: found.verdict, reason: found.reason,
      numbers: found.numbers)
  }

  /// The hours of the week that begins with `window`, by their place in a week. Where the clocks
  /// are put forward within it, an hour that it lacks stands as unknown.
  private func hours(
    _ baseline: Baseline, from window: Int64, _ zone: ZoneTransitions, _ unit: Double
  ) -> [LearntWeek.Hour?] {
    var hours = [LearntWeek.Hour?](repeating: nil, count: Baseline.hoursOfWeek)
    var next = window
    for _ in hours.indices {
      let expected = baseline.expectation(of: next, shape: shape, zone: zone)
      if expected.knowledge > .none {
        let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
        hours[Baseline.hourOfWeek(of: next, shape: shape, zone: zone)] = LearntWeek.Hour(
          mean: expected.mean * unit, low: model.usualRange.lowerBound * unit,
          high: model.usualRange.upperBound * unit, knowledge: expected.knowledge)
      }
      next = Baseline.windowAfterHour(of: next, shape: shape, zone: zone)
    }
    return hours
  }
}
