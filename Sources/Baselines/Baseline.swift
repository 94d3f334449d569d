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

  /// A profile is kept from this many requests on; before, hours would only hold noise.
  public static let profileRequestsMin = 30
  /// A series that was silent for longer starts anew.
  public static let memorySeconds: Int64 = 12 * 7 * 86_400
  /// Relative scatter that is always allowed: 5 in 100. Without a floor a series that was
  /// constant at its start would alarm for ever.
  static let dispersionFloor = 0.0025
  private static let dispersionPrior = 0.03
  @usableFromInline static let daySeconds: Int64 = 86_400
  /// Requests of an hour that is more than chance may bring a quiet series.
  private static let rushRequestsMin = 60.0
  /// What was clipped in more than this share of three days' windows is no attack any more but
  /// a new habit: after a day at all hours, or some days at office hours.
  private static let pressureMax = 0.3

  /// Windows learnt, of the hours that are over.
  public internal(set) var windowCount: Int64 = 0
  var requestCount: Int64 = 0
  /// The window behind the last hour that held a request; `nil` before the first.
  var spokeUntil: Int64?
  var rateSum = 0.0
  var rateWeight = 0.0
  var recentRate = 0.0
  /// The most requests a window that an hour brought.
  var peakRate = 0.0
  /// The share of late days' windows that were clipped.
  var pressure = 0.0
  var windowScatter = Scatter()
  var hourScatter = Scatter()
  /// What was clipped of the hour under way, in requests and in windows.
  var clippedRequests = 0.0
  var clippedWindows = 0.0
  var profile: SeasonalProfile?
  /// Whether some hour of the week was seen twice.
  public internal(set) var knowsAnHourOfTheWeek = false
  /// The hour under way, and what is expected of its windows: fixed when it begins.
  var hour = SeasonalProfile.Hour(number: .min)
  public internal(set) var current = Expectation(
    mean: 0, windowDispersion: 1, hourDispersion: 1, knowledge: .none)
  /// Expected means of the hours before, the newest first.
  @usableFromInline var means: [3 of HourMean] = InlineArray(repeating: HourMean())

  @usableFromInline
  struct HourMean: Hashable, Sendable {
    @usableFromInline var hour: Int64 = .min
    @usableFromInline var mean = 0.0
  }

  /// Decayed sums from which a relative scatter follows.
  struct Scatter: Hashable {
    var excess = 0.0
    var square = 0.0

    /// Learns `windows` counts by their sum and the sum of their squares; `keep` is what they
    /// leave of what was learnt before.
    mutating func learn(
      windows: Double, sum: Double, squareSum: Double, mean: Double, keep: Double
    ) {
      let errors = squareSum - 2 * mean * sum + windows * mean * mean
      excess = excess * keep + errors - windows * mean
      square = square * keep + windows * mean * mean
    }

    func dispersion(prior: Double, weight: Double) -> Double {
      max(0, (excess + prior * weight) / (square + weight))
    }
  }

  /// A series without a past.
  public init() {}

  // MARK: - learning

  /// Ends the window under way of `tally`, which may have to be clipped, and goes on to the next
  /// one.
  public mutating func settle(
    _ tally: inout HourTally, isIncident: Bool, shape: Shape, zone: ZoneTransitions
  ) {
    let limit = isIncident ? min(tally.clipAt, clipLimit(ofIncident: true)) : tally.clipAt
    if tally.count > limit {
      clippedRequests += Double(tally.count - limit)
      clippedWindows += 1
      tally.count = limit
    }
    let next = tally.window + 1
    guard !tally.advance(to: next) else { return }
    // The last window of the hour: what it held goes into the sums, and the hour is closed.
    tally.sum += Int64(tally.count)
    tally.squareSum += Double(tally.count) * Double(tally.count)
    tally.count = 0
    tally.window = next
    advance(&tally, to: next, shape: shape, zone: zone)
  }

  /// Leaves the window under way of `tally` out: records of it are missing.
  public mutating func dismiss(
    _ tally: inout HourTally, shape: Shape, zone: ZoneTransitions
  ) {
    tally.count = 0
    skip(&tally, to: tally.window + 1, shape: shape, zone: zone)
  }

  /// Goes on to `window`, all between being empty; the window under way has been settled.
  ///
  /// A run of empty windows is learnt hour by hour in closed form, and that is the only meaning
  /// that an empty window has.
  public mutating func advance(
    _ tally: inout HourTally, to window: Int64, shape: Shape, zone: ZoneTransitions
  ) {
    if forgets(before: window, tally, shape) {
      self = Baseline()
      tally = HourTally(from: window, shape: shape, zone: zone)
      enter(tally.first, &tally, shape, zone)
    }
    while tally.end <= window {
      let next = tally.end
      tally.window = next
      close(tally, shape, zone)
      tally = HourTally(from: next, shape: shape, zone: zone)
      enter(next, &tally, shape, zone)
    }
    tally.window = window
    // Nothing is known of the time before the first request.
    if spokeUntil == nil, tally.sum == 0 { tally.first = window }
  }

  /// Goes on to `window`; nobody knows what the windows between held.
  public mutating func skip(
    _ tally: inout HourTally, to window: Int64, shape: Shape, zone: ZoneTransitions
  ) {
    guard window > tally.window else { return }
    guard window >= tally.end else {
      tally.missingCount += Int32(truncatingIfNeeded: window - tally.window)
      tally.window = window
      return
    }
    close(tally, shape, zone)
    tally = HourTally(from: window, shape: shape, zone: zone)
    enter(window, &tally, shape, zone)
  }

  /// A series that was silent for too long starts anew; counted from its last request, so that
  /// looking at a silent series changes nothing of it.
  private func forgets(before window: Int64, _ tally: HourTally, _ shape: Shape) -> Bool {
    guard let last = tally.sum > 0 ? tally.end : spokeUntil else { return false }
    return (window - last) * shape.windowSeconds > Self.memorySeconds
  }

  /// Learns the hour of `tally`, whose windows are all settled.
  private mutating func close(_ tally: HourTally, _ shape: Shape, _ zone: ZoneTransitions) {
    defer {
      clippedRequests = 0
      clippedWindows = 0
    }
    if hour.number == .min { hour = Self.hour(of: tally.first, shape, zone) }
    if tally.sum > 0 { spokeUntil = tally.end }
    guard tally.windowCount > 0, spokeUntil != nil else { return }
    let windows = Double(tally.windowCount)
    let keeps = shape.keeps(tally.windowCount)
    let usual = Double(tally.sum)
    let value = pressure > Self.pressureMax ? usual + clippedRequests : usual
    learnLevel(windows: windows, value: value, keeps)
    // A new level is no scatter around the old one, nor is a rush hour that nothing was known of:
    // a first Monday must not make the series look restless for weeks.
    let isScatter = current.knowledge >= .day || usual < Self.rushRequestsMin
    if isScatter {
      windowScatter.learn(
        windows: windows, sum: usual, squareSum: tally.squareSum, mean: current.mean,
        keep: keeps.rate)
    }
    windowCount += tally.windowCount
    requestCount += Int64(value.rounded(.up))
    if profile == nil, requestCount >= Self.profileRequestsMin { profile = SeasonalProfile() }
    guard profile != nil else { return }
    if isScatter {
      hourScatter.learn(
        windows: 1, sum: usual, squareSum: usual * usual, mean: current.mean * windows,
        keep: shape.hourKeeps.rate)
    }
    if let seen = profile?.daily(hour), seemsBroken(seen, beside: value / windows, shape) {
      profile?.doubt(hour)
    }
    profile?.learn(hour, count: Float(value), windows: Float(windows))
    if !knowsAnHourOfTheWeek { knowsAnHourOfTheWeek = isKnownByWeek(hour, shape) }
  }

  private mutating func learnLevel(windows: Double, value: Double, _ keeps: Shape.Keeps) {
    peakRate = max(peakRate, value / windows)
    rateSum = rateSum * keeps.rate + value
    rateWeight = rateWeight * keeps.rate + windows
    recentRate = recentRate * keeps.recent + value / windows * (1 - keeps.recent)
    let clippedShare = min(1, clippedWindows / windows)
    pressure = pressure * keeps.pressure + clippedShare * (1 - keeps.pressure)
  }

  /// Fixes what is expected of the hour that begins with `window`.
  private mutating func enter(
    _ window: Int64, _ tally: inout HourTally, _ shape: Shape, _ zone: ZoneTransitions
  ) {
    let before = hour
    hour = Self.hour(of: window, shape, zone)
    remember(before)
    current = expectation(seasonalMean(in: hour, shape), shape)
    tally.clipAt = clipLimit(ofIncident: false)
  }

  /// Keeps what was expected of the hours just before the one that begins, and of no others.
  private mutating func remember(_ before: SeasonalProfile.Hour) {
    guard before.number == hour.number - 1 else {
      means = InlineArray(repeating: HourMean())
      return
    }
    means[2] = means[1]
    means[1] = means[0]
    means[0] = HourMean(hour: before.number, mean: current.mean)
  }

  // MARK: - asking

  /// What is expected of `window`, which may lie ahead.
  public func expectation(
    of window: Int64, shape: Shape, zone: ZoneTransitions
  ) -> Expectation {
    let asked = Self.hour(of: window, shape, zone)
    return asked == hour ? current : expectation(seasonalMean(in: asked, shape), shape)
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

  /// No window of the hours that `count` windows up to now can reach into was expected to hold
  /// fewer requests; 0 where nobody remembers what was.
  ///
  /// Inlined, as is ``isGrown(_:)``, so that asking it of an element of an array copies nothing.
  @inlinable
  @inline(__always)
  public func leastMean(ofLast count: Int64, _ shape: Shape) -> Double {
    var least = current.mean
    let hours = Int((Double(count) / shape.windowsPerHour).rounded(.up))
    var index = 0
    while index < min(hours, 3) {
      least = min(least, means[index].hour == .min ? 0 : means[index].mean)
      index += 1
    }
    return hours > 3 ? 0 : least
  }

  /// No hour is expected to bring more requests a window: every expectation is a mean of what
  /// hours brought.
  public var rateBound: Double { peakRate }

  /// Whether the windows learnt span at least a day.
  @inlinable
  @inline(__always)
  public func isGrown(_ shape: Shape) -> Bool {
    windowCount * shape.windowSeconds >= Self.daySeconds
  }

  // MARK: - expectations

  private var rate: Double { rateWeight > 0 ? rateSum / rateWeight : 0 }

  private func mean(in asked: SeasonalProfile.Hour, _ shape: Shape) -> Double {
    if asked == hour { return current.mean }
    for index in means.indices where means[index].hour == asked.number {
      return means[index].mean
    }
    return seasonalMean(in: asked, shape).mean
  }

  private func expectation(
    _ season: (mean: Double, season: Double, knowledge: Knowledge), _ shape: Shape
  ) -> Expectation {
    let overall = max(rate, 1e-3)
    let windowWeight = 30 * overall * overall
    let hourly = overall * shape.windowsPerVisit
    let single = windowScatter.dispersion(prior: Self.dispersionPrior, weight: windowWeight)
    let longer = hourScatter.dispersion(prior: Self.dispersionPrior, weight: 8 * hourly * hourly)
    return Expectation(
      mean: season.mean, windowDispersion: max(single, Self.dispersionFloor) + season.season,
      hourDispersion: max(longer, Self.dispersionFloor) + season.season,
      knowledge: season.knowledge)
  }

  private func isKnownByWeek(_ hour: SeasonalProfile.Hour, _ shape: Shape) -> Bool {
    guard let profile else { return false }
    return profile.weekly(hour).windows >= 1.5 * shape.windowsPerVisit
  }

  /// The mean, the relative scatter (squared) that stands for what of the season is unknown,
  /// and how much is known. Rates shrink towards what is known of more windows.
  private func seasonalMean(
    in hour: SeasonalProfile.Hour, _ shape: Shape
  ) -> (mean: Double, season: Double, knowledge: Knowledge) {
    guard let profile else {
      return (rate, 0.5, isGrown(shape) ? .day : .none)
    }
    let visit = shape.windowsPerVisit
    let daily = profile.daily(hour)
    guard daily.windows >= 0.9 * visit else { return unseenMean(in: hour, profile, visit, shape) }
    if seemsBroken(daily, beside: recentRate, shape) { return (recentRate, 0.5, .none) }
    let prior = priorWindows(requests: 12, over: rate, shape)
    let dayMean = (daily.perWindow * daily.windows + prior * rate) / (daily.windows + prior)
    let weekly = profile.weekly(hour)
    guard isKnownByWeek(hour, shape) else {
      // What days of one type differ by is learnt as scatter; this is what a mean of so few of
      // them may be off.
      let visits = daily.windows / visit
      let season = visits >= 1.7 ? 0.1 / visits : 0.15
      return (dayMean, season, isGrown(shape) ? .day : .none)
    }
    let weekPrior = 2 * priorWindows(requests: 10, over: dayMean, shape)
    let mean =
      (weekly.perWindow * weekly.windows + weekPrior * dayMean) / (weekly.windows + weekPrior)
    return (mean, 0, .week)
  }

  /// Whether an hour that was seen once held so little beside what comes now that it may have been
  /// an outage: the same hour of the next day is no flood, nor is half of it usual from then on.
  private func seemsBroken(
    _ daily: SeasonalProfile.Rate, beside rate: Double, _ shape: Shape
  ) -> Bool {
    daily.windows < 1.7 * shape.windowsPerVisit && daily.perWindow * 4 < rate
      && rate * shape.windowsPerHour >= Self.rushRequestsMin
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

  /// How much of a count is learnt: all of it up to four times its usual scatter. Sparse series
  /// are clipped only while an incident lasts: their bursts are their habit.
  private func clipLimit(ofIncident isIncident: Bool) -> Int32 {
    guard isIncident || current.mean >= 5, current.knowledge > .none else { return .max }
    let model = CountModel(mean: current.mean, dispersion: current.windowDispersion)
    let spread = max(model.variance.squareRoot(), 1)
    let limit = current.mean + (isIncident ? 1 : 4) * spread
    return limit < Double(Int32.max) ? Int32(limit.rounded(.up)) : .max
  }
}
