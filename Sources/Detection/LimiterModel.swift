/// What a gateway that enforces a tier rightly may let through and may deny, as far as a log
/// with stamps of a second can tell.
///
/// Where in its second a request fell, and where the gateway's own windows begin, is unknown;
/// every bound here is the one most favourable to the key, or to the gateway.
struct LimiterModel: Hashable, Sendable {
  private let limits: [KeyRegistry.RateLimit]
  private let limiter: KeyRegistry.Limiter
  private let burst: Double

  /// Limits over more than a minute are counted in calendar periods, apart from the windows.
  private static let shortPeriodSeconds: Int64 = 60

  init(_ tier: KeyRegistry.Tier) {
    limits = tier.limits.filter { Int64($0.periodSeconds) <= Self.shortPeriodSeconds }
    limiter = tier.limiter
    burst = tier.burst
  }

  var isEmpty: Bool { limits.isEmpty }

  /// What the tier allows in `seconds`, without burst.
  func nominal(in seconds: Int64) -> Double {
    limits.map { nominal($0, in: seconds) }.min() ?? .infinity
  }

  /// The most that an obedient key can send within `seconds`.
  func lawfulMax(in seconds: Int64) -> Double {
    limits.map { lawfulMax($0, in: seconds) }.min() ?? .infinity
  }

  /// The fewest attempts within `seconds` that are beyond the tier by `overshoot`. In a short
  /// window the lawful bursts are the measure. In a minute stamps blur nothing any more, and a
  /// limit by the minute must not pass for twice itself.
  func alarmMin(in seconds: Int64, overshoot: Double) -> Double {
    let lawful = lawfulMax(in: seconds)
    guard seconds >= Self.shortPeriodSeconds else { return overshoot * lawful }
    return max(overshoot * nominal(in: seconds), min(overshoot, Self.slack) * lawful)
  }

  private static let slack = 1.25

  /// More than this through the gateway, and it does not enforce the tier: twice limit and burst.
  func leakMin(in seconds: Int64) -> Double {
    max(2 * (nominal(in: seconds) + burst), lawfulMax(in: seconds))
  }

  private func nominal(_ limit: KeyRegistry.RateLimit, in seconds: Int64) -> Double {
    limit.count * max(1, Double(seconds) / Double(limit.periodSeconds))
  }

  private func lawfulMax(_ limit: KeyRegistry.RateLimit, in seconds: Int64) -> Double {
    let share = Double(seconds) / Double(limit.periodSeconds)
    return switch limiter {
    // The last moment of one window and the first of the next: one window more than fits.
    case .fixed: limit.count * (max(1, share).rounded(.up) + 1)
    case .sliding: limit.count * max(1, share).rounded(.up)
    case .bucket: capacity(of: limit) + limit.count * share
    }
  }

  private func capacity(of limit: KeyRegistry.RateLimit) -> Double { max(burst, limit.count) }

  // MARK: - denials

  /// What the model must remember of a key to bound what may be denied.
  struct State: Hashable, Sendable {
    /// The fewest that the buckets can hold at the beginning of `second`.
    var tokens: [Double]
    var second: Int64
  }

  func initialState(at second: Int64) -> State {
    State(tokens: limits.map(capacity(of:)), second: second)
  }

  /// The most that may rightly be denied of `attempted` requests in `second`; `attemptsWithin`
  /// counts those of so many seconds that end with it.
  func lawfulDenials(
    of attempted: Double, in second: Int64, attemptsWithin: (Int64) -> Double,
    state: inout State
  ) -> Double {
    var most = 0.0
    for index in limits.indices {
      let denials =
        limiter == .bucket
        ? bucketDenials(index, attempted, second, &state)
        // The gateway's window may begin anywhere: one second more than the period is in reach.
        : attemptsWithin(Int64(limits[index].periodSeconds) + 1) - limits[index].count
      most = max(most, denials)
    }
    state.second = second + 1
    return min(attempted, max(0, most))
  }

  /// All requests may come before the bucket refills within the second: so many may be denied.
  /// All may come after it, and what is left for the second after is least.
  private func bucketDenials(
    _ index: Int, _ attempted: Double, _ second: Int64, _ state: inout State
  ) -> Double {
    let rate = limits[index].count / Double(limits[index].periodSeconds)
    let elapsed = Double(max(0, second - state.second))
    let capacity = capacity(of: limits[index])
    let tokens = min(capacity, state.tokens[index] + rate * elapsed)
    state.tokens[index] = max(0, min(capacity, tokens + rate) - attempted)
    return attempted - tokens.rounded(.down)
  }
}
