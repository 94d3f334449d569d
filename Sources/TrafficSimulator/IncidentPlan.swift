/// Which incidents happen to whom, and when: one of each kind, strong and weak, as far as the
/// fleet has room for them. An incident has its supplier for itself for a day.
struct IncidentPlan: Sendable {
  /// What is planted, in the order in which places are looked for.
  private struct Wish {
    var kind: Incident.Kind
    var strength: Incident.Strength
    var entityType: Incident.EntityType
    var factor: Double
    var minutes: Int
  }

  private static let wishes = [
    Wish(kind: .precursor, strength: .strong, entityType: .key, factor: 1, minutes: 180),
    Wish(kind: .precursor, strength: .weak, entityType: .key, factor: 0.5, minutes: 180),
    Wish(kind: .spike, strength: .strong, entityType: .supplier, factor: 5, minutes: 90),
    Wish(kind: .tier, strength: .strong, entityType: .key, factor: 20, minutes: 3),
    Wish(kind: .drop, strength: .strong, entityType: .supplier, factor: 0, minutes: 180),
    Wish(kind: .spike, strength: .weak, entityType: .key, factor: 3, minutes: 90),
    Wish(kind: .drop, strength: .weak, entityType: .key, factor: 0.2, minutes: 240),
    Wish(kind: .spike, strength: .weak, entityType: .supplier, factor: 3, minutes: 90),
    Wish(kind: .drop, strength: .weak, entityType: .supplier, factor: 0.25, minutes: 240),
    Wish(kind: .spike, strength: .strong, entityType: .key, factor: 5, minutes: 60),
    Wish(kind: .drop, strength: .strong, entityType: .key, factor: 0, minutes: 180),
    Wish(kind: .tier, strength: .weak, entityType: .key, factor: 3, minutes: 5),
  ]

  private static let secondsPerDay = CivilTime.secondsPerDay

  /// Days until an hour of the week was seen twice.
  private static let weekKnownDays = 14

  private let fleet: Fleet
  /// The first second of all.
  private let begin: Int
  /// From here on a drop can be told.
  private let weekKnownFrom: Int
  private let holiday: Holiday
  /// Seconds, of the days in which something may happen.
  private let span: Range<Int>
  private var chance: SplitMix64
  private(set) var incidents: [Incident] = []

  /// Nothing happens in the first half, in the first eight days, or in a long run in the first
  /// fourteen, so that what is usual can be learnt.
  init(fleet: Fleet, holiday: Holiday, options: Simulation.Options, seed: SplitMix64) {
    self.fleet = fleet
    self.holiday = holiday
    let dayCount = options.dayCount
    let firstDay = options.firstDay.day
    begin = firstDay * Self.secondsPerDay
    weekKnownFrom = (firstDay + Self.weekKnownDays) * Self.secondsPerDay
    let quietDays = dayCount > 15 ? 14 : dayCount > 12 ? 8 : dayCount / 2
    span = (firstDay + quietDays) * Self.secondsPerDay..<(firstDay + dayCount) * Self.secondsPerDay
    chance = seed.branch(2)
    for wish in Self.wishes
    where options.planted.contains(wish.kind)
      && (wish.strength == .strong || !options.plantsOnlyStrong)
    {
      if let incident = place(wish) { incidents.append(incident) }
    }
    incidents += holidays()
    incidents.sort {
      ($0.start, $0.entity, $0.kind.rawValue) < ($1.start, $1.entity, $1.kind.rawValue)
    }
  }

  // MARK: - place

  private mutating func place(_ wish: Wish) -> Incident? {
    var targets = wish.entityType == .key ? keys(for: wish) : suppliers(for: wish)
    while !targets.isEmpty {
      let target = takeTarget(&targets)
      let starts = starts(for: wish, target)
      guard !starts.isEmpty else { continue }
      let start = chance.pick(starts) + 60 * chance.below(30)
      let supplier = fleet.suppliers[fleet.keys[target.lowerBound].supplier]
      return Incident(
        kind: wish.kind, strength: wish.strength, entityType: wish.entityType,
        entity: wish.entityType == .key ? fleet.keys[target.lowerBound].name : supplier.name,
        supplier: supplier.name, start: start, end: start + wish.minutes * 60,
        factor: wish.factor, also: others(target, wish.entityType),
        isFindable: isFindable(wish.kind, start, supplier), keys: target)
    }
    return nil
  }

