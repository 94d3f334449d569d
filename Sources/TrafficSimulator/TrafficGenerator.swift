/// The requests of a fleet, minute by minute. Memory is bounded by one minute's requests and
/// the orders that are under way.
struct TrafficGenerator: Sendable {
  /// An order follows its first quote within so many minutes.
  private static let minutesAheadMax = 8
  private static let secondsPerWeek = 604_800.0
  /// Share of orders that lack a quote though nothing is wrong.
  private static let forgottenQuoteShare = 0.01

  private let fleet: Fleet
  /// What is planted; without it the same world goes its usual way.
  var incidents: [Incident]
  private let holiday: Holiday
  private let start: Int
  /// Chance is each key's own, so that no key's incident moves another's traffic.
  private var chances: [SplitMix64]
  /// How busy a key is has a chance of its own, so that an incident changes nothing after it.
  private var noises: [SplitMix64]
  private var hourNoise: [Double]
  private var dayNoise: [Double]
  private var supplierChance: SplitMix64
  /// Requests of the minutes ahead, by minute modulo their number.
  private var ahead: [[Request]]

  init(fleet: Fleet, incidents: [Incident], holiday: Holiday, start: Int, seed: SplitMix64) {
    self.fleet = fleet
    self.incidents = incidents
    self.holiday = holiday
    self.start = start
    chances = fleet.keys.indices.map { seed.branch(1000 + UInt64($0)) }
    noises = fleet.keys.indices.map { seed.branch(1 << 32 + UInt64($0)) }
    hourNoise = Array(repeating: 1, count: fleet.keys.count)
    dayNoise = Array(repeating: 1, count: fleet.suppliers.count)
    supplierChance = seed.branch(3)
    ahead = Array(repeating: [], count: Self.minutesAheadMax)
  }

  /// All requests of the minute that begins at `second`, in the order of their time; minutes
  /// must be asked for one after the other.
  mutating func requests(ofMinuteAt second: Int) -> [Request] {
    if second % 3600 == 0 || second == start { startHour() }
    if second % CivilTime.secondsPerDay == 0 || second == start { startDay() }
    let active = incidents.filter { $0.strength != .holiday && $0.isActive(at: second) }
    for (index, supplier) in fleet.suppliers.enumerated() {
      let level = level(of: supplier, at: second) * dayNoise[index]
      for key in supplier.keys {
        act(key, at: second, level: level, active.filter { $0.keys.contains(key) })
      }
    }
    let slot = second / 60 % Self.minutesAheadMax
    let requests = ahead[slot].sorted()
    ahead[slot].removeAll(keepingCapacity: true)
    return requests
  }

  // MARK: - how much

  private mutating func startHour() {
    for key in hourNoise.indices {
      hourNoise[key] = noises[key].gamma(shape: fleet.keys[key].hourShape)
    }
  }

  private mutating func startDay() {
    for supplier in dayNoise.indices { dayNoise[supplier] = supplierChance.gamma(shape: 250) }
  }

  private func level(of supplier: Fleet.Supplier, at second: Int) -> Double {
    var local = supplier.zone.localSecond(at: second)
    let day = CivilTime.floor(local, CivilTime.secondsPerDay)
    if holiday.isKept(by: supplier, localDay: day) {
      local += (6 - CivilTime.weekday(day)) * CivilTime.secondsPerDay
    }
    let weeks = Double(second - start) / Self.secondsPerWeek
    return supplier.rhythm.level(localSecond: local) * (1 + supplier.growthPerWeek * weeks)
  }

  // MARK: - what

  private mutating func act(
    _ index: Int, at second: Int, level: Double, _ incidents: [Incident]
  ) {
    let key = fleet.keys[index]
    var mean = key.requestsPerDay / 1440 * level * hourNoise[index] / (1 + 2 * key.orderShare)
    mean *= noises[index].gamma(shape: key.minuteShape)
    var missingShare = Self.forgottenQuoteShare
    for incident in incidents {
      switch incident.kind {
      case .spike, .drop: mean *= incident.factor
      case .precursor: missingShare = max(missingShare, incident.factor)
      case .tier: flood(index, incident, at: second)
      }
    }
    for _ in 0..<chances[index].poisson(mean: mean) {
      let time = second * 1000 + chances[index].below(60_000)
      if chances[index].chance(key.orderShare) {
        order(index, at: time, missingShare: missingShare)
      } else {
        browse(index, at: time)
      }
    }
  }

  /// A client in a loop: the same page again and again, whatever the gateway answers.
  private mutating func flood(_ key: Int, _ incident: Incident, at second: Int) {
    let rate = Double(fleet.keys[key].tier.ratePerSecond) * incident.factor
    for _ in 0..<chances[key].poisson(mean: rate * 60) {
      let time = second * 1000 + chances[key].below(60_000)
      add(Request(milliseconds: time, key: key, action: .listProducts, number: 1))
    }
  }

  /// Two quotes, and after them the order.
  private mutating func order(_ key: Int, at time: Int, missingShare: Double) {
    let sku = chances[key].below(4000)
    let second = time + 1500 + chances[key].below(90_000)
    let order = second + 2000 + chances[key].below(120_000)
    if chances[key].chance(missingShare) {
      // Whoever skips the quotes skips both; who forgets, the second.
      if missingShare == Self.forgottenQuoteShare {
        add(Request(milliseconds: time, key: key, action: .quote, number: sku))
      }
    } else {
      add(Request(milliseconds: time, key: key, action: .quote, number: sku))
      add(Request(milliseconds: second, key: key, action: .quote, number: sku))
    }
    add(Request(milliseconds: order, key: key, action: .order, number: sku))
  }

  private mutating func browse(_ key: Int, at time: Int) {
    let action: Request.Action =
      switch chances[key].below(10) {
      case 0...3: .readOrder
      case 4...6: .listProducts
      case 7...8: .readStock
      default: .writeStock
      }
    let number = chances[key].below(action == .readOrder ? 900_000 : 40)
    add(Request(milliseconds: time, key: key, action: action, number: number))
  }

  private mutating func add(_ request: Request) {
    ahead[request.milliseconds / 60_000 % Self.minutesAheadMax].append(request)
  }
}
