/// What a series usually counts in a window at this hour of the week.
///
/// One value a series. It knows only the windows that it was given; a run of empty windows is
/// applied when the series is next touched, hour by hour in closed form, and that is the only
/// meaning that an empty window has. Counts are clipped before they are learnt, so that an
/// attack does not become the habit. Series with few requests keep no profile and cost little.
public struct Baseline: Sendable {
  /// How far the season is known for an hour; decides what may be judged, and how sharply.
  public enum Knowledge: Int, Comparable, Sendable {
    /// Less than a day, or an hour of the day never seen: no judgement.
    case none
    /// The hour is known from the other type of day only.
    case otherDayType
    /// This hour was seen on this type of day.
    case day
    /// This hour of the week was seen twice.
    case week

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// What is expected of one window.
  public struct Expectation: Hashable, Sendable {
    /// Requests a window.
    public var mean: Double
    /// Relative scatter, squared, of single windows, and of spans of half an hour and more.
    public var windowDispersion: Double
    public var hourDispersion: Double
    public var knowledge: Knowledge
  }

  /// What all series of one definition share.
  public struct Shape: Hashable, Sendable {
    public let windowSeconds: Int64
    let windowsPerHour: Double
    let rateKeep: Double
    let recentKeep: Double
    let pressureKeep: Double

    public init(windowSeconds: Int64) {
      precondition(windowSeconds > 0)
      self.windowSeconds = windowSeconds
      windowsPerHour = 3600 / Double(windowSeconds)
      rateKeep = Arithmetic.exp(-0.6931471805599453 * Double(windowSeconds) / Self.rateHalfLife)
      recentKeep = Arithmetic.exp(-Double(windowSeconds) / 3600)
      pressureKeep = Arithmetic.exp(-Double(windowSeconds) / Self.pressureSeconds)
    }

    /// Seconds after which what was learnt of level and scatter weighs half.
    private static let rateHalfLife = 14.0 * 86_400
    /// Over how long the share of clipped windows is taken.
    private static let pressureSeconds = 3.0 * 86_400
  }

  /// A profile is kept from this many requests on; before, hours would only hold noise.
  public static let profileRequestsMin = 30
  /// A series that was silent for longer starts anew.
  public static let memorySeconds: Int64 = 12 * 7 * 86_400
  /// Relative scatter that is always allowed: 5 in 100. Without a floor a series that was
  /// constant at its start would alarm for ever.
  private static let dispersionFloor = 0.0025
  private static let dispersionPrior = 0.03
  private static let daySeconds: Int64 = 86_400
  /// What was clipped in more than this share of three days' windows is no attack any more but
  /// a new habit: after a day at all hours, or some days at office hours.
  private static let pressureMax = 0.3

  /// The first window that was not yet learnt.
  public private(set) var nextWindow: Int64
  public private(set) var windowCount: Int64 = 0
  private var requestCount: Int64 = 0
  /// The last window that held a request; `nil` before the first.
  private var spokeLast: Int64?
  private var rateSum = 0.0
  private var rateWeight = 0.0
  private var recentRate = 0.0
  /// The share of late days' windows that were clipped.
  private var pressure = 0.0
  private var windowScatter = Scatter()
  private var hourScatter = Scatter()
  private var hour: SeasonalProfile.Hour
  private var hourSum = 0.0
  private var hourUsualSum = 0.0
  private var hourWindows = 0.0
  private var profile: SeasonalProfile?
  /// Expectations of this hour and those before it, the newest first.
  private var means: [4 of HourMean]

  /// Fixed when an hour begins, so that a window costs no look at the profile.
  private struct HourMean: Hashable {
    var hour: Int64 = .min
    var mean = 0.0
    var season = 0.0
    var knowledge = Knowledge.none
  }

  /// Decayed sums from which a relative scatter follows.
  private struct Scatter: Hashable {
    var excess = 0.0
    var square = 0.0

    mutating func learn(_ count: Double, mean: Double, keep: Double) {
      let error = count - mean
      excess = excess * keep + error * error - mean
      square = square * keep + mean * mean
    }