  /// A tier needs no past; a habit of quotes needs a day of orders; a spike needs the same hour of
  /// a working day before, since a weekend does not tell what that is like.
  private func isFindable(_ kind: Incident.Kind, _ start: Int, _ supplier: Fleet.Supplier) -> Bool {
    switch kind {
    case .tier: return true
    case .drop: return start >= weekKnownFrom
    case .precursor: return start >= begin + Self.secondsPerDay
    case .spike:
      let before = stride(
        from: start - Self.secondsPerDay, through: begin, by: -Self.secondsPerDay)
      return before.contains { second in
        let local = supplier.zone.localSecond(at: second)
        return CivilTime.weekday(CivilTime.floor(local, Self.secondsPerDay)) < 5
      }
    }
  }

  private func others(_ keys: Range<Int>, _ type: Incident.EntityType) -> [String] {
    if type == .supplier { return fleet.keys[keys].map(\.name) }
    let supplier = fleet.suppliers[fleet.keys[keys.lowerBound].supplier]
    func requests(_ keys: Range<Int>) -> Double {
      fleet.keys[keys].reduce(0) { $0 + $1.requestsPerDay }
    }
    return requests(keys) * 2 >= requests(supplier.keys) ? [supplier.name] : []
  }

  /// One of those to whose supplier least has happened.
  private mutating func takeTarget(_ targets: inout [Range<Int>]) -> Range<Int> {
    let counts = targets.map { target in
      let name = fleet.suppliers[fleet.keys[target.lowerBound].supplier].name
      return incidents.count { $0.supplier == name }
    }
    let least = targets.indices.filter { counts[$0] == counts.min() }
    return targets.remove(at: chance.pick(least))
  }

  /// Keys that say enough for the incident to show.
  private func keys(for wish: Wish) -> [Range<Int>] {
    fleet.keys.indices.filter { index in
      let key = fleet.keys[index]
      return switch wish.kind {
      case .spike, .drop: key.requestsPerDay >= 1500
      case .precursor: key.requestsPerDay * key.orderShare / (1 + 2 * key.orderShare) >= 100
      case .tier: key.requestsPerDay >= 50 && key.tier == Tier.all[0]
      }
    }.map { $0..<$0 + 1 }
  }

  private func suppliers(for wish: Wish) -> [Range<Int>] {
    fleet.suppliers.map(\.keys).filter { keys in
      fleet.keys[keys].reduce(0) { $0 + $1.requestsPerDay } >= 1500
    }
  }

  // MARK: - time

  /// Half hours of working days at which the supplier is busy from start to end, no holiday is
  /// near and nothing else happens to it within a day.
  private func starts(for wish: Wish, _ target: Range<Int>) -> [Int] {
    let supplier = fleet.suppliers[fleet.keys[target.lowerBound].supplier]
    return stride(from: span.lowerBound, to: span.upperBound - 8 * 3600, by: 1800).filter { start in
      let end = start + wish.minutes * 60 + 1800
      let isFree = incidents.allSatisfy {
        $0.supplier != supplier.name || $0.end + Self.secondsPerDay < start
          || end + Self.secondsPerDay < $0.start
      }
      return isFree
        && stride(from: start, through: end, by: 1800).allSatisfy { isBusy(supplier, at: $0) }
    }
  }

  private func isBusy(_ supplier: Fleet.Supplier, at second: Int) -> Bool {
    let local = supplier.zone.localSecond(at: second)
    let day = CivilTime.floor(local, Self.secondsPerDay)
    return CivilTime.weekday(day) < 5 && !holiday.isKept(by: supplier, localDay: day)
      && supplier.rhythm.level(localSecond: local) >= 1
  }

  /// What of a holiday falls into the days of the run.
  private func holidays() -> [Incident] {
    let keepers = fleet.suppliers.filter { holiday.isKept(by: $0, localDay: holiday.day) }
    return keepers.compactMap { supplier in
      let midnight = holiday.day * Self.secondsPerDay
      let start = midnight - supplier.zone.offset(at: midnight)
      guard start < span.upperBound else { return nil }
      return Incident(
        kind: .drop, strength: .holiday, entityType: .supplier, entity: supplier.name,
        supplier: supplier.name, start: start,
        end: midnight + Self.secondsPerDay - supplier.zone.offset(at: midnight), factor: 0,
        also: fleet.keys[supplier.keys].map(\.name),
        isFindable: isFindable(.drop, start, supplier), keys: supplier.keys)
    }
  }
}
