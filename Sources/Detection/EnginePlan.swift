import Baselines

/// What a set of rules needs: monitors, shared by the rules that count the same thing, and who
/// wants to see which requests.
struct EnginePlan {
  private(set) var subscriptions: [RequestClassifier.Subscription] = []
  private(set) var volumes: [VolumeMonitor] = []
  private(set) var tiers: [TierMonitor] = []
  private(set) var precursors: [PrecursorMonitor] = []
  private(set) var tallies: [TallyMonitor] = []

  /// Ascending.
  var windowLengths: [Int64] {
    volumes.map(\.shape.windowSeconds).sorted().reduce(into: []) {
      if $0.last != $1 { $0.append($1) }
    }
  }

  private var tallyNumbers: [TallyDefinition: Int] = [:]  // looked up, never iterated
  private let bounds: EngineBounds
  private let sampling: Sampling

  init(
    rules: [Rule], registry: KeyRegistry, bounds: EngineBounds = EngineBounds(),
    sampling: Sampling = .none
  ) {
    self.bounds = bounds
    self.sampling = sampling
    for (index, rule) in rules.enumerated() {
      switch rule.detector.plan {
      case .volume(let plan): addVolume(index, rule, plan)
      case .tier(let plan): addTier(index, rule, plan, registry)
      case .precursor(let plan): addPrecursor(index, rule, plan)
      case .tally(let plan): addTally(index, rule, plan)
      }
    }
    orderVolumes()
    for (index, monitor) in volumes.enumerated() {
      subscribe(.volume(index), monitor.filter)
    }
  }

  private mutating func subscribe(
    _ subscriber: RequestClassifier.Subscriber, _ filter: RequestFilter
  ) {
    subscriptions.append(.init(subscriber: subscriber, filter: filter))
  }

  private mutating func addVolume(_ index: Int, _ rule: Rule, _ plan: VolumePlan) {
    let judge = VolumeJudge(
      rule: index, plan: plan, windowCountMin: rule.minSamples.map(Int64.init),
      sampling: sampling)
    let seconds = plan.countedSeconds
    let filter = plan.measure.filter(rule.filter)
    volumes[monitor(rule.per, filter, seconds)].add(judge)
    guard judge.watchesUp else { return }
    for parent in Self.parents(of: rule.per) {
      volumes[monitor(parent, filter, seconds)].addForThinSeries(judge)
    }
  }

  /// Where series too thin to judge are judged instead.
  private static func parents(of per: Per) -> [Per] {
    switch per {
    case .key, .application: [.supplier, .global]
    case .global: []
    default: [.global]
    }
  }

  /// The monitor of a series definition, new or shared.
  private mutating func monitor(
    _ per: Per, _ filter: RequestFilter, _ windowSeconds: Int64
  ) -> Int {
    let known = volumes.firstIndex {
      $0.per == per && $0.filter == filter && $0.shape.windowSeconds == windowSeconds
    }
    if let known { return known }
    volumes.append(
      VolumeMonitor(
        per: per, filter: filter, windowSeconds: windowSeconds,
        seriesCountMax: bounds.series, judgesEveryWindow: bounds.judgesEveryWindow))
    return volumes.count - 1
  }

  /// Children close before their parents, which judge what those hand up.
  private mutating func orderVolumes() {
    func rank(_ per: Per) -> Int { per == .global ? 2 : per == .supplier ? 1 : 0 }
    let order = volumes.indices.sorted {
      (rank(volumes[$0].per), $0) < (rank(volumes[$1].per), $1)
    }
    volumes = order.map { volumes[$0] }
    for index in volumes.indices {
      volumes[index].number = index
      let monitor = volumes[index]
      func parent(_ per: Per) -> Int? {
        volumes.firstIndex {
          $0.per == per && $0.filter == monitor.filter
            && $0.shape.windowSeconds == monitor.shape.windowSeconds && !$0.thinJudges.isEmpty
        }
      }
      let parents = Self.parents(of: monitor.per)
      if parents.contains(.supplier) { volumes[index].supplierMonitor = parent(.supplier) }
      if parents.contains(.global) { volumes[index].globalMonitor = parent(.global) }
    }
  }

  private mutating func addTier(
    _ index: Int, _ rule: Rule, _ plan: Tier, _ registry: KeyRegistry
  ) {
    tiers.append(
      TierMonitor(
        rule: index, plan: plan, filter: rule.filter, registry: registry,
        unit: sampling.unit, keyCountMax: bounds.tierKeys))
    subscribe(.tier(tiers.count - 1), rule.filter)
  }

  private mutating func addTally(_ index: Int, _ rule: Rule, _ plan: TallyPlan) {
    // Who is silent in a sample may have spoken.
    guard !(sampling.isPartial && rule.detector.plan.looksForAbsence) else { return }
    let definition = TallyDefinition(plan, per: rule.per, filter: rule.filter)
    let number = tallyNumbers[definition] ?? addTally(definition)
    tallies[number].add(rule: index, plan, minSamples: rule.minSamples)
  }

  private mutating func addTally(_ definition: TallyDefinition) -> Int {
    var monitor = TallyMonitor(
      definition, unit: sampling.unit, entityCountMax: bounds.tallyEntities,
      valueTotalMax: bounds.tallyValues)
    monitor.number = tallies.count
    tallyNumbers[definition] = monitor.number
    tallies.append(monitor)
    subscribe(.tally(monitor.number), monitor.filter)
    // All requests are counted before their part is.
    if let part = monitor.partFilter { subscribe(.tallyPart(monitor.number), part) }
    return monitor.number
  }

  private mutating func addPrecursor(_ index: Int, _ rule: Rule, _ plan: Precursor) {
    let number = precursors.count
    precursors.append(
      PrecursorMonitor(
        rule: index, plan: plan, per: rule.per, expression: rule.filter.expression,
        minSamples: rule.minSamples, entityCountMax: bounds.precursorEntities))
    // A precursor that was not logged is no precursor that did not come.
    guard !sampling.isPartial else { return }
    func filter(_ matcher: RequestMatcher) -> RequestFilter {
      RequestFilter(matchers: [matcher], expression: rule.filter.expression)
    }
    for (step, precursor) in plan.steps.enumerated() {
      subscribe(.precursorStep(number, step: step), filter(precursor.matcher))
    }
    subscribe(.precursorTarget(number), filter(plan.target))
  }
}