    /// Learns a run of empty windows; `weight` is what they sum to, each decayed by those after
    /// it, and `keep` what the whole run leaves of what was before.
    mutating func learnEmpty(_ weight: Double, mean: Double, keep: Double) {
      excess = excess * keep + weight * (mean * mean - mean)
      square = square * keep + weight * mean * mean
    }

    func dispersion(prior: Double, weight: Double) -> Double {
      max(0, (excess + prior * weight) / (square + weight))
    }
  }

  /// A series that first spoke in `window` has no past before it.
  public init(bornIn window: Int64, shape: Shape, zone: ZoneTransitions) {
    nextWindow = window
    hour = Self.hour(of: window, shape, zone)
    means = InlineArray(repeating: HourMean())
  }

  public var hasProfile: Bool { profile != nil }

  /// Learns `count` requests in `window`, and that the windows before it were empty.
  public mutating func learn(
    _ count: Int, in window: Int64, shape: Shape, zone: ZoneTransitions, isIncident: Bool
  ) {
    learnEmpty(before: window, shape: shape, zone: zone)
    guard window >= nextWindow else { return }
    enter(Self.hour(of: window, shape, zone), shape)
    let expected = currentExpectation(shape)
    let usual = clipped(Double(count), expected, isIncident: isIncident)
    let isClipped = usual < Double(count)
    pressure = pressure * shape.pressureKeep + (isClipped ? 1 - shape.pressureKeep : 0)
    let value = pressure > Self.pressureMax ? Double(count) : usual
    // A new level is no scatter around the old one.
    windowScatter.learn(usual, mean: expected.mean, keep: shape.rateKeep)
    hourUsualSum += usual
    rateSum = rateSum * shape.rateKeep + value
    rateWeight = rateWeight * shape.rateKeep + 1
    recentRate = recentRate * shape.recentKeep + value * (1 - shape.recentKeep)
    hourSum += value
    hourWindows += 1
    windowCount += 1
    requestCount += min(Int64(count), Int64(value.rounded(.up)))
    if count > 0 { spokeLast = window }
    nextWindow = window + 1
    if profile == nil, requestCount >= Self.profileRequestsMin { profile = SeasonalProfile() }
  }

  /// Learns that every window not yet learnt and before `window` was empty.
  public mutating func learnEmpty(before window: Int64, shape: Shape, zone: ZoneTransitions) {
    guard window > nextWindow else { return }
    // Counted from the last request, so that looking at a silent series changes nothing of it.
    if let last = spokeLast, (window - last - 1) * shape.windowSeconds > Self.memorySeconds {
      self = Baseline(bornIn: window, shape: shape, zone: zone)
    }
    guard spokeLast != nil else {
      nextWindow = window
      return
    }
    while nextWindow < window {
      enter(Self.hour(of: nextWindow, shape, zone), shape)
      let end = min(window, windowAfterHour(of: nextWindow, shape: shape, zone: zone))
      learnEmptyRun(of: end - nextWindow, shape)
      nextWindow = end
    }
  }

  /// Learns that the windows before `window` were empty, and fixes what is expected of its hour.
  public mutating func prepare(for window: Int64, shape: Shape, zone: ZoneTransitions) {
    learnEmpty(before: window, shape: shape, zone: zone)
    enter(Self.hour(of: window, shape, zone), shape)
  }

  /// Leaves out the windows before `window`: nobody knows what they held.
  public mutating func skip(to window: Int64) {
    nextWindow = max(nextWindow, window)
  }

  /// What is expected of `window`, which may lie ahead.
  public func expectation(
    of window: Int64, shape: Shape, zone: ZoneTransitions
  ) -> Expectation {
    expectation(in: Self.hour(of: window, shape, zone), shape)
  }

  /// Expected requests in the `count` windows that end with `window`.
  public func meanSum(
    of count: Int64, endingWith window: Int64, shape: Shape, zone: ZoneTransitions
  ) -> Double {
    var sum = 0.0
    var last = window
    let first = window - count + 1
    while last >= first {
      let hour = Self.hour(of: last, shape, zone)
      let start = max(first, Self.firstWindow(of: hour, near: last, shape, zone))
      sum += Double(last - start + 1) * mean(in: hour, shape)
      last = start - 1
    }
    return sum
  }

  /// Seconds that the windows learnt span.
  public func learntSeconds(_ shape: Shape) -> Int64 { windowCount * shape.windowSeconds }

  /// The most that any hour may bring, requests a window: what a deadline need not wait for.
  public var rateBound: Double { max(rate, recentRate) * 24 }

  /// Whether the windows learnt span at least a day.
  public func isGrown(_ shape: Shape) -> Bool {
    windowCount * shape.windowSeconds >= Self.daySeconds
  }

  // MARK: - hours

  private static func hour(
    of window: Int64, _ shape: Shape, _ zone: ZoneTransitions
  ) -> SeasonalProfile.Hour {
    let seconds = window * shape.windowSeconds
    return SeasonalProfile.Hour(
      number: floorDivide(seconds + Int64(zone.offset(at: seconds)), 3600))
  }

  /// The first window at or before `window` that starts in `hour`.
  private static func firstWindow(
    of hour: SeasonalProfile.Hour, near window: Int64, _ shape: Shape, _ zone: ZoneTransitions
  ) -> Int64 {
    let span = zone.span(at: window * shape.windowSeconds)
    let start = max(hour.number * 3600 - Int64(span.offset), span.start)
    return min(window, -floorDivide(-start, shape.windowSeconds))
  }

  /// The first window after the hour that `window` begins in.
  public func windowAfterHour(
    of window: Int64, shape: Shape, zone: ZoneTransitions
  ) -> Int64 {
    let span = zone.span(at: window * shape.windowSeconds)
    let hour = Self.hour(of: window, shape, zone)
    // Where the clocks change within the hour, it ends there.
    let end = min((hour.number + 1) * 3600 - Int64(span.offset), span.end)
    return max(window + 1, -Self.floorDivide(-end, shape.windowSeconds))
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// Moves to `next`; what the hour before held goes into the profile.
  private mutating func enter(_ next: SeasonalProfile.Hour, _ shape: Shape) {
    guard next != hour || means[0].hour == .min else { return }
    if next != hour { closeHour(shape) }
    hour = next
    means[3] = means[2]
    means[2] = means[1]
    means[1] = means[0]
    let (mean, season, knowledge) = seasonalMean(in: next, shape)
    means[0] = HourMean(hour: next.number, mean: mean, season: season, knowledge: knowledge)
  }

  private mutating func closeHour(_ shape: Shape) {
    if hourWindows > 0, profile != nil {
      let mean = means[0].mean * hourWindows
      let keep = Arithmetic.power(shape.rateKeep, Int64(max(1, shape.windowsPerHour)))
      hourScatter.learn(hourUsualSum, mean: mean, keep: keep)
      profile?.learn(hour, count: Float(hourSum), windows: Float(hourWindows))
    }
    hourSum = 0
    hourUsualSum = 0
    hourWindows = 0
  }

  private mutating func learnEmptyRun(of count: Int64, _ shape: Shape) {
    let windows = Double(count)
    let keep = Arithmetic.power(shape.rateKeep, count)
    let weight = (1 - keep) / (1 - shape.rateKeep)
    windowScatter.learnEmpty(weight, mean: means[0].mean, keep: keep)
    rateSum *= keep
    rateWeight = rateWeight * keep + weight
    recentRate *= Arithmetic.power(shape.recentKeep, count)
    pressure *= Arithmetic.power(shape.pressureKeep, count)
    hourWindows += windows
    windowCount += count
  }

  // MARK: - expectations

  private var rate: Double { rateWeight > 0 ? rateSum / rateWeight : 0 }

  private func currentExpectation(_ shape: Shape) -> Expectation {
    var expectation = expectation(in: hour, shape)
    expectation.mean = means[0].mean
    return expectation
  }

  private func mean(in hour: SeasonalProfile.Hour, _ shape: Shape) -> Double {
    for index in means.indices where means[index].hour == hour.number { return means[index].mean }
    return expectation(in: hour, shape).mean
  }

  /// An expectation; with `cached`, the mean is the one fixed when the hour began.
  private func expectation(in hour: SeasonalProfile.Hour, _ shape: Shape) -> Expectation {
    let (mean, season, knowledge) =
      means[0].hour == hour.number
      ? (means[0].mean, means[0].season, means[0].knowledge) : seasonalMean(in: hour, shape)
    let overall = max(rate, 1e-3)
    let windowWeight = 30 * overall * overall
    let hourly = overall * max(1, shape.windowsPerHour)
    let single = windowScatter.dispersion(prior: Self.dispersionPrior, weight: windowWeight)
    let longer = hourScatter.dispersion(prior: Self.dispersionPrior, weight: 8 * hourly * hourly)
    return Expectation(
      mean: mean, windowDispersion: max(single, Self.dispersionFloor) + season,
      hourDispersion: max(longer, Self.dispersionFloor) + season, knowledge: knowledge)
  }

  /// The mean, the relative scatter (squared) that stands for what of the season is unknown,
  /// and how much is known. Rates shrink towards what is known of more windows.
  private func seasonalMean(
    in hour: SeasonalProfile.Hour, _ shape: Shape
  ) -> (mean: Double, season: Double, knowledge: Knowledge) {
    guard let profile else {
      return (rate, 0.5, isGrown(shape) ? .day : .none)
    }
    let visit = max(1, shape.windowsPerHour)
    let daily = profile.daily(hour)
    guard daily.windows >= 0.9 * visit else { return unseenMean(in: hour, profile, visit, shape) }
    let prior = priorWindows(requests: 12, over: rate, shape)
    let dayMean = (daily.perWindow * daily.windows + prior * rate) / (daily.windows + prior)
    let weekly = profile.weekly(hour)
    guard weekly.windows >= 1.5 * visit else {
      let season = daily.windows >= 1.7 * visit ? 0.05 : 0.15
      return (dayMean, season, isGrown(shape) ? .day : .none)
    }
    let weekPrior = 2 * priorWindows(requests: 10, over: dayMean, shape)
    let mean =
      (weekly.perWindow * weekly.windows + weekPrior * dayMean) / (weekly.windows + weekPrior)
    return (mean, 0, .week)
  }

  /// How many windows what was known before weighs: as many as bring so many requests, and more
  /// for a series of few requests that come in bursts, in whose hours chance shows first.
  private func priorWindows(requests: Double, over mean: Double, _ shape: Shape) -> Double {
    let bursts = windowScatter.dispersion(prior: 0, weight: max(rate * rate, 1e-6))
    let anHour = max(rate, 0) * shape.windowsPerHour
    return min(max(requests / (mean + 0.05), 0.5) + 4 * bursts / (1 + anHour / 50), 1000)
  }

  /// Working days bound what a first weekend may do; a weekend says nothing of a working day.
  private func unseenMean(
    in hour: SeasonalProfile.Hour, _ profile: SeasonalProfile, _ visit: Double, _ shape: Shape
  ) -> (mean: Double, season: Double, knowledge: Knowledge) {
    let other = profile.dailyOfOtherType(hour)
    if hour.isWeekend, isGrown(shape), other.windows >= 0.9 * visit {
      return (other.perWindow, 0.5, .otherDayType)
    }
    // With so few requests a day hours hold only noise, and the overall rate says all: a first
    // burst, which begins a profile, must not be the end of judging.
    let aDay = rate * Double(Self.daySeconds) / 3600 * shape.windowsPerHour
    if isGrown(shape), aDay < Double(Self.profileRequestsMin) { return (rate, 0.5, .day) }
    return (recentRate, 0.5, .none)
  }

  /// What of a count is learnt: all of it up to four times its usual scatter. Sparse series are
  /// clipped only while an incident lasts: their bursts are their habit.
  private func clipped(_ count: Double, _ expected: Expectation, isIncident: Bool) -> Double {
    guard isIncident || expected.mean >= 5, expected.knowledge > .none else { return count }
    let model = CountModel(mean: expected.mean, dispersion: expected.windowDispersion)
    let spread = model.variance.squareRoot()
    return min(count, expected.mean + (isIncident ? 1 : 4) * max(spread, 1))
  }
}
